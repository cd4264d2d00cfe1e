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
        var arguments = LineageArguments(call)
        let names = [try arguments.name("from"), try arguments.name("to")]
        let lineage = try lineage(try arguments.moment(), call)
        try arguments.finish()
        return try lineage.path(from: names[0], to: names[1])
      })
    add(
      TableFunction(
        "lineage_critical_path", "The chain of pipelines up to `pipeline` that takes longest.", "pipeline, [as_of]"
      ) { [unowned self] call in
        var arguments = LineageArguments(call)
        let name = try arguments.name("pipeline")
        let lineage = try lineage(try arguments.moment(), call)
        try arguments.finish()
        return try lineage.criticalPath(to: name)
      })
    add(
      TableFunction(
        "blast", "Everyone who is hurt when those in `pipelines` stop, by distance.", "pipelines, [depth], [as_of]",
        ranking: "records_at_risk"
      ) { [unowned self] call in
        var arguments = LineageArguments(call)
        let names = try arguments.names()
        let depth = try arguments.depth()
        let lineage = try lineage(try arguments.moment(), call)
        try arguments.finish()
        return try lineage.blast(names, depth: depth)
      })
  }

  private func reach(_ direction: LineageDirection, _ summary: String) -> TableFunction {
    TableFunction("lineage_\(direction.rawValue)", summary, "pipelines, [depth], [as_of]") { [unowned self] call in
      var arguments = LineageArguments(call)
      let names = try arguments.names()
      let depth = try arguments.depth()
      let lineage = try lineage(try arguments.moment(), call)
      try arguments.finish()
      return try lineage.reach(direction, of: names, depth: depth)
    }
  }

  private func lineage(_ moment: Int64?, _ call: TableFunction.Call) throws -> Lineage {
    try Lineage(asOf: moment, context: call.context) { try table(named: $0) }
  }
}

/// Reads the arguments of a call in turn; those written with their names are taken from wherever they stand.
private struct LineageArguments {
  private var values: ArraySlice<Value>
  private var named: [String: Value]
  private let input: Table?

  init(_ call: TableFunction.Call) {
    values = call.arguments[...]
    named = call.named
    input = call.input
  }

  private mutating func next(_ name: String) -> Value? { named.removeValue(forKey: name) ?? values.popFirst() }

  private func wrong(_ message: String) -> Diagnostic { Diagnostic("argument-types", message) }

  mutating func name(_ parameter: String) throws -> String {
    guard case .string(let text)? = next(parameter) else {
      throw wrong("`\(parameter)` is the name of a pipeline, a string")
    }
    return text
  }

  /// The pipelines before the pipe; else a name, or an array of names.
  mutating func names() throws -> [String] {
    if let input { return try names(of: input) }
    switch next("pipelines") {
    case .string(let text)?: return [text]
    case .dynamic(.string(let text))?: return [text]
    case .dynamic(.array(let elements))?:
      return try elements.map { element in
        guard case .string(let text) = element else { throw wrong("the names of pipelines are strings") }
        return text
      }
    default: throw wrong("the pipelines that are asked about are a string, or an array of strings")
    }
  }

  private func names(of table: Table) throws -> [String] {
    for name in ["name", "pipeline"] {
      guard let index = table.schema.firstIndex(of: ColumnInfo(name, .string)) else { continue }
      var seen: Set<String> = []
      var names: [String] = []
      for group in table.groups {
        for row in 0..<group.count {
          let text = String(group.columns[index].cellBytes(at: row))
          if seen.insert(text).inserted { names.append(text) }
        }
      }
      return names
    }
    throw Diagnostic(
      "no-pipelines", "the rows before the pipe name no pipelines",
      help: "they need a column `name` or `pipeline` of type string")
  }

  /// How many steps to go.
  mutating func depth() throws -> Int64 {
    switch next("depth") {
    case nil: return .max
    case .long(let steps)? where steps >= 0: return steps
    case .int(let steps)? where steps >= 0: return Int64(steps)
    default: throw wrong("`depth` is how many steps to go, a whole number from 0")
    }
  }

  /// The moment that is asked about; nil for now.
  mutating func moment() throws -> Int64? {
    switch next("as_of") {
    case nil: return nil
    case .datetime(let ticks)?: return ticks
    default: throw wrong("`as_of` is a datetime, as in `ago(2d)`")
    }
  }

  /// - Throws: a diagnostic when arguments are left.
  func finish() throws {
    if let name = named.keys.min() { throw Diagnostic("unknown-argument", "there is no parameter `\(name)` here") }
    if !values.isEmpty { throw Diagnostic("argument-count", "there are too many arguments") }
  }
}
