import PlumbEngine
import PlumbModel

extension RunStore {
  /// Returns a sample of every metric of every pipeline each full hour from the start of history to `clock`.
  ///
  /// A sample is the value of the latest attempt that had ended, with a little noise; `lag` is the age of the last
  /// success in seconds.
  func metricsTable(_ topology: Topology, seed: UInt64, clock: Int64) -> Table {
    let hour: Int64 = 36_000_000_000
    var sampler = MetricSampler(self, topology, seed: seed)
    var next = (origin / hour + 1) * hour
    forEachSegment { segment, n in
      let started = segment.started.view(Int64.self)
      for row in 0..<n {
        while started[row] > next && next <= clock {
          sampler.sample(at: next)
          next += hour
        }
        sampler.see(segment, row)
      }
    }
    while next <= clock {
      sampler.sample(at: next)
      next += hour
    }
    return Table(name: "metrics", schema: TelemetryModel.metrics, groups: sampler.finish())
  }
}

/// The source of a pipeline's samples.
private struct Reading: BitwiseCopyable {
  var ended: Int64
  var lastSuccess: Int64
  var cpu: Double
  var memory: Double
  var ioWait: Double
  var backlog: Double
}

private struct MetricSampler {
  private static let names = ["cpu", "memory_mb", "io_wait", "backlog", "lag"]
  /// The latest attempt of each pipeline, and the one before it.
  private var latest: [Reading?]
  private var previous: [Reading?]
  private var rows: MetricRows
  private var groups: [RowGroup] = []
  private let key: UInt64
  private let areWide: Bool
  private let dictionary = StringDictionary(names)
  private let codes: RunCodes

  init(_ store: RunStore, _ topology: Topology, seed: UInt64) {
    latest = Array(repeating: nil, count: topology.pipelines.count)
    previous = latest
    codes = store.dictionaries
    areWide = codes.areWide
    rows = MetricRows(wide: areWide)
    key = RandomStream.key(seed, .samples, 0)
  }

  mutating func see(_ segment: RunSegment, _ row: Int) {
    let status = segment.status.view(UInt8.self)[row]
    if status == RunStatus.skipped.rawValue { return }
    let pipeline = segment.pipeline(row, areWide: areWide)
    let ended = segment.ended.view(Int64.self)[row]
    let lastSuccess = latest[pipeline]?.lastSuccess ?? segment.started.view(Int64.self)[row]
    previous[pipeline] = latest[pipeline]
    latest[pipeline] = Reading(
      ended: ended, lastSuccess: status == RunStatus.succeeded.rawValue ? ended : lastSuccess,
      cpu: segment.cpu.view(Double.self)[row], memory: Double(segment.memory.view(Int32.self)[row]),
      ioWait: segment.ioWait.view(Double.self)[row], backlog: Double(segment.backlog.view(Int32.self)[row]))
  }

  mutating func sample(at moment: Int64) {
    for pipeline in latest.indices {
      var reading = latest[pipeline]
      if let newest = reading, newest.ended > moment { reading = previous[pipeline] }
      guard let reading, reading.ended <= moment else { continue }
      var random = RandomStream(key: key, step: Int(moment / 36_000_000_000) &* 65_536 &+ pipeline)
      func share(_ value: Double) -> Double {
        let noisy = Swift.min(Swift.max(value * (1 + 0.05 * random.bell()), 0), 1)
        return (noisy * 1_000).rounded() / 1_000
      }
      append(moment, pipeline, 0, share(reading.cpu))
      append(moment, pipeline, 1, (reading.memory * (1 + 0.02 * random.bell())).rounded())
      append(moment, pipeline, 2, share(reading.ioWait))
      append(moment, pipeline, 3, reading.backlog)
      append(moment, pipeline, 4, Double((moment - reading.lastSuccess) / 10_000_000))
    }
  }

  private mutating func append(_ moment: Int64, _ pipeline: Int, _ name: UInt8, _ value: Double) {
    rows.append(moment, pipeline, name, value)
    if rows.count == RowGroup.capacity {
      groups.append(rows.seal(codes, dictionary))
      rows = MetricRows(wide: areWide)
    }
  }

  mutating func finish() -> [RowGroup] {
    if rows.count > 0 { groups.append(rows.seal(codes, dictionary)) }
    return groups
  }
}

/// The columns of `metrics` for a row group.
private struct MetricRows {
  private(set) var count = 0
  private let areWide: Bool
  private let at = Buffer(of: Int64.self, count: RowGroup.capacity)
  private let pipelines: Buffer
  private let names = Buffer(byteCount: RowGroup.capacity)
  private let values = Buffer(of: Double.self, count: RowGroup.capacity)

  init(wide: Bool) {
    areWide = wide
    pipelines = Buffer(byteCount: RowGroup.capacity * (wide ? 2 : 1))
  }

  @inline(__always) mutating func append(_ moment: Int64, _ pipeline: Int, _ name: UInt8, _ value: Double) {
    at.view(Int64.self)[count] = moment
    if areWide {
      pipelines.view(UInt16.self)[count] = UInt16(truncatingIfNeeded: pipeline)
    } else {
      pipelines.view(UInt8.self)[count] = UInt8(truncatingIfNeeded: pipeline)
    }
    names.view(UInt8.self)[count] = name
    values.view(Double.self)[count] = value
    count &+= 1
  }

  func seal(_ codes: RunCodes, _ dictionary: StringDictionary) -> RowGroup {
    RowGroup(
      [
        .filled(.datetime, count: count, at),
        .filledCodes(codes.pipelines, codes.pipelineEncoding, count: count, pipelines),
        .filledCodes(dictionary, .codes8, count: count, names), .filled(.real, count: count, values),
      ], count: count)
  }
}
