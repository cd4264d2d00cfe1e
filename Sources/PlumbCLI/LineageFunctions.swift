import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbTelemetry

/// The table functions behind the words `lineage` and `blast`, over whatever tables the catalog has.
extension Catalog {
  func addLineageFunctions() {
    add(reach(.downstream, "All pipelines that depend on those in `pipelines`, within `depth` steps."))
    add(reach(.upstream, "All pipelines that those in `pipelines` depend on, within `depth` steps."))
    add(
      TableFunction(
        "lineage_path", "A shortest way for data from `from` to `to`, one row a pipeline.", "from, to, [as_of]"
      ) { [unowned self] call in
        var arguments = TableArguments(call)
        let names = [try arguments.name("from"), try arguments.name("to")]
        let lineage = try lineage(try arguments.moment("as_of"), call)
        try arguments.finish()
        return try lineage.path(from: names[0], to: names[1])
      })
    add(
      TableFunction(
        "lineage_critical_path", "The chain of pipelines up to `pipeline` that takes longest.", "pipeline, [as_of]"
      ) { [unowned self] call in
        var arguments = TableArguments(call)
        let name = try arguments.name("pipeline")
        let lineage = try lineage(try arguments.moment("as_of"), call)
        try arguments.finish()
        return try lineage.criticalPath(to: name)
      })
    add(
      TableFunction(
        "blast", "Everyone who is hurt when those in `pipelines` stop, by distance.", "pipelines, [depth], [as_of]",
        ranking: "records_at_risk"
      ) { [unowned self] call in
        var arguments = TableArguments(call)
        let names = try arguments.pipelines(of: call)
        let depth = try arguments.count("depth") ?? .max
        let lineage = try lineage(try arguments.moment("as_of"), call)
        try arguments.finish()
        return try lineage.blast(names, depth: depth)
      })
  }

  private func reach(_ direction: LineageDirection, _ summary: String) -> TableFunction {
    TableFunction("lineage_\(direction.rawValue)", summary, "pipelines, [depth], [as_of]") { [unowned self] call in
      var arguments = TableArguments(call)
      let names = try arguments.pipelines(of: call)
      let depth = try arguments.count("depth") ?? .max
      let lineage = try lineage(try arguments.moment("as_of"), call)
      try arguments.finish()
      return try lineage.reach(direction, of: names, depth: depth)
    }
  }

  private func lineage(_ moment: Int64?, _ call: TableFunction.Call) throws -> Lineage {
    try Lineage(asOf: moment, context: call.context) { try table(named: $0) }
  }
}

extension TableArguments {
  fileprivate mutating func name(_ parameter: String) throws -> String {
    guard let text = try string(parameter) else { throw wrong("`\(parameter)` is missing: the name of a pipeline") }
    return text
  }

  /// The pipelines before the pipe; else a name, or an array of names.
  fileprivate mutating func pipelines(of call: TableFunction.Call) throws -> [String] {
    if let names = try call.inputPipelines() { return names }
    guard let names = try strings("pipelines") else {
      throw wrong("the pipelines that are asked about are missing: a string, or an array of strings")
    }
    return names
  }
}
