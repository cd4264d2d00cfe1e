import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// The table functions behind the words `lineage` and `blast`, over whatever tables the catalog has.
extension Catalog {
  package func addLineageFunctions() {
    add(reach(.downstream, "All pipelines that depend on those in `pipelines`, within `depth` steps."))
    add(reach(.upstream, "All pipelines that those in `pipelines` depend on, within `depth` steps."))
    add(
      TableFunction(
        "lineage_path", "A shortest way for data from `from` to `to`, one row a pipeline.", "from, to, [as_of]",
        ranking: .ascending("depth"),
        expansion: { [unowned self] call in
          var arguments = TableArguments(call)
          let names = [try arguments.name("from"), try arguments.name("to")]
          let moment = try arguments.moment("as_of")
          return LineageKQL(.named([names[0].text]), asOf: moment) { self.schema(ofTable: $0) }.path(to: names[1].text)
        }
      ) { [unowned self] call in
        var arguments = TableArguments(call)
        let names = [try arguments.name("from"), try arguments.name("to")]
        let lineage = try lineage(try arguments.moment("as_of"), call)
        try arguments.finish()
        return try lineage.path(from: names[0], to: names[1])
      })
    add(
      TableFunction(
        "lineage_critical_path", "The chain of pipelines up to `pipeline` that takes longest.", "pipeline, [as_of]",
        ranking: "duration"
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
        ranking: "records_at_risk", expansion: { [unowned self] call in try kql(call).blast() }
      ) { [unowned self] call in
        let reach = try LineageReach(call)
        return try lineage(reach.moment, call).blast(reach.names, depth: reach.depth)
      })
  }

  private func reach(_ direction: LineageDirection, _ summary: String) -> TableFunction {
    TableFunction(
      "lineage_\(direction.rawValue)", summary, "pipelines, [depth], [as_of]", ranking: .ascending("depth"),
      expansion: { [unowned self] call in try kql(call).reach(direction) }
    ) { [unowned self] call in
      let reach = try LineageReach(call)
      return try lineage(reach.moment, call).reach(direction, of: reach.names, depth: reach.depth)
    }
  }

  private func lineage(_ moment: Int64?, _ call: TableFunction.Call) throws -> Lineage {
    try Lineage(asOf: moment, context: call.context) { try table(named: $0) }
  }

  private func kql(_ call: TableFunction.Call) throws -> LineageKQL {
    let reach = try LineageReach(call)
    var starts = LineageKQL.Starts.named(reach.names.map(\.text))
    if let input = call.input {
      starts = .rows(column: input.schema.contains(ColumnInfo("name", .string)) ? "name" : "pipeline")
    }
    return LineageKQL(starts, depth: reach.depth, asOf: reach.moment) { self.schema(ofTable: $0) }
  }
}

/// The arguments `pipelines, [depth], [as_of]`.
private struct LineageReach {
  let names: [PipelineName]
  let depth: Int64
  let moment: Int64?

  init(_ call: TableFunction.Call) throws {
    var arguments = TableArguments(call)
    names = try arguments.pipelines(of: call)
    depth = try arguments.count("depth") ?? .max
    moment = try arguments.moment("as_of")
    try arguments.finish()
  }
}

extension TableArguments {
  /// The name of one pipeline.
  mutating func name(_ parameter: String) throws -> PipelineName {
    guard let text = try string(parameter) else { throw wrong("`\(parameter)` is missing: the name of a pipeline") }
    return PipelineName(text, at: span)
  }

  /// The pipelines before the pipe; else a name, or an array of names.
  mutating func pipelines(of call: TableFunction.Call) throws -> [PipelineName] {
    if let names = try call.inputPipelines() { return names.map { PipelineName($0) } }
    guard let names = try texts("pipelines") else {
      throw wrong("the pipelines that are asked about are missing: a string, or an array of strings")
    }
    return names.map { PipelineName($0.text, at: $0.span) }
  }
}
