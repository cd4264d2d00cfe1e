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
  static let methods = RiskMethod.allCases.map(\.rawValue)

  /// The words of a text that is one of these commands; nil for other texts.
  static func words(in text: String) -> [String]? {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    if words.first == ".train" { return words }
    return words.first == ".show" && words.count == 2 && subjects.contains(words[1]) ? words : nil
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
    switch words.last {
    case "features":
      let catalog = workspace.catalog
      let question = PredictionQuestion(asOf: session.options.clock(), within: 2 * PredictionQuestion.hour)
      let text = question.text(
        hasEdges: catalog.hasTable(named: "edges"), hasSchemaChanges: catalog.hasTable(named: "schema_changes"))
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
