import PlumbDatabase
import PlumbDiagnostics
import PlumbTelemetry

/// `.show features`, `.show models`, `.show tree` and `.train`: what predictions are made from and with.
enum ShowCommand {
  enum Shown {
    case text(String)
    case answers([Answer])
  }

  static let subjects = ["features", "models", "tree"]
  /// What `.show` is followed by in the commands of databases.
  private static let databaseSubjects = Set(DatabaseCommand.all.compactMap { $0.firstWord == ".show" ? $0.secondWord : nil })
  static let methods = RiskMethod.allCases.map(\.rawValue)

  /// The words of a text that is one of these commands; nil for other texts.
  static func words(in text: String) -> [String]? {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    if words.first == ".train" { return words }
    guard words.first == ".show", words.count == 2 else { return nil }
    // What databases show is a command of theirs; what nobody shows is told here.
    return databaseSubjects.contains(words[1]) ? nil : words
  }

  /// - Throws: a diagnostic for a subject that there is not, and what learning throws.
  static func shown(_ words: [String], in workspace: Workspace, _ session: Session) throws -> Shown {
    if words.first == ".train" {
      let method = words.dropFirst().first ?? RiskMethod.tree.rawValue
      guard methods.contains(method), words.count <= 2 else {
        throw Diagnostic("usage", "`.train` is followed by \(methods.joined(separator: " or ")), or by nothing")
      }
      _ = try session.run("predict_risk(using = \"\(method)\", retrain = true) | take 0")
      return .answers(try session.run("predict_models()"))
    }
    guard words.count == 2, subjects.contains(words[1]) else {
      let known = subjects + databaseSubjects.sorted()
      throw Diagnostic(
        "usage", "`.show` is followed by \(known.joined(separator: ", "))",
        help: Suggestion.nearest(to: words.last ?? "", in: known))
    }
    switch words[1] {
    case "features":
      let catalog = workspace.catalog
      let question = PredictionQuestion(asOf: session.options.clock(), within: 2 * PredictionQuestion.hour)
      let runs = PredictionQuestion.runsText(
        catalog.schema(ofTable: "runs") ?? [], seen: catalog.schema(ofTable: "runs_seen") ?? [])
      let text = question.text(
        runs: runs, hasEdges: catalog.hasTable(named: "edges"), hasSchemaChanges: catalog.hasTable(named: "schema_changes"))
      return .text("\(text)features\n")
    case "tree":
      if workspace.predictor.treeText == nil { _ = try session.run("predict_tree() | take 0") }
      return .text(workspace.predictor.treeText ?? "")
    default: return .answers(try session.run("predict_models()"))
    }
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
