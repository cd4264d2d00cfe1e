import PlumbModel

/// The pipelines of a world and how they depend on each other, for those who plant faults.
package struct WorldMap: Sendable {
  package struct Pipeline: Sendable {
    package let name: String
    /// 0 for ingestion, and 4 for what people use.
    package let layer: Int
    package let tier: Int
    package let source: String
    package let region: String
    package let vendor: String
    package let owner: String
    /// The mean time between two runs.
    package let interval: Int64
    /// Whether it runs around the clock, at a fixed interval.
    package let isSteady: Bool
    /// Whether it reads feeds about threats.
    package let isThreatFeed: Bool
    /// How much its volume depends on people who work, 0 to 1.
    package let human: Double
    /// The records that a run can take, of those of a usual run.
    package let headroom: Double
    /// The pipeline that can replace it, if there is one.
    package let backup: Int?
  }

  package let pipelines: [Pipeline]
  /// For each pipeline, those that it reads from, and those that read from it, over dependencies that last.
  package let upstreams: [[Int]]
  package let downstreams: [[Int]]
  /// The same without lookups, which hardly pass a failure on.
  package let feeders: [[Int]]
  package let readers: [[Int]]

  init(_ topology: Topology, until end: Int64) {
    pipelines = topology.pipelines.map { model in
      Pipeline(
        name: model.name, layer: model.layer.rawValue, tier: model.tier, source: SourceCatalogue.sources[model.source].name,
        region: SourceCatalogue.regions[model.region].name, vendor: model.vendor, owner: model.owner,
        interval: Int64(model.schedule.meanInterval), isSteady: model.schedule.kind == .interval, isThreatFeed: model.source >= 6,
        human: model.human, headroom: model.capacity / Swift.max(model.rate * model.schedule.meanInterval, 1),
        backup: model.backup >= 0 ? model.backup : nil)
    }
    var lists = Array(repeating: [[Int]](repeating: [], count: topology.pipelines.count), count: 4)
    for edge in topology.edges where edge.since <= end && edge.until > end {
      lists[0][edge.downstream].append(edge.upstream)
      lists[1][edge.upstream].append(edge.downstream)
      guard edge.kind != .lookup else { continue }
      lists[2][edge.downstream].append(edge.upstream)
      lists[3][edge.upstream].append(edge.downstream)
    }
    (upstreams, downstreams, feeders, readers) = (lists[0], lists[1], lists[2], lists[3])
  }

  /// The distance in steps of all pipelines that can be reached from `start`, without `start`.
  package func reach(from start: Int, along neighbours: [[Int]]) -> [Int: Int] {
    var distances: [Int: Int] = [start: 0]
    var queue = [start]
    var at = 0
    while at < queue.count {
      for next in neighbours[queue[at]] where distances[next] == nil {
        distances[next] = (distances[queue[at]] ?? 0) + 1
        queue.append(next)
      }
      at += 1
    }
    distances[start] = nil
    return distances
  }

  package func index(of name: String) -> Int? { pipelines.firstIndex { $0.name == name } }
}
