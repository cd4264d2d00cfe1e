import PlumbDatabase
import PlumbEngine

/// The table `pipelines` at a moment of the past: what never changes, and what the runs known then say.
enum PastPipelines {
  /// What is computed from runs, by the column of `pipelines`, over `t` and the summary of each pipeline's runs.
  private static let columns: [(name: String, type: ScalarType, text: String)] = [
    ("last_run", .datetime, "last_run"),
    ("last_success", .datetime, "last_success"),
    ("last_error", .string, "coalesce(last_error, \"\")"),
    ("freshness", .timespan, "t - last_success"),
    ("success_rate", .real, "iff(runs > 0, 1.0 * successes / runs, real(null))"),
    ("avg_duration", .timespan, "iff(successes > 0, spent / successes, timespan(null))"),
    ("records_24h", .long, "coalesce(records, 0)"),
  ]

  static func table(
    at moment: Int64, _ schema: Schema, _ base: Catalog, _ past: Catalog, _ options: SessionOptions
  ) throws -> Table {
    guard let table = try base.table(named: "pipelines") else { return Table(name: "pipelines", schema: schema, groups: []) }
    let computed = columns.filter { column in schema.contains(ColumnInfo(column.name, column.type)) }
    let hasStatus = schema.contains(ColumnInfo("status", .string))
    guard !computed.isEmpty || hasStatus, let runs = base.schema(ofTable: "runs"), Arrival(table: "runs", runs) == .run else { return table }
    let groups = table.groups.map { group in
      let source = PastGroup(group, schema, computed.map(\.name) + (hasStatus ? ["status"] : [])) {
        try values(at: moment, schema, runs, computed.map { ($0.name, $0.text) }, hasStatus, group, past, options)
      }
      return RowGroup(
        count: group.count, zones: schema.map { _ in ZoneRange(words: nil, floats: nil, hasNulls: true) }, source: source)
    }
    return Table(name: "pipelines", schema: schema, groups: groups)
  }

  /// The computed columns for the rows of a group, in their order.
  private static func values(
    at moment: Int64, _ schema: Schema, _ runs: Schema, _ computed: [(String, String)], _ hasStatus: Bool, _ group: RowGroup,
    _ past: Catalog, _ options: SessionOptions
  ) throws -> [String: Vector] {
    func has(_ name: String, _ types: ScalarType...) -> Bool { runs.contains { $0.name == name && types.contains($0.type) } }
    let names = schema.firstIndex(of: ColumnInfo("name", .string)) ?? 0
    let given = Table(
      name: "given", schema: [ColumnInfo("name", .string), ColumnInfo("row", .long), ColumnInfo("sla", .timespan)],
      rows: try (0..<group.count).map { row in
        let sla = try schema.firstIndex(of: ColumnInfo("sla", .timespan)).map { try group.column($0).value(at: row) }
        return [.string(try group.column(names).value(at: row).string), .long(Int64(row)), sla ?? .null(.timespan)]
      })
    let catalog = past.snapshot()
    catalog.add(given)
    let text = """
      let t = datetime(\(DateTime.text(moment)));
      let done = runs | where isnotnull(ended);
      let state = done
      | where status != "skipped"
      | summarize arg_max(started, status) by pipeline
      | project pipeline, state = status;
      let good = done
      | where status == "succeeded"
      | summarize arg_max(started, ended), successes = count(), spent = sum(\(has("duration", .timespan) ? "duration" : "ended - started")) by pipeline
      | project pipeline, last_success = ended, successes, spent;
      let bad = done
      | where \(has("error", .string) ? "isnotempty(error)" : "status == \"failed\"")
      | summarize arg_max(started, error = \(has("error", .string) ? "error" : "\"\"")) by pipeline
      | project pipeline, last_error = error;
      given
      | lookup kind=leftouter (runs
        | summarize last_run = max(started), going = countif(isnull(ended)), runs = countif(isnotnull(ended)),
            records = sumif(\(has("records_out", .long) ? "records_out" : "0"), ended > t - 1d) by name = pipeline) on name
      | lookup kind=leftouter state on $left.name == $right.pipeline
      | lookup kind=leftouter good on $left.name == $right.pipeline
      | lookup kind=leftouter bad on $left.name == $right.pipeline
      | extend successes = coalesce(successes, 0), runs = coalesce(runs, 0)
      | project row, \(computed.map { "\($0.0) = \($0.1)" }.joined(separator: ", "))\(computed.isEmpty ? "" : ", ")\
      status = case(going > 0, "running", state == "failed", "failed", t - last_success > sla, "stale", coalesce(state, ""))
      | sort by row asc
      """
    var options = options
    options.clock = { moment }
    let answer = try Session(catalog: catalog, options: options).run(text).last
    var result: [String: Vector] = [:]
    for (index, column) in (answer?.schema ?? []).enumerated() {
      let builder = VectorBuilder(column.type, capacity: group.count)
      for chunk in answer?.chunks ?? [] where chunk.count > 0 {
        let vector = chunk.vectors()[index]
        for row in 0..<chunk.count { builder.append(vector.value(at: row)) }
      }
      result[column.name] = builder.finish()
    }
    return result
  }
}

/// A group of `pipelines` whose computed columns are computed when a query first reads one of them.
private final class PastGroup: ColumnSource {
  private let group: RowGroup
  private let schema: Schema
  private let computed: Set<String>
  private let make: @Sendable () throws -> [String: Vector]
  private let made = LockedValue<[String: Vector]?>(nil)

  init(_ group: RowGroup, _ schema: Schema, _ computed: [String], _ make: @escaping @Sendable () throws -> [String: Vector]) {
    self.group = group
    self.schema = schema
    self.computed = Set(computed)
    self.make = make
  }

  func column(_ index: Int) throws -> Vector {
    guard computed.contains(schema[index].name) else { return try group.column(index) }
    return try made.withLock { kept in
      if kept == nil { kept = try make() }
      return kept?[schema[index].name] ?? .constant(.null(schema[index].type), count: group.count)
    }
  }

  func dictionary(_ index: Int) throws -> StringDictionary? {
    computed.contains(schema[index].name) ? nil : try column(index).dictionary
  }
}
