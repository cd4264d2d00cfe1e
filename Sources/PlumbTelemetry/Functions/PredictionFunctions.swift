import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbLearning
import PlumbModel

extension TableFunction {
  /// The table functions of the words `predict risk` and `predict quality`, over whatever tables the catalog has.
  ///
  /// - Parameter truth: what a simulated world knows of the rows of `runs`; nil for other data.
  package static func prediction(
    _ predictor: Predictor, truth: @escaping @Sendable () throws -> PredictionTruth?
  ) -> [TableFunction] {
    [
      TableFunction(
        "predict_risk", "How likely each pipeline is to have a failed attempt `within` a time, and why.",
        "[within], [using], [as_of], [retrain], [optional]", columns: RiskTable.schema, ranking: "risk",
        presentation: .risk
      ) { call in
        var arguments = TableArguments(call)
        let options = try arguments.predictionOptions(call)
        let retrains = try arguments.flag("retrain") ?? false
        let isOptional = try arguments.flag("optional") ?? false
        let hasPipelines = try call.inputNamesPipelines()
        try arguments.finish()
        return { run in
          try predictor.risk(
            options, wanted: hasPipelines ? run.inputPipelines() : nil, isOptional: isOptional, retrains: retrains,
            from: PredictionSource(run))
        }
      },
      TableFunction(
        "predict_quality",
        "How good such predictions were on the last fifth of the history, beside simple rules and the ceiling.",
        "[within], [using], [as_of]", columns: QualityReport.schema, presentation: .quality
      ) { call in
        var arguments = TableArguments(call)
        let options = try arguments.predictionOptions(call)
        try arguments.finish()
        return { run in try predictor.quality(options, truth: truth, from: PredictionSource(run)) }
      },
      TableFunction(
        "predict_models", "The models that `.train` saved and that predictions have learned in this process.", "",
        columns: Predictor.modelsSchema
      ) { call in
        try TableArguments(call).finish()
        return { run in try predictor.modelsTable(now: run.context.now, from: PredictionSource(run)) }
      },
      TableFunction(
        "predict_tree", "The tree behind `predict_risk`, a row a node, learned now if need be.",
        "[within], [using], [as_of]", columns: DecisionTree.schema
      ) { call in
        var arguments = TableArguments(call)
        let options = try arguments.predictionOptions(call)
        try arguments.finish()
        return { run in try predictor.treeTable(options, from: PredictionSource(run)) }
      },
    ]
  }
}

extension PredictionSource {
  fileprivate init(_ run: TableFunction.Run) {
    self.init(context: run.context, run: { try run.run($0) }, table: { try run.table(named: $0) })
  }
}

extension TableArguments {
  fileprivate mutating func predictionOptions(_ call: TableFunction.Call) throws -> PredictionOptions {
    var options = PredictionOptions(asOf: call.now)
    if let within = try duration("within") {
      guard within >= PredictionQuestion.hour / 6, within <= 7 * PredictionQuestion.day else {
        throw wrong("`within` is a time from 10m to 7d")
      }
      options.within = within
    }
    if let name = try string("using") {
      guard let method = RiskMethod(rawValue: name) else {
        throw wrong("`using` is \(RiskMethod.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or "))")
      }
      options.method = method
    }
    if let moment = try moment("as_of") { options.asOf = moment }
    return options
  }
}
