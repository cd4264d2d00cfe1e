import PlumbDiagnostics
import Synchronization

/// The rows of a table's columns, in chunks; row groups that the filters exclude by their bounds are skipped.
final class TableSource: ChunkSource {
  private let groups: [RowGroup]
  /// For each group the conditions of the scan that all of its rows meet, a bit each.
  private let satisfied: [UInt64]
  private let columns: [Int]
  private let place = Atomic<Int>(0)
  private let stopped = Atomic<Bool>(false)
  private let starts: [Start]
  private let bound: TopBound?
  let rowEstimate: Int

  /// Where a chunk begins, and its number in the order of the rows.
  private struct Start {
    let group: Int
    let row: Int
    let sequence: UInt64
  }

  convenience init(_ scan: ScanPlan, filters: [BoundExpression]) {
    let tests = filters.map { ZoneTest.tests(of: $0) }
    let kept = scan.table.groups.filter { group in
      tests.allSatisfy { $0.allSatisfy { $0.canMatch(group.zones[scan.columns[$0.column]]) } }
    }
    let satisfied = kept.map { group in
      tests.prefix(64).enumerated().reduce(into: UInt64(0)) { bits, item in
        let isMet = !item.element.isEmpty
          && item.element.allSatisfy { $0.mustMatch(group.zones[scan.columns[$0.column]]) }
        if isMet { bits |= 1 << UInt64(item.offset) }
      }
    }
    var starts: [Start] = []
    for (number, group) in kept.enumerated() {
      for row in stride(from: 0, to: group.count, by: Chunk.preferredCount) {
        starts.append(Start(group: number, row: row, sequence: UInt64(starts.count)))
      }
    }
    self.init(kept, satisfied, columns: scan.columns, starts, bound: nil)
  }

  private init(_ groups: [RowGroup], _ satisfied: [UInt64], columns: [Int], _ starts: [Start], bound: TopBound?) {
    self.groups = groups
    self.satisfied = satisfied
    self.columns = columns
    self.starts = starts
    self.bound = bound
    rowEstimate = groups.reduce(0) { $0 &+ $1.count }
  }

  /// The same rows for a sink that keeps the best: groups that promise most come first, and those that
  /// `bound` excludes by then are left out. Sequences stay those of the rows' order.
  func bestFirst(_ bound: TopBound) -> TableSource {
    let order = groups.indices.sorted {
      bound.promisesMore(groups[$0].zones[bound.column], groups[$1].zones[bound.column])
    }
    var places = [Int](repeating: 0, count: groups.count)
    for (place, group) in order.enumerated() { places[group] = place }
    let reordered = starts.sorted { (places[$0.group], $0.sequence) < (places[$1.group], $1.sequence) }
    return TableSource(groups, satisfied, columns: columns, reordered, bound: bound)
  }

  func next() -> Chunk? {
    while !stopped.load(ordering: .relaxed) {
      let index = place.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < starts.count else { return nil }
      let start = starts[index]
      let group = groups[start.group]
      if let bound, bound.excludes(group.zones[bound.column]) { continue }
      let length = Swift.min(Chunk.preferredCount, group.count &- start.row)
      let chunk = Chunk(
        columns.map { group.columns[$0].slice(start.row, length) }, count: length, sequence: start.sequence)
      chunk.satisfied = satisfied[start.group]
      return chunk
    }
    return nil
  }

  func stop() { stopped.store(true, ordering: .relaxed) }
}

/// A comparison of a column with a constant, as a test of a row group's bounds.
struct ZoneTest {
  let column: Int
  private let comparison: Comparison
  private let constant: Value

  /// The tests that together say what a comparison or `between` says; none for other expressions.
  static func tests(of expression: BoundExpression) -> [ZoneTest] {
    guard case .call(let call) = expression else { return [] }
    if call.name == "between", call.arguments.count == 3, case .column(let index, let type, _) = call.arguments[0],
      let low = call.arguments[1].constant, let high = call.arguments[2].constant, low.type == type, high.type == type
    {
      return [
        ZoneTest(column: index, comparison: .greaterOrEqual, constant: low),
        ZoneTest(column: index, comparison: .lessOrEqual, constant: high),
      ]
    }
    guard call.arguments.count == 2, let comparison = Comparison(symbol: call.name) else { return [] }
    switch (call.arguments[0], call.arguments[1]) {
    case (.column(let index, _, _), .literal(let value, _)):
      return [ZoneTest(column: index, comparison: comparison, constant: value)]
    case (.literal(let value, _), .column(let index, _, _)):
      return [ZoneTest(column: index, comparison: comparison.mirrored, constant: value)]
    default: return []
    }
  }

  private init(column: Int, comparison: Comparison, constant: Value) {
    self.column = column
    self.comparison = comparison
    self.constant = constant
  }

  /// Whether a row of a group with these bounds can pass.
  func canMatch(_ zone: ZoneRange) -> Bool {
    switch constant {
    case .int(let number): return canMatch(Int64(number), zone.words)
    case .long(let number), .datetime(let number), .timespan(let number):
      return canMatch(number, zone.words)
    case .real(let number): return canMatch(number, zone.floats)
    case .null, .bool, .decimal, .string, .guid, .dynamic: return true
    }
  }

  /// Whether every row of a group with these bounds passes.
  func mustMatch(_ zone: ZoneRange) -> Bool {
    if zone.hasNulls { return false }
    switch constant {
    case .int(let number): return mustMatch(Int64(number), zone.words)
    case .long(let number), .datetime(let number), .timespan(let number): return mustMatch(number, zone.words)
    case .real(let number): return mustMatch(number, zone.floats)
    case .null, .bool, .decimal, .string, .guid, .dynamic: return false
    }
  }

  private func mustMatch<T: Comparable>(_ value: T, _ bounds: ClosedRange<T>?) -> Bool {
    guard let bounds else { return false }
    switch comparison {
    case .equal: return bounds.lowerBound == value && bounds.upperBound == value
    case .notEqual: return value < bounds.lowerBound || value > bounds.upperBound
    case .less: return bounds.upperBound < value
    case .lessOrEqual: return bounds.upperBound <= value
    case .greater: return bounds.lowerBound > value
    case .greaterOrEqual: return bounds.lowerBound >= value
    }
  }

  private func canMatch<T: Comparable>(_ value: T, _ bounds: ClosedRange<T>?) -> Bool {
    guard let bounds else { return true }
    switch comparison {
    case .equal: return bounds.contains(value)
    case .notEqual: return true
    case .less: return bounds.lowerBound < value
    case .lessOrEqual: return bounds.lowerBound <= value
    case .greater: return bounds.upperBound > value
    case .greaterOrEqual: return bounds.upperBound >= value
    }
  }
}

extension Comparison {
  init?(symbol: String) {
    switch symbol {
    case "==": self = .equal
    case "!=": self = .notEqual
    case "<": self = .less
    case "<=": self = .lessOrEqual
    case ">": self = .greater
    case ">=": self = .greaterOrEqual
    default: return nil
    }
  }
}

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
