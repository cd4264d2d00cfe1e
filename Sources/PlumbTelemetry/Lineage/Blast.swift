import PlumbEngine

/// The pipelines affected when others stop.
extension Lineage {
  /// - `sla_at_risk`: whether the pipeline's data would be older than its SLA by the time new data reached it if the
  ///   named pipeline started now: whether its freshness and the average durations on the way add up to more.
  /// - `records_at_risk`: the records that the pipeline wrote in the last 24 hours, the harm of one day.
  /// - `failing`: whether it has failed or is stale already.
  /// - `via`: the previous pipeline on the path.
  package static let blastSchema: Schema = [
    ColumnInfo("pipeline", .string), ColumnInfo("depth", .long), ColumnInfo("owner", .string),
    ColumnInfo("tier", .long), ColumnInfo("sla", .timespan), ColumnInfo("sla_at_risk", .bool),
    ColumnInfo("records_at_risk", .long), ColumnInfo("backup", .string), ColumnInfo("failing", .bool),
    ColumnInfo("via", .string),
  ]

  /// Returns all pipelines downstream of `names`: by distance, then tier, then name.
  package func blast(_ starts: [PipelineName], depth: Int64 = .max) throws -> Table {
    let reach = reach(in: downstream, from: try nodes(starts), limit: depth)
    // The time that data takes along the path, in order of distance so that the previous node is known.
    var delays = Array(repeating: Int64(0), count: names.count)
    for node in reach.order {
      let before = reach.previous[Int(node)]
      delays[Int(node)] = (before < 0 ? 0 : delays[Int(before)]) &+ Swift.max(0, facts.duration(node) ?? 0)
    }
    let keyed = reach.found.map { (depth: reach.depths[Int($0)], tier: facts.tier($0) ?? .max, name: names.text($0), node: $0) }
    let rows = LineageRows(Self.blastSchema, context)
    for (depth, _, _, node) in keyed.sorted(by: { ($0.depth, $0.tier, $0.name) < ($1.depth, $1.tier, $1.name) }) {
      rows.append(0, names.names[Int(node)])
      rows.append(1, wordOrNull: Int64(depth))
      rows.append(2, facts.owner(node))
      rows.append(3, wordOrNull: facts.tier(node))
      rows.append(4, wordOrNull: facts.sla(node))
      rows.append(5, bool: isAtRisk(node, delay: delays[Int(node)]))
      rows.append(6, wordOrNull: facts.records(node))
      rows.append(7, facts.backup(node))
      rows.append(8, bool: facts.isFailing(node))
      rows.append(9, names.names[Int(reach.previous[Int(node)])])
      try rows.endRow()
    }
    return rows.table("blast")
  }

  private func isAtRisk(_ node: Int32, delay: Int64) -> Bool {
    guard let sla = facts.sla(node) else { return false }
    guard let age = facts.freshness(node) else { return true }
    return age &+ delay > sla
  }
}
