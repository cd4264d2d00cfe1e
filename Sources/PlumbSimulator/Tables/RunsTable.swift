import PlumbEngine
import PlumbModel
import Synchronization

extension RunStore {
  /// Returns the row group of a segment's first `n` rows as they are at `clock` (ticks).
  ///
  /// A run that has not ended by then is `running`, and what only its end determines is null.
  ///
  /// - Parameter changes: the changes of schema by pipeline, which messages name.
  func group(_ segment: RunSegment, count n: Int, clock: Int64, changes: [[SchemaChange]]) -> RowGroup {
    if let sealed = segment.sealed { return sealed }
    let codes = dictionaries
    let ended = segment.ended.view(Int64.self)
    let going = (0..<n).filter { ended[$0] > clock }
    var mask: Buffer?
    var status = segment.status
    var error = segment.error
    var code = segment.errorCode
    var category = segment.errorCategory
    if !going.isEmpty {
      let nulls = Buffer.zeros(byteCount: n)
      for row in going { nulls.view(UInt8.self)[row] = 1 }
      mask = nulls
      status = segment.status.copy(setting: going, to: RunStatus.running.rawValue, count: n)
      error = segment.error.copy(setting: going, to: 0, count: n)
      code = segment.errorCode.copy(setting: going, to: 0, count: n)
      category = segment.errorCategory.copy(setting: going, to: 0, count: n)
    }
    let columns: [Vector] = [
      .filledNarrow(.long, count: n, segment.runID),
      .filledCodes(codes.pipelines, codes.pipelineEncoding, count: n, segment.pipeline),
      .filledCodes(codes.sources, .codes8, count: n, segment.source),
      .filled(.datetime, count: n, segment.started),
      .filled(.datetime, count: n, segment.ended, nulls: mask),
      .filledCodes(codes.statuses, .codes8, count: n, status),
      .filledNarrow(.long, count: n, segment.attempt),
      .filled(.timespan, count: n, segment.duration, nulls: mask),
      .filled(.timespan, count: n, segment.queueDelay),
      .filled(.timespan, count: n, segment.upstreamDelay),
      .filledNarrow(.long, count: n, segment.recordsIn, nulls: mask),
      .filledNarrow(.long, count: n, segment.recordsOut, nulls: mask),
      .filledNarrow(.long, count: n, segment.malformed, nulls: mask),
      .filled(.long, count: n, segment.bytes, nulls: mask),
      .filled(.real, count: n, segment.cpu),
      .filledNarrow(.long, count: n, segment.memory),
      .filled(.real, count: n, segment.ioWait),
      .filledNarrow(.long, count: n, segment.backlog),
      .filledNarrow(.long, count: n, segment.schemaVersion),
      .filledCodes(codes.errorCodes, .codes8, count: n, code),
      .filledCodes(codes.categories, .codes8, count: n, category),
      texts(segment, error, count: n, changes),
    ]
    let group = RowGroup(columns, count: n)
    if n == RowGroup.capacity && going.isEmpty { segment.sealed = group }
    return group
  }

  /// The messages, as codes of the few that an easy world has, or each by itself.
  private func texts(_ segment: RunSegment, _ error: Buffer, count n: Int, _ changes: [[SchemaChange]]) -> Vector {
    guard let messages else { return .filledCodes(dictionaries.messages, .codes8, count: n, error) }
    let column = VectorBuilder(.string)
    let places = error.view(UInt8.self)
    let areWide = dictionaries.areWide
    var text = ByteBuffer()
    for row in 0..<n {
      text.removeAll()
      if places[row] != 0 {
        let pipeline = segment.pipeline(row, areWide: areWide)
        messages.write(segment, row, pipeline: pipeline, origin: origin, changes: changes, to: &text)
      }
      text.withBytes { column.append(bytes: $0) }
    }
    return column.finish()
  }

  /// Calls `body` with each segment and its number of rows, in order.
  func forEachSegment(_ body: (RunSegment, Int) throws -> Void) rethrows {
    for (number, segment) in segments.enumerated() {
      let n = Swift.min(count &- number &* RowGroup.capacity, RowGroup.capacity)
      if n > 0 { try body(segment, n) }
    }
  }

  /// Returns all runs at `clock`; groups are built on several threads.
  func table(clock: Int64, threads: Int, changes: [[SchemaChange]]) throws -> Table {
    var parts: [(RunSegment, Int)] = []
    forEachSegment { parts.append(($0, $1)) }
    let made = LockedValue([RowGroup?](repeating: nil, count: parts.count))
    let work = parts
    let workers = Swift.max(Swift.min(threads, parts.count), 1)
    let next = Atomic<Int>(0)
    try WorkerPool.shared.run(workers: workers) { [self] _ in
      while true {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard place < work.count else { return }
        let group = group(work[place].0, count: work[place].1, clock: clock, changes: changes)
        made.withLock { $0[place] = group }
      }
    }
    return Table(name: "runs", schema: TelemetryModel.runs, groups: made.withLock { $0.compactMap { $0 } })
  }
}

extension Buffer {
  /// Returns a copy of `count` bytes with other values at some places.
  fileprivate func copy(setting rows: [Int], to value: UInt8, count: Int) -> Buffer {
    let other = Buffer(byteCount: count)
    other.view(UInt8.self).copy(view(), count: count)
    for row in rows { other.view(UInt8.self)[row] = value }
    return other
  }
}
