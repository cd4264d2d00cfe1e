import PlumbDiagnostics
import Synchronization

/// Chunks that are ready, cut to the usual size.
final class ChunkListSource: ChunkSource {
  private let pieces: [(chunk: Int, row: Int)]
  private let chunks: [Chunk]
  private let place = Atomic<Int>(0)
  private let stopped = Atomic<Bool>(false)
  let rowEstimate: Int

  init(_ chunks: [Chunk]) {
    self.chunks = chunks
    rowEstimate = chunks.reduce(0) { $0 &+ $1.count }
    pieces = chunks.indices.flatMap { index in
      stride(from: 0, to: chunks[index].count, by: Chunk.preferredCount).map { (index, $0) }
    }
  }

  func next() -> Chunk? {
    if stopped.load(ordering: .relaxed) { return nil }
    let index = place.wrappingAdd(1, ordering: .relaxed).oldValue
    guard index < pieces.count else { return nil }
    let (number, row) = pieces[index]
    let whole = chunks[number]
    let length = Swift.min(Chunk.preferredCount, whole.count &- row)
    // A fresh chunk each time: lazily gathered columns must not be shared between workers.
    let piece = Chunk(
      (0..<whole.columnCount).map { whole.column($0).slice(row, length) }, count: length,
      sequence: UInt64(index))
    return piece
  }

  func stop() { stopped.store(true, ordering: .relaxed) }
}

/// The chunks of several pipelines, one pipeline after the other.
final class UnionSource: ChunkSource {
  private let inputs: [Pipeline]
  private let current = Atomic<Int>(0)
  private let context: ExecutionContext
  let rowEstimate: Int

  init(_ inputs: [Pipeline], _ context: ExecutionContext) {
    self.inputs = inputs
    self.context = context
    rowEstimate = inputs.reduce(0) { $0 &+ $1.source.rowEstimate }
  }

  func next() throws -> Chunk? {
    while true {
      let index = current.load(ordering: .relaxed)
      guard index < inputs.count else { return nil }
      guard let chunk = try inputs[index].source.next() else {
        _ = current.compareExchange(expected: index, desired: index + 1, ordering: .relaxed)
        continue
      }
      try context.checkpoint()
      var made: [Chunk] = []
      try inputs[index].push(chunk, context) { made.append($0) }
      guard let first = made.first else { continue }
      let types = (0..<first.columnCount).map { first.column($0).type }
      let all = made.count == 1 ? first : Chunk.concatenating(made, types: types)
      all.sequence = UInt64(index) << 40 | chunk.sequence
      return all
    }
  }

  func stop() {
    for input in inputs { input.source.stop() }
    current.store(inputs.count, ordering: .relaxed)
  }
}

/// The values of `range`, made as they are asked for.
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
      let out = buffer.values(Double.self)
      for i in 0..<n { out[i] = first + Double(start &+ i) * step }
    case (let first, let step):
      let base = first.ticks, stride = step.ticks
      let out = buffer.values(Int64.self)
      for i in 0..<n { out[i] = base &+ Int64(start &+ i) &* stride }
    }
    return Chunk(
      [Vector(series.column.type, count: n, buffer: buffer)], count: n, sequence: UInt64(index))
  }

  func stop() { stopped.store(true, ordering: .relaxed) }
}

extension Value {
  /// The number in a word lane; 0 for other types.
  var ticks: Int64 {
    switch self {
    case .int(let number): Int64(number)
    case .long(let number), .datetime(let number), .timespan(let number): number
    case .null, .bool, .real, .decimal, .string, .guid, .dynamic: 0
    }
  }
}
