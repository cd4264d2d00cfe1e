import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbModel

/// The table functions behind the words `predict risk` and `predict quality`, over whatever tables the catalog has.
extension Catalog {
  /// - Parameter truth: what a simulated world knows of the rows of `runs`; nil for other data.
  package func addPredictionFunctions(_ predictor: Predictor, truth: @escaping @Sendable () throws -> PredictionTruth?) {
    add(
      TableFunction(
        "predict_risk", "How likely each pipeline is to have a failed attempt `within` a time, and why.",
        "[within], [using], [as_of], [retrain], [optional]", ranking: "risk"
      ) { [unowned self] call in
        var arguments = TableArguments(call)
        let options = try arguments.predictionOptions(call)
        let retrains = try arguments.flag("retrain") ?? false
        let isOptional = try arguments.flag("optional") ?? false
        let wanted = try call.inputPipelines()
        try arguments.finish()
        return try predictor.risk(
          options, wanted: wanted, isOptional: isOptional, retrains: retrains, from: predictionSource(call))
      })
    add(
      TableFunction(
        "predict_quality",
        "How good such predictions were on the last fifth of the history, beside simple rules and the ceiling.",
        "[within], [using], [as_of]"
      ) { [unowned self] call in
        var arguments = TableArguments(call)
        let options = try arguments.predictionOptions(call)
        try arguments.finish()
        return try predictor.quality(options, truth: truth, from: predictionSource(call))
      })
    add(
      TableFunction(
        "predict_models", "The models that `.train` saved and that predictions have learned in this process.", ""
      ) { [unowned self] call in
        try TableArguments(call).finish()
        return try predictor.modelsTable(now: call.context.now, from: predictionSource(call))
      })
    add(
      TableFunction(
        "predict_tree", "The tree behind `predict_risk`, a row a node, learned now if need be.",
        "[within], [using], [as_of]"
      ) { [unowned self] call in
        var arguments = TableArguments(call)
        let options = try arguments.predictionOptions(call)
        try arguments.finish()
        return try predictor.treeTable(options, from: predictionSource(call))
      })
  }

  private func predictionSource(_ call: TableFunction.Call) -> PredictionSource {
    PredictionSource(
      context: call.context, run: { try call.run($0) }, table: { [unowned self] in try table(named: $0) })
  }
}

extension TableArguments {
  fileprivate mutating func predictionOptions(_ call: TableFunction.Call) throws -> PredictionOptions {
    var options = PredictionOptions(asOf: call.context.now)
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
