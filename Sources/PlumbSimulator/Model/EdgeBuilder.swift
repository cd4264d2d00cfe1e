/// Connects the layers of a world: which pipeline reads the data of which.
///
/// Every edge leads to a higher layer, so there are no cycles. A pipeline prefers its own source and region.
struct EdgeBuilder {
  private let pipelines: [PipelineModel]
  private let layers: [Range<Int>]
  private var random: RandomStream
  private var upstreams: [[Edge]]

  init(pipelines: [PipelineModel], layers: [Range<Int>], seed: UInt64) {
    self.pipelines = pipelines
    self.layers = layers
    random = RandomStream(seed, .edges, 0)
    upstreams = Array(repeating: [], count: pipelines.count)
  }

  mutating func build() -> [Edge] {
    connectIngest()
    connect(.enrich, to: .normalise, fanIn: 2...4)
    connect(.correlate, to: .enrich, fanIn: 2...4)
    connect(.serve, to: .correlate, fanIn: 2...5)
    useTheUnused(.normalise)
    useTheUnused(.enrich)
    useTheUnused(.correlate)
    addShortcuts()
    return upstreams.flatMap { $0.sorted { $0.upstream < $1.upstream } }
  }

  /// Connects each stream to the normaliser of its source and region.
  private mutating func connectIngest() {
    var places: [[Int]] = Array(
      repeating: [], count: SourceCatalogue.sources.count * SourceCatalogue.regions.count)
    func place(_ pipeline: PipelineModel) -> Int {
      pipeline.source * SourceCatalogue.regions.count + pipeline.region
    }
    for i in layers[1] { places[place(pipelines[i])].append(i) }
    for i in layers[0] {
      let near = places[place(pipelines[i])]
      let target = near.isEmpty ? best(for: pipelines[i], in: layers[1]) : near[random.below(near.count)]
      add(i, target, kind: random.chance(0.12) ? .trigger : .data)
    }
    for i in layers[1] where upstreams[i].isEmpty {
      add(best(for: pipelines[i], in: layers[0]), i, kind: .data)
    }
  }

  private mutating func connect(_ layer: Layer, to lower: Layer, fanIn: ClosedRange<Int>) {
    for i in layers[layer.rawValue] {
      let count = fanIn.lowerBound + random.below(fanIn.count)
      for n in 0..<count {
        add(best(for: pipelines[i], in: layers[lower.rawValue]), i, kind: n == 0 ? .data : drawnKind())
      }
    }
  }

  /// Adds readers to data without any, which would not be produced.
  private mutating func useTheUnused(_ layer: Layer) {
    var isUsed = Array(repeating: false, count: pipelines.count)
    for edges in upstreams { for edge in edges { isUsed[edge.upstream] = true } }
    for i in layers[layer.rawValue] where !isUsed[i] {
      add(i, best(for: pipelines[i], in: layers[layer.rawValue + 1]), kind: drawnKind())
    }
  }

  /// Adds edges that skip a layer, such as threat feeds as lookups, and dashboards on enriched data, and edges that came or
  /// went.
  private mutating func addShortcuts() {
    let month = 30.0 * 86_400_000
    for i in layers[2] where random.chance(0.35) {
      add(best(for: pipelines[i], in: layers[0]), i, kind: .lookup)
    }
    for i in layers[4] where random.chance(0.5) {
      add(best(for: pipelines[i], in: layers[2]), i, kind: .lookup)
    }
    for i in layers[3] where random.chance(0.15) {
      add(best(for: pipelines[i], in: layers[1]), i, kind: .lookup, since: Int64(random.between(0, month)))
    }
    for i in layers[2] where random.chance(0.15) {
      add(best(for: pipelines[i], in: layers[1]), i, kind: .lookup, until: Int64(random.between(0, 1.5 * month)))
    }
  }

  private mutating func drawnKind() -> Edge.Kind {
    let draw = random.unit()
    return draw < 0.62 ? .data : draw < 0.86 ? .lookup : .trigger
  }

  /// Returns the most likely of a dozen candidates.
  private mutating func best(for pipeline: PipelineModel, in range: Range<Int>) -> Int {
    var best = range.lowerBound
    var bestScore = -1.0
    for _ in 0..<12 {
      let candidate = range.lowerBound + random.below(range.count)
      let other = pipelines[candidate]
      var score = random.unit()
      if other.source == pipeline.source { score += 0.8 }
      if other.region == pipeline.region { score += 0.7 }
      if score > bestScore { (best, bestScore) = (candidate, score) }
    }
    return best
  }

  private mutating func add(
    _ upstream: Int, _ downstream: Int, kind: Edge.Kind, since: Int64? = nil, until: Int64 = .max
  ) {
    if upstreams[downstream].contains(where: { $0.upstream == upstream }) { return }
    let weight: Double
    switch kind {
    case .data: weight = random.chance(0.3) ? 0.95 : random.between(0.35, 0.8)
    case .lookup: weight = random.between(0.05, 0.18)
    case .trigger: weight = random.between(0.5, 0.9)
    }
    let slower = Double(Swift.max(pipelines[upstream].interval, pipelines[downstream].interval))
    let age = Int64(random.between(5, 500) * 86_400) * 1_000
    upstreams[downstream].append(
      Edge(
        upstream: upstream, downstream: downstream, kind: kind, weight: weight,
        grace: slower * random.between(2, 5), since: since.map { $0 / 60_000 * 60_000 } ?? -age,
        until: until == .max ? .max : until / 60_000 * 60_000, share: nil))
  }
}
