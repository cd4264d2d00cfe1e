/// Chooses names and positions of a world's pipelines, layer by layer.
struct TopologyNames {
  private(set) var seeds: [PipelineSeed] = []
  private(set) var layers: [Range<Int>] = []
  private var taken: Set<String> = []

  private static let shares: [Double] = [0.45, 0.22, 0.14, 0.11]

  init(pipelineCount: Int) {
    var counts = TopologyNames.shares.map { Swift.max(1, Int(Double(pipelineCount) * $0 + 0.5)) }
    var sum = 0
    for count in counts { sum += count }
    counts.append(Swift.max(1, pipelineCount - sum))

    addLayer(of: counts[0]) { $0.addIngest(of: counts[0]) }
    addLayer(of: counts[1]) { $0.addNormalise(of: counts[1]) }
    let topics: [(Layer, [SourceCatalogue.Topic], Double)] = [
      (.enrich, SourceCatalogue.enrichTopics, 0.7), (.correlate, SourceCatalogue.correlateTopics, 0.35),
      (.serve, SourceCatalogue.serveTopics, 0.3),
    ]
    for (i, (layer, list, weight)) in topics.enumerated() {
      addLayer(of: counts[i + 2]) { $0.addTopics(list, layer, of: counts[i + 2], weight: weight) }
    }
  }

  private mutating func addLayer(of count: Int, _ add: (inout TopologyNames) -> Void) {
    let start = seeds.count
    add(&self)
    layers.append(start..<seeds.count)
  }

  /// Adds the seed unless its name is taken.
  private mutating func add(_ seed: PipelineSeed) {
    if taken.insert(seed.name).inserted { seeds.append(seed) }
  }

  /// The regions each stream starts with, then all others, then second instances of all.
  private mutating func addIngest(of count: Int) {
    let catalogue = SourceCatalogue.streams
    var round = 0
    while seeds.count < count {
      for turn in 0..<SourceCatalogue.regions.count {
        for (number, stream) in catalogue.enumerated() where seeds.count < count {
          if round == 0 && turn >= stream.regions { continue }
          let source = SourceCatalogue.sources[stream.source]
          // Streams of one region are spread over the large ones.
          let region = round == 0 && stream.regions == 1 ? number % 4 : turn
          let place = SourceCatalogue.regions[region]
          let suffix = round > 1 ? "-\(round)" : ""
          add(
            PipelineSeed(
              name: "\(source.prefix)-\(stream.name)-\(place.name)\(suffix)", layer: .ingest,
              source: stream.source, region: region,
              owner: source.owner, tier: stream.tier, human: stream.human,
              weight: stream.weight * place.size, recordBytes: stream.recordBytes))
        }
      }
      round += 1
    }
  }

  /// One for each source and region that has streams, then more by facet.
  private mutating func addNormalise(of count: Int) {
    let ingest = seeds
    let end = seeds.count + count
    var round = 0
    while seeds.count < end {
      for seed in ingest where seeds.count < end {
        let source = SourceCatalogue.sources[seed.source]
        let place = SourceCatalogue.regions[seed.region]
        let suffix = round > 0 ? "-\(round + 1)" : ""
        add(
          PipelineSeed(
            name: "\(source.prefix)-normalise-\(place.name)\(suffix)", layer: .normalise, source: seed.source,
            region: seed.region, owner: round % 2 == 0 ? "data-platform" : source.owner,
            tier: Swift.min(seed.tier + round % 2, 3), human: seed.human * 0.9,
            weight: 1.6 * place.size, recordBytes: seed.recordBytes / 2))
      }
      round += 1
    }
  }

  private mutating func addTopics(
    _ topics: [SourceCatalogue.Topic], _ layer: Layer, of count: Int, weight: Double
  ) {
    let end = seeds.count + count
    var round = 0
    while seeds.count < end {
      let region = round % SourceCatalogue.regions.count
      let instance = round / SourceCatalogue.regions.count
      for topic in topics where seeds.count < end {
        let place = SourceCatalogue.regions[region]
        let suffix = instance > 0 ? "-\(instance + 1)" : ""
        add(
          PipelineSeed(
            name: "\(topic.name)-\(place.name)\(suffix)", layer: layer, source: topic.source, region: region,
            owner: topic.owner, tier: topic.tier, human: 0.55, weight: weight * place.size, recordBytes: 700))
      }
      round += 1
    }
  }
}
