import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

extension TableFunction {
  /// The table functions of `lineage` and `blast`, over whatever tables the catalog has.
  package static let lineage: [TableFunction] = [
    reach(
      .downstream, "Lists all pipelines that depend on those in `pipelines`, within `depth` steps.",
      example: #"lineage_downstream("entra-signin-eastus", depth = 2)"#),
    reach(
      .upstream, "Lists all pipelines that those in `pipelines` depend on, within `depth` steps.",
      example: #"lineage_upstream("soc-dashboard-eastus", depth = 2)"#),
    TableFunction(
      "lineage_path", "Finds a shortest path for data from `from` to `to`, one row per pipeline.", "from, to, [as_of]",
      examples: [#"lineage_path("entra-signin-eastus", "hunting-store-eastus")"#], tells: .facts,
      ranking: .ascending("depth"), presentation: .lineage
    ) { call in
      var arguments = TableArguments(call)
      let names = [try arguments.name("from"), try arguments.name("to")]
      let moment = try arguments.moment("as_of")
      try arguments.finish()
      let text = LineageKQL(.named([names[0].text]), asOf: moment, schema: call.schema(ofTable:)).path(to: names[1].text)
      return .rows(Lineage.schema, expansion: text) { run in
        try Lineage(asOf: moment, run, LineageHops(starts: [names[0]], others: [names[1]], direction: .downstream))
          .path(from: names[0], to: names[1])
      }
    },
    TableFunction(
      "lineage_critical_path", "Finds the chain of pipelines up to `pipeline` that takes longest.", "pipeline, [as_of]",
      examples: [#"lineage_critical_path("soc-dashboard-eastus")"#], tells: .facts,
      columns: Lineage.criticalPathSchema, ranking: "duration", presentation: .lineage
    ) { call in
      var arguments = TableArguments(call)
      let name = try arguments.name("pipeline")
      let moment = try arguments.moment("as_of")
      try arguments.finish()
      return { run in try Lineage(asOf: moment, run, LineageHops(starts: [name], direction: .upstream)).criticalPath(to: name) }
    },
    TableFunction(
      "blast", "Lists every pipeline affected when those in `pipelines` stop, by distance.", "pipelines, [depth], [as_of]",
      examples: [#"blast("entra-signin-eastus")"#, "pipelines | take 2 | invoke blast()"], tells: .facts,
      ranking: "records_at_risk"
    ) { call in
      let reach = try LineageReach(call)
      return .rows(Lineage.blastSchema, expansion: reach.kql(call).blast()) { run in
        let names = try reach.names.pipelines(of: run)
        return try Lineage(asOf: reach.moment, run, reach.hops(.downstream, of: names)).blast(names, depth: reach.depth)
      }
    },
  ]

  private static func reach(_ direction: LineageDirection, _ summary: String, example: String) -> TableFunction {
    TableFunction(
      "lineage_\(direction.rawValue)", summary, "pipelines, [depth], [as_of]", examples: [example], tells: .facts,
      ranking: .ascending("depth"), presentation: .lineage
    ) { call in
      let reach = try LineageReach(call)
      return .rows(Lineage.schema, expansion: reach.kql(call).reach(direction)) { run in
        let names = try reach.names.pipelines(of: run)
        return try Lineage(asOf: reach.moment, run, reach.hops(direction, of: names)).reach(direction, of: names, depth: reach.depth)
      }
    }
  }
}

extension Lineage {
  fileprivate init(asOf moment: Int64?, _ run: TableFunction.Run, _ hops: LineageHops) throws {
    try self.init(asOf: moment, context: run.context, table: try hops.reader(run))
  }
}

/// The pipelines of a call: those of the rows before the pipe, or those that it names.
enum PipelineNames: Sendable {
  case rows
  case named([PipelineName])

  func pipelines(of run: TableFunction.Run) throws -> [PipelineName] {
    switch self {
    case .rows: try run.inputPipelines().map { PipelineName($0) }
    case .named(let names): names
    }
  }
}

/// The arguments `pipelines, [depth], [as_of]`.
private struct LineageReach: Sendable {
  let names: PipelineNames
  let depth: Int64
  let moment: Int64?

  init(_ call: TableFunction.Call) throws {
    var arguments = TableArguments(call)
    names = try arguments.pipelines(of: call)
    depth = try arguments.count("depth") ?? .max
    moment = try arguments.moment("as_of")
    try arguments.finish()
  }

  func hops(_ direction: LineageDirection, of names: [PipelineName]) -> LineageHops {
    LineageHops(starts: names, direction: direction, depth: depth)
  }

  /// Returns plain KQL for the same question.
  func kql(_ call: TableFunction.Call) -> LineageKQL {
    let starts: LineageKQL.Starts = switch names {
    case .named(let names): .named(names.map(\.text))
    case .rows: .rows(column: call.input?.contains(ColumnInfo("name", .string)) == true ? "name" : "pipeline")
    }
    return LineageKQL(starts, depth: depth, asOf: moment, schema: call.schema(ofTable:))
  }
}

extension TableArguments {
  /// Parses the name of one pipeline.
  mutating func name(_ parameter: String) throws -> PipelineName {
    guard let text = try string(parameter) else { throw missing(parameter, "the name of a pipeline") }
    return PipelineName(text, at: span)
  }

  private func missing(_ parameter: String, _ noun: String) -> Diagnostic {
    wrong(
      "`\(parameter)` is missing: expected \(noun)",
      help: "write the name after the word, as in `why office-exchange-westeurope`; `pipelines | where status == \"failed\"` lists those that fail")
  }

  /// Returns the pipelines before the pipe; otherwise a name or an array of names.
  mutating func pipelines(of call: TableFunction.Call) throws -> PipelineNames {
    if try call.inputNamesPipelines() { return .rows }
    guard let names = try texts("pipelines") else {
      throw missing("pipelines", "the names of pipelines")
    }
    return .named(names.map { PipelineName($0.text, at: $0.span) })
  }
}
