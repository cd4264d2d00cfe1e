import PlumbEngine

/// Plain KQL that returns the same rows as a question about lineage.
///
/// Graph operators find the distances and paths. If several shortest paths lead to a pipeline, the previous pipeline
/// that is first by name is taken, as in `Lineage`, so that the result is unique.
package struct LineageKQL {
  /// The pipelines in question.
  package enum Starts {
    case named([String])
    /// The column of the rows before the pipe that names them.
    case rows(column: String)
  }

  private let starts: Starts
  private let depth: Int64
  /// The time as a literal; nil for now.
  private let moment: String?
  private let schema: (String) -> Schema?

  /// - Parameter schema: returns the columns of a table, nil if it does not exist.
  package init(_ starts: Starts, depth: Int64 = .max, asOf moment: Int64?, schema: @escaping (String) -> Schema?) {
    self.starts = starts
    self.depth = depth
    self.moment = moment.map { Self.literal(.datetime($0)) }
    self.schema = schema
  }

  package func reach(_ direction: LineageDirection) -> String {
    """
    \(search(direction))
    steps
    | join kind=inner ways on pipeline
    | lookup (\(facts)) on pipeline
    | project pipeline, depth, path, tier, status, via
    | sort by depth asc, pipeline asc
    """
  }

  package func path(to end: String) -> String {
    var ways = ""
    if case .named(let names) = starts, names == [end] {
      // No edge is needed, and a search over no edges finds no path.
      ways = "let ways = print pipeline = \(Self.text(end)), path = pack_array(\(Self.text(end)));"
    } else {
      ways = search(.downstream)
    }
    return """
      \(ways)
      ways
      | where pipeline == \(Self.text(end))
      | project whole = path
      | mv-expand with_itemindex=depth pipeline = whole to typeof(string)
      | extend path = array_slice(whole, 0, depth), via = iff(depth == 0, "", tostring(whole[depth - 1]))
      | lookup (\(facts)) on pipeline
      | project pipeline, depth = tolong(depth), path, tier, status, via
      | sort by depth asc
      """
  }

  package func blast() -> String {
    let age = "isnull(freshness) or freshness + delay > sla"
    var failing = "status in (\"failed\", \"stale\")"
    if hasPast { failing += " or (status != \"running\" and isnotnull(sla) and freshness > sla)" }
    return """
      \(search(.downstream))
      let delays = ways
      | mv-expand step = path to typeof(string)
      | lookup (\(pipelines(["step = name", "avg_duration"]))) on step
      | summarize delay = sum(iff(avg_duration > 0s, avg_duration, 0s)) by pipeline;
      steps
      | lookup delays on pipeline
      | lookup (\(blastFacts)) on pipeline
      | project pipeline, depth, owner, tier, sla, sla_at_risk = isnotnull(sla) and (\(age)),
          records_at_risk = records_24h, backup, failing = coalesce(\(failing), false), via
      | sort by depth asc, tier asc nulls last, pipeline asc
      """
  }

  // MARK: Search

  /// `steps`: each reachable pipeline with its distance and the previous one; `ways`: the path to each.
  private func search(_ direction: LineageDirection) -> String {
    let (before, after) = direction == .downstream ? ("upstream", "downstream") : ("downstream", "upstream")
    let longest = min(max(depth, 1), 10_000)
    return """
      let starts = \(startsText);
      let links = edges\(conditions)
      | project before = \(before), after = \(after);
      let distances = links
      | make-graph before --> after with_node_id=name
      | graph-shortest-paths (start)-[way*1..\(longest)]->(end)
          where start.name in (starts) and end.name !in (starts)
          project pipeline = end.name, depth = array_length(map(way, after))
      | summarize depth = min(depth) by pipeline\(depth < 1 ? "\n| where false" : "");
      let steps = links
      | join kind=inner (distances | project after = pipeline, depth) on after
      | join kind=leftouter (distances | project before = pipeline, depth_before = depth) on before
      | where iff(before in (starts), 0, depth_before) + 1 == depth
      | summarize via = min(before) by pipeline = after, depth;
      let ways = steps
      | make-graph via --> pipeline with_node_id=name
      | graph-shortest-paths (start)-[way*1..\(longest)]->(end)
          where start.name in (starts)
          project pipeline = end.name, path = array_concat(pack_array(start.name), map(way, pipeline));
      """
  }

  private var startsText: String {
    switch starts {
    case .named(let names): "dynamic([\(names.map(Self.text).joined(separator: ", "))])"
    case .rows(let column): "toscalar(input | summarize make_set(\(column)))"
    }
  }

  /// Selects the edges that existed at that time, as far as `edges` says when each began and ended.
  private var conditions: String {
    let at = moment ?? "now()"
    var text = ""
    if has("since", .datetime, in: "edges") { text += "\n| where isnull(since) or since <= \(at)" }
    if has("until", .datetime, in: "edges") { text += "\n| where isnull(until) or until > \(at)" }
    return text
  }

  // MARK: Facts about pipelines

  /// Tier and status by pipeline.
  private var facts: String {
    guard hasPast else { return pipelines(["pipeline = name", "tier", "status"]) }
    return pipelines(["pipeline = name", "tier"]) + " | join kind=fullouter (\(pastStatus)) on pipeline"
      + " | project pipeline = coalesce(pipeline, pipeline1), tier, status"
  }

  private var blastFacts: String {
    let lasting = ["pipeline = name", "owner", "tier", "sla", "backup"]
    guard hasPast else { return pipelines(lasting + ["status", "freshness", "records_24h"]) }
    let at = moment ?? "now()"
    return """
      \(pipelines(lasting))
          | join kind=leftouter (\(pastStatus)) on pipeline
          | join kind=leftouter (runs
              | where started <= \(at) and ended <= \(at)
              | summarize freshness = \(at) - maxif(ended, status == "succeeded"),
                  records_24h = sumif(records_out, ended > \(at) - 1d) by pipeline) on pipeline
          | project pipeline, owner, tier, sla, backup, status, freshness, records_24h = coalesce(records_24h, 0)
      """
  }

  /// The status of each pipeline's last run at that time.
  private var pastStatus: String {
    let at = moment ?? "now()"
    return """
      \(DatedRuns(runs: schema("runs") ?? [], seen: schema("runs_seen") ?? []).text)
              | where started <= \(at)
              | extend is_open = isnull(ended) or ended > \(at)
              | where is_open or status != "skipped"
              | summarize arg_max(started, status, is_open) by pipeline
              | project pipeline, status = iff(is_open, "running", status)
      """
  }

  /// Whether the question is about the past and `runs` can answer it.
  private var hasPast: Bool {
    moment != nil && has("pipeline", .string, in: "runs") && has("started", .datetime, in: "runs")
      && has("ended", .datetime, in: "runs") && has("status", .string, in: "runs")
  }

  /// Returns columns of `pipelines`, with nulls for missing ones; `step = name` renames.
  private func pipelines(_ columns: [String]) -> String {
    guard has("name", .string, in: "pipelines") else {
      let schema = columns.map { "\($0.prefix { $0 != " " }): \(Self.type(of: $0).name)" }
      return "datatable(\(schema.joined(separator: ", "))) []"
    }
    let projections = columns.map { column -> String in
      let type = Self.type(of: column)
      if column.hasSuffix("= name") || has(column, type, in: "pipelines") { return column }
      if type == .long, has(column, .int, in: "pipelines") { return "\(column) = tolong(\(column))" }
      return "\(column) = \(type == .string ? "\"\"" : "\(type.name)(null)")"
    }
    return "pipelines | project \(projections.joined(separator: ", "))"
  }

  private static func type(of column: String) -> ScalarType {
    switch column {
    case "tier", "records_24h": .long
    case "sla", "freshness", "avg_duration": .timespan
    default: .string
    }
  }

  private func has(_ column: String, _ type: ScalarType, in table: String) -> Bool {
    schema(table)?.contains(ColumnInfo(column, type)) ?? false
  }

  private static func text(_ text: String) -> String { literal(.string(text)) }

  private static func literal(_ value: Value) -> String {
    var buffer = ByteBuffer()
    Vector.constant(value).printLiteral(at: 0, to: &buffer)
    return buffer.string
  }
}
