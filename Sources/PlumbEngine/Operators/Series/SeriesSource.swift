import Synchronization

/// The values of `range`, made on demand.
final class SeriesSource: ChunkSource {
  private let series: SeriesPlan
  private let place = Atomic<Int>(0)
  private let stopped = Atomic<Bool>(false)
  var rowEstimate: Int { series.count }

  init(_ series: SeriesPlan) { self.series = series }

  func next() -> Chunk? {
    if stopped.load(ordering: .relaxed) { return nil }
    let index = place.wrappingAdd(1, ordering: .relaxed).oldValue
    let (start, overflow) = index.multipliedReportingOverflow(by: Chunk.preferredCount)
    guard !overflow, start < series.count else { return nil }
    let n = Swift.min(Chunk.preferredCount, series.count - start)
    let buffer = Buffer(byteCount: n &* series.column.type.lane.stride)
    switch (series.first, series.step) {
    case (.real(let first), .real(let step)):
      let out = buffer.view(Double.self)
      for i in 0..<n { out[i] = first + Double(start &+ i) * step }
    case (let first, let step):
      let base = first.ticks, stride = step.ticks
      let out = buffer.view(Int64.self)
      for i in 0..<n { out[i] = base &+ Int64(start &+ i) &* stride }
    }
    return Chunk(
      [Vector(series.column.type, count: n, buffer: buffer)], count: n, order: RowOrder(index))
  }

  func stop() { stopped.store(true, ordering: .relaxed) }
}
