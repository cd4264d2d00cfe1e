/// The smallest or largest string, or dynamic value, of each group.
///
/// - Order: strings byte by byte; dynamic values as `DynamicBytes` orders them.
/// - Memory: values from a dictionary are referenced; other bytes are copied to a place that the
///     group reuses.
final class TextExtremumState: AggregateState {
  /// Dynamic values can be equal and written differently, as 1 and 1.0 are.
  var dependsOnOrder: Bool { type == .dynamic }
  private struct Cell: BitwiseCopyable {
    var bytes: Bytes
    /// The place to which the group copies, and its capacity.
    var room: UnsafeMutablePointer<UInt8>?
    var capacity: Int
    var seen: Bool
  }

  private let type: ScalarType
  private let isMaximum: Bool
  private let hasPredicate: Bool
  private var cells = Growing<Cell>(capacity: 4)
  private var filter = RowFilter()
  private let arena = ByteArena()
  private var dictionaries: [StringDictionary] = []

  init(_ type: ScalarType, isMaximum: Bool, predicate: Bool) {
    self.type = type
    self.isMaximum = isMaximum
    hasPredicate = predicate
    grow(to: 1)
  }

  func grow(to groups: Int) {
    let none = Cell(bytes: Bytes(start: nil, count: 0), room: nil, capacity: 0, seen: false)
    cells.extend(to: groups, with: none)
  }

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    let input = inputs[0]
    let kept = filter.rows(inputs[..<1], predicate: hasPredicate ? inputs[1] : nil, count: n)
    let keep: UnsafePointer<UInt8>?
    switch kept {
    case .none: return
    case .all: keep = nil
    case .some(let mask): keep = mask
    }
    if let dictionary = input.dictionary, input.encoding.isCodes {
      retain(dictionary)
      let entries = dictionary.entries
      switch input.encoding {
      case .codes8: takeCodes(input.lanes(UInt8.self), input.isConstant, entries, groups, keep, n)
      case .codes16: takeCodes(input.lanes(UInt16.self), input.isConstant, entries, groups, keep, n)
      case .plain, .narrow, .codes32:
        takeCodes(input.lanes(UInt32.self), input.isConstant, entries, groups, keep, n)
      }
      return
    }
    let values = input.lanes(Bytes.self)
    for i in 0..<n where keep.map({ $0[i] != 0 }) ?? true {
      take(values[input.isConstant ? 0 : i], group: groups.map { Int($0[i]) } ?? 0, copying: true)
    }
  }

  @inline(__always)
  private func takeCodes<C: FixedWidthInteger>(
    _ codes: UnsafePointer<C>, _ isConstant: Bool, _ entries: UnsafePointer<Bytes>,
    _ groups: UnsafePointer<UInt32>?, _ keep: UnsafePointer<UInt8>?, _ n: Int
  ) {
    let cells = self.cells.base
    for i in 0..<n {
      if let keep, keep[i] == 0 { continue }
      let entry = entries[Int(truncatingIfNeeded: codes[isConstant ? 0 : i])]
      let group = groups.map { Int($0[i]) } ?? 0
      // Most rows repeat the group's current value.
      if cells[group].seen, cells[group].bytes.baseAddress == entry.baseAddress,
        cells[group].bytes.count == entry.count
      {
        continue
      }
      take(entry, group: group, copying: false)
    }
  }

  private func take(_ bytes: Bytes, group: Int, copying: Bool) {
    let cell = cells.base + group
    if cell.pointee.seen {
      let order = type == .dynamic
        ? DynamicBytes.compare(bytes, cell.pointee.bytes) : compareBytes(bytes, cell.pointee.bytes)
      if isMaximum ? order <= 0 : order >= 0 { return }
    }
    cell.pointee.seen = true
    guard copying, bytes.count > 0, let source = bytes.baseAddress else {
      cell.pointee.bytes = bytes
      return
    }
    if cell.pointee.capacity < bytes.count {
      cell.pointee.capacity = Swift.max(bytes.count, cell.pointee.capacity &* 2)
      cell.pointee.room = arena.room(cell.pointee.capacity)
    }
    guard let room = cell.pointee.room else { return }
    room.update(from: source, count: bytes.count)
    cell.pointee.bytes = Bytes(start: room, count: bytes.count)
  }

  private func retain(_ dictionary: StringDictionary) {
    if dictionaries.last === dictionary || dictionaries.contains(where: { $0 === dictionary }) { return }
    dictionaries.append(dictionary)
  }

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? TextExtremumState else { return }
    for dictionary in other.dictionaries { retain(dictionary) }
    let more = other.cells.base
    for i in 0..<range.count where more[range.lowerBound &+ i].seen {
      let cell = more[range.lowerBound &+ i]
      take(cell.bytes, group: Int(groups[i]), copying: cell.room != nil)
    }
  }

  func finish(count n: Int) -> [Vector] {
    grow(to: n)
    let builder = VectorBuilder(type, capacity: n)
    for i in 0..<n {
      if cells[i].seen { builder.append(bytes: cells[i].bytes) } else { builder.appendNull() }
    }
    return [builder.finish()]
  }
}
