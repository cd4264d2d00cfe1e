/// The pipelines of a world, in the order of their layers, and the edges between them, in the order of their
/// downstreams.
struct Topology: Sendable {
  var pipelines: [PipelineModel]
  var edges: [Edge]
  /// For each pipeline, its incoming edges.
  let incoming: [Range<Int>]
  /// For each layer, its pipelines.
  let layers: [Range<Int>]

  /// Records a day of an easy world of 160 pipelines at a load of 1; business days, ends of months and second attempts
  /// raise them to 2.3 million.
  static let dailyRecords = 2_155_000.0

  init(pipelineCount: Int, seed: UInt64, difficulty: Difficulty, calendar: WorkCalendar) {
    var random = RandomStream(seed, .topology, 0)
    let names = TopologyNames(pipelineCount: pipelineCount)
    var pipelines = names.seeds.map { PipelineModel($0, &random) }
    Topology.shareRecords(of: &pipelines)
    layers = names.layers
    var builder = EdgeBuilder(pipelines: pipelines, layers: layers, seed: seed)
    edges = builder.build()
    Topology.giveBackups(to: &pipelines, &random)

    var incoming: [Range<Int>] = []
    incoming.reserveCapacity(pipelines.count)
    var next = 0
    for pipeline in pipelines.indices {
      let start = next
      while next < edges.count && edges[next].downstream == pipeline { next += 1 }
      incoming.append(start..<next)
    }
    self.incoming = incoming
    self.pipelines = pipelines
    if difficulty != .easy { letFlow(calendar, seed: seed) }
  }

  /// Scales the rates to records per millisecond that add up to the world's.
  private static func shareRecords(of pipelines: inout [PipelineModel]) {
    var total = 0.0
    for pipeline in pipelines { total += pipeline.rate }
    let daily = dailyRecords * Double(pipelines.count) / 160
    let factor = daily / total / 86_400_000
    for i in pipelines.indices { pipelines[i].rate *= factor }
  }

  private static func giveBackups(to pipelines: inout [PipelineModel], _ random: inout RandomStream) {
    for i in pipelines.indices {
      let pipeline = pipelines[i]
      guard pipeline.layer.rawValue <= Layer.enrich.rawValue,
        random.chance(pipeline.tier == 1 ? 0.5 : 0.2)
      else { continue }
      // The nearest pipeline of the same layer and source in another region, or of another vendor.
      for step in 1...200 {
        let other = step % 2 == 1 ? i + (step + 1) / 2 : i - step / 2
        guard pipelines.indices.contains(other), pipelines[other].layer == pipeline.layer,
          pipelines[other].backup != i, pipelines[other].interval <= pipeline.interval * 4
        else { continue }
        let isThreat = pipeline.source >= 6 && pipelines[other].source >= 6
        let isOther = isThreat ? pipelines[other].source != pipeline.source
          : pipelines[other].source == pipeline.source && pipelines[other].region != pipeline.region
        if isOther {
          pipelines[i].backup = other
          break
        }
      }
    }
  }
}

/// A pipeline's name and position, before its numbers are drawn.
struct PipelineSeed {
  var name: String
  var layer: Layer
  var source: Int
  var region: Int
  var owner: String
  var tier: Int
  var human: Double
  var weight: Double
  var recordBytes: Int
}

extension PipelineModel {
  /// Draws a pipeline's usual numbers.
  init(_ seed: PipelineSeed, _ random: inout RandomStream) {
    let minutes = PipelineModel.drawnMinutes(tier: seed.tier, random.unit())
    let interval = minutes * 60_000
    let duration = Double(interval) * random.between(0.03, 0.11)
    let slas: [Int64] = [2, 3, 4]
    let source = SourceCatalogue.sources[seed.source]
    self.init(
      name: seed.name, layer: seed.layer, source: seed.source, region: seed.region, owner: seed.owner,
      vendor: seed.layer == .ingest ? source.vendor : "internal", tier: seed.tier, interval: interval,
      offset: Int64(random.below(Int(interval / 1_000))) * 1_000,
      sla: interval * slas[random.below(3)], maxAttempts: minutes >= 60 ? 3 : 2,
      rate: seed.weight * Portable.spread(0.35, &random), human: seed.human,
      recordBytes: Double(seed.recordBytes),
      yield: seed.layer == .correlate ? random.between(0.8, 0.95) : random.between(0.985, 1),
      duration: Swift.min(Swift.max(duration, 18_000), 720_000),
      queue: random.between(1_500, 9_000), cpu: random.between(0.14, 0.42),
      memory: random.between(300, 2_800), ioWait: random.between(0.02, 0.12),
      noise: random.between(0.0001, 0.0003), frailty: Portable.spread(0.55, &random),
      schemaVersion: 1 + random.below(9),
      schedule: Schedule(kind: .interval, interval: interval, offset: 0, region: Int32(seed.region), regionOffset: 0))
  }

  /// Returns the minutes between runs: critical pipelines run often.
  private static func drawnMinutes(tier: Int, _ draw: Double) -> Int64 {
    let choices: [(upTo: Double, minutes: Int64)]
    switch tier {
    case 1: choices = [(0.1, 10), (0.52, 15), (1, 30)]
    case 2: choices = [(0.1, 15), (0.6, 30), (1, 60)]
    default: choices = [(0.3, 30), (0.65, 60), (0.85, 120), (1, 360)]
    }
    return choices.first { draw < $0.upTo }?.minutes ?? 60
  }
}
