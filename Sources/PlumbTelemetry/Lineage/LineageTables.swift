import PlumbDiagnostics
import PlumbEngine

/// The direction in which data flows from a pipeline in question.
package enum LineageDirection: String, Hashable, Sendable {
  case upstream, downstream
}

/// The results as tables. A path is an array of names from a pipeline in question to that of the row.
extension Lineage {
  /// The columns of every result about paths: the pipeline, its steps from the start, the path, its tier and status, and
  /// the previous pipeline on the path.
  package static let schema: Schema = [
    ColumnInfo("pipeline", .string), ColumnInfo("depth", .long), ColumnInfo("path", .dynamic),
    ColumnInfo("tier", .long), ColumnInfo("status", .string), ColumnInfo("via", .string),
  ]

  /// Returns all pipelines that depend on `names`, or that they depend on: by distance, then name, each by a shortest path.
  package func reach(_ direction: LineageDirection, of names: [PipelineName], depth: Int64 = .max) throws -> Table {
    let reach = reach(in: direction == .downstream ? downstream : upstream, from: try nodes(names), limit: depth)
    let rows = LineageRows(Self.schema, context)
    for node in reach.found.sorted(by: { a, b in
      let (depthA, depthB) = (reach.depths[Int(a)], reach.depths[Int(b)])
      return depthA == depthB ? self.names.isBefore(a, b) : depthA < depthB
    }) { try write(node, way: reach.way(to: node), to: rows) }
    remark(on: names, direction, isEnd: reach.found.isEmpty)
    return rows.table("lineage_\(direction.rawValue)")
  }

  /// Says what the rows do not: how the pipelines in question are themselves, or that the graph ends with them.
  private func remark(on names: [PipelineName], _ direction: LineageDirection, isEnd: Bool) {
    guard names.count <= LineageRemark.mostRoots else { return }
    for name in names {
      guard let node = try? node(name) else { continue }
      if isEnd {
        context.remark(direction == .downstream ? LineageRemark.nothingDepends + name.text : name.text + LineageRemark.dependsOnNothing)
        continue
      }
      let status = String(facts.status(node))
      let parts = (status.isEmpty ? [] : [status]) + (facts.tier(node).map { ["tier \($0)"] } ?? [])
      if !parts.isEmpty { context.remark(name.text + LineageRemark.itself + parts.joined(separator: ", ")) }
    }
  }

  /// Returns a shortest path for data from one pipeline to another, one row per pipeline; no rows if there is no path.
  package func path(from start: PipelineName, to end: PipelineName) throws -> Table {
    let from = try node(start)
    let goal = try node(end)
    let reach = reach(in: downstream, from: [from], goal: goal)
    let rows = LineageRows(Self.schema, context)
    if reach.depths[Int(goal)] >= 0 {
      let way = reach.way(to: goal)
      for (step, node) in way.enumerated() { try write(node, way: Array(way[...step]), to: rows) }
    }
    return rows.table("lineage_path")
  }

  /// The columns of `criticalPath`: those of a path, the average duration of a run, and the sum of durations so far.
  package static let criticalPathSchema: Schema =
    schema + [ColumnInfo("duration", .timespan), ColumnInfo("elapsed", .timespan)]

  /// Returns the chain of pipelines up to `name` that takes longest by average durations, beginning first.
  package func criticalPath(to name: PipelineName) throws -> Table {
    let weights = (0..<names.count).map { Swift.max(0, facts.duration(Int32(truncatingIfNeeded: $0)) ?? 0) }
    let way = Array(upstream.heaviestChain(from: try node(name), weights: weights, isBefore: names.isBefore).reversed())
    let rows = LineageRows(Self.criticalPathSchema, context)
    var elapsed: Int64 = 0
    for (step, node) in way.enumerated() {
      elapsed &+= weights[Int(node)]
      rows.append(6, wordOrNull: facts.duration(node))
      rows.append(7, wordOrNull: elapsed)
      try write(node, way: Array(way[...step]), to: rows)
    }
    return rows.table("lineage_critical_path")
  }

  private func write(_ node: Int32, way: [Int32], to rows: LineageRows) throws {
    rows.append(0, names.names[Int(node)])
    rows.append(1, wordOrNull: Int64(way.count - 1))
    rows.append(2, list: way.lazy.map { names.names[Int($0)] })
    rows.append(3, wordOrNull: facts.tier(node))
    rows.append(4, facts.status(node))
    rows.append(5, way.count > 1 ? names.names[Int(way[way.count - 2])] : Bytes(start: nil, count: 0))
    try rows.endRow()
  }
}
