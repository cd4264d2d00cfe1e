import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbLearning
import PlumbModel

extension TableFunction {
  /// The table functions of `predict risk` and `predict quality`, over whatever tables the catalog has.
  ///
  /// - Parameter truth: what a simulated world knows about the rows of `runs`; nil for other data.
  package static func prediction(
    _ predictor: Predictor, truth: @escaping @Sendable () throws -> PredictionTruth?
  ) -> [TableFunction] {
    [
      TableFunction(
        "predict_risk", "Predicts how likely each pipeline is to fail `within` a timespan, and why.",
        "[within], [using], [as_of], [retrain], [optional]", examples: ["predict_risk(within = 2h)"], tells: .judgement,
        columns: RiskTable.schema, ranking: "risk", presentation: .risk
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
        "Measures such predictions on the last fifth of the history, next to simple rules and the best possible.",
        "[within], [using], [as_of]", examples: ["predict_quality()"], tells: .judgement, columns: QualityReport.schema, presentation: .quality
      ) { call in
        var arguments = TableArguments(call)
        let options = try arguments.predictionOptions(call)
        try arguments.finish()
        return { run in try predictor.quality(options, truth: truth, from: PredictionSource(run)) }
      },
      TableFunction(
        "predict_models", "Lists the models that `.train` saved and those that this process trained.", "",
        examples: ["predict_models()"], tells: .facts, columns: Predictor.modelsSchema
      ) { call in
        try TableArguments(call).finish()
        return { run in try predictor.modelsTable(now: run.context.now, from: PredictionSource(run)) }
      },
      TableFunction(
        "predict_tree", "Returns the tree that `predict_risk` uses, one row per node; trains it if needed.",
        "[within], [using], [as_of]", examples: ["predict_tree(within = 2h)"], tells: .judgement, columns: DecisionTree.schema
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
    self.init(context: run.context, run: { try run.run($0) }, table: { try run.fetchedTable(named: $0) })
  }
}

extension TableArguments {
  fileprivate mutating func predictionOptions(_ call: TableFunction.Call) throws -> PredictionOptions {
    var options = PredictionOptions(asOf: call.now)
    if let within = try duration("within") {
      guard within >= PredictionQuestion.hour / 6, within <= 7 * PredictionQuestion.day else {
        throw wrong("`within` must be a timespan from 10m to 7d")
      }
      options.within = within
    }
    if let name = try string("using") {
      guard let method = RiskMethod(rawValue: name) else {
        throw wrong("`using` must be \(RiskMethod.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or "))")
      }
      options.method = method
    }
    if let moment = try moment("as_of") { options.asOf = moment }
    return options
  }
}
