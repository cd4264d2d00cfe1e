import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension CommandAction {
  /// The commands about what predictions are made from and with.
  package static func prediction(_ predictor: Predictor) -> [CommandAction] {
    [
      CommandAction(".show features") { _, given in
        let catalog = given.catalog
        let question = PredictionQuestion(asOf: given.context.now, within: 2 * PredictionQuestion.hour)
        let runs = PredictionQuestion.runsText(
          catalog.schema(ofTable: "runs") ?? [], seen: catalog.schema(ofTable: "runs_seen") ?? [])
        let text = question.shownText(
          runs: runs, hasEdges: catalog.hasTable(named: "edges"), hasSchemaChanges: catalog.hasTable(named: "schema_changes"))
        return try Answer(text: text)
      },
      CommandAction(".show tree") { _, given in
        if predictor.treeText == nil { _ = try given.answer(to: "predict_tree() | take 0") }
        return try Answer(text: predictor.treeText ?? "")
      },
      CommandAction(".train") { command, given in
        let method = command.words.first { RiskMethod(rawValue: $0) != nil } ?? RiskMethod.boosting.rawValue
        var within = ""
        if let expression = command.expression("2h") {
          guard case .timespan(let ticks)? = try given.value(of: expression) else {
            throw Diagnostic(
              "usage", "`within` needs a timespan", at: expression.span, help: "write `.train \(method) within 6h`")
          }
          within = ", within = \(Value.timespan(ticks).literal)"
        }
        _ = try given.answer(to: "predict_risk(using = \"\(method)\", retrain = true\(within)) | take 0")
        try predictor.saveLatest()
        return try given.answer(to: "predict_models()")
      },
    ]
  }
}

extension Answer {
  /// The lines of a text, one in each row.
  init(text: String) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0)
    try self.init(
      Table(name: "text", schema: [ColumnInfo("text", .string)], rows: lines.map { [.string(String($0))] }))
    isText = true
  }
}
