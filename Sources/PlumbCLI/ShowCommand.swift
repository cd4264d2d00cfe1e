import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbTelemetry

/// `.show features`, `.show tree` and `.train`: what predictions are made from and with.
enum ShowCommand {
  enum Shown {
    case text(String)
    case answers([Answer])
  }

  private static let subjects = ["features", "tree"]
  /// What `.show` is followed by in the commands of databases.
  private static let databaseSubjects = Set(DatabaseCommand.all.compactMap { $0.firstWord == ".show" ? $0.secondWord : nil })
  static let allSubjects = Set(subjects).union(databaseSubjects).sorted()
  static let methods = Workspace.trainingMethods

  /// The words of a text that is one of these commands; nil for other texts.
  static func words(in text: String) -> [String]? {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    if words.first == ".train" { return words }
    if words == [".show"] { return words }
    guard words.first == ".show", words.count == 2 else { return nil }
    // What databases show is a command of theirs; what nobody shows is told here.
    return databaseSubjects.contains(words[1]) ? nil : words
  }

  /// - Throws: a diagnostic for a subject that there is not, and what learning throws.
  static func shown(_ words: [String], in workspace: Workspace, _ session: Session) throws -> Shown {
    if words.first == ".train" { return .answers(try train(Array(words.dropFirst()), in: workspace, session)) }
    guard words.count == 2, subjects.contains(words[1]) else {
      throw Diagnostic(
        "usage", "`.show` is followed by \(allSubjects.joined(separator: ", "))",
        help: words.count < 2 ? "write `.show models`" : Suggestion.nearest(to: words.last ?? "", in: allSubjects))
    }
    if words[1] == "features" {
      let catalog = workspace.catalog
      let question = PredictionQuestion(asOf: session.options.clock(), within: 2 * PredictionQuestion.hour)
      let runs = PredictionQuestion.runsText(
        catalog.schema(ofTable: "runs") ?? [], seen: catalog.schema(ofTable: "runs_seen") ?? [])
      let text = question.text(
        runs: runs, hasEdges: catalog.hasTable(named: "edges"), hasSchemaChanges: catalog.hasTable(named: "schema_changes"))
      return .text("\(text)features\n")
    }
    if workspace.predictor.treeText == nil { _ = try session.run("predict_tree() | take 0") }
    return .text(workspace.predictor.treeText ?? "")
  }

  /// The same as rows: a text is one of each line.
  static func answers(_ words: [String], in workspace: Workspace, _ session: Session) throws -> [Answer] {
    switch try shown(words, in: workspace, session) {
    case .answers(let answers): return answers
    case .text(let text):
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0)
      let rows = lines.map { Value.string(String($0)).literal }.joined(separator: ",\n")
      return try session.run("datatable(text: string) [\n\(rows)\n]")
    }
  }

  /// `.train [tree|forest] [within 2h]`: learns, and saves the model where there is a workspace file.
  private static func train(_ words: [String], in workspace: Workspace, _ session: Session) throws -> [Answer] {
    var words = words[...]
    var method = RiskMethod.tree.rawValue
    if let first = words.first, first != "within" {
      guard methods.contains(first) else {
        throw Diagnostic(
          "usage", "`.train` is followed by \(methods.joined(separator: " or ")), or by nothing",
          help: Suggestion.nearest(to: first, in: methods) ?? "write `.train forest within 6h`")
      }
      method = first
      words = words.dropFirst()
    }
    var within: Int64?
    if words.first == "within" {
      guard words.count == 2, let last = words.last, let ticks = TimeSpan.parse(last) else {
        throw Diagnostic("usage", "`within` is followed by a time", help: "write `.train \(method) within 6h`")
      }
      within = ticks
      words = []
    }
    if let extra = words.first {
      throw Diagnostic("usage", "`\(VisibleText.string(extra))` is not understood here", help: "write `.train \(method) within 6h`")
    }
    return [try workspace.trainRisk(method, within: within, session)]
  }
}

extension Shell {
  /// Runs `.show` or `.train`; what else `.show` can be followed by is a command of the database.
  func show(predictions line: String) throws {
    guard let words = ShowCommand.words(in: line) else { return runQuery(line) }
    let session = workspace.session()
    let shown = try Interrupts.shared.handling({ session.cancel() }) {
      try ShowCommand.shown(words, in: workspace, session)
    }.result
    switch shown {
    case .text(let text): Console.writeOut(text)
    case .answers(let answers): try show(answers)
    }
  }
}
