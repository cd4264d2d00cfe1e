/// Values of one row of each group: the first row.
///
/// A single argument prefers a row where it is neither null nor empty. If a predicate follows it, only rows
/// for which the predicate is true count.
final class AnyRowState: AggregateState {
  var dependsOnOrder: Bool { true }
  private struct Cell: BitwiseCopyable {
    var reference: RowReference
    /// Whether no other row could be better.
    var isSettled: Bool
  }
  private let hasPredicate: Bool
  private let prefersValues: Bool
  private var cells = Growing<Cell>(capacity: 4)
  private var rows: RetainedRows
  private var filter = RowFilter()

  init(_ types: [ScalarType], predicate: Bool) {
    hasPredicate = predicate
    prefersValues = types.count == 1
    rows = RetainedRows(types: types)
    grow(to: 1)
  }

  func grow(to groups: Int) { cells.extend(to: groups, with: Cell(reference: .none, isSettled: false)) }

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    let kept = filter.rows([], predicate: hasPredicate ? inputs[inputs.count - 1] : nil, count: n)
    var keep: UnsafePointer<UInt8>?
    switch kept {
    case .none: return
    case .all: break
    case .some(let mask): keep = mask
    }
    let values = hasPredicate ? Array(inputs.dropLast()) : inputs
    let first = values[0]
    let chunk = rows.nextChunk
    let cells = self.cells.base
    var isUsed = false
    if groups == nil, cells[0].isSettled { return }
    for i in 0..<n {
      let cell = cells + (groups.map { Int($0[i]) } ?? 0)
      if cell.pointee.isSettled { continue }
      if let keep, keep[i] == 0 { continue }
      let settles = !prefersValues || hasValue(first, i)
      if !settles, !cell.pointee.reference.isNone { continue }
      cell.pointee = Cell(
        reference: RowReference(chunk: chunk, row: UInt32(truncatingIfNeeded: i)), isSettled: settles)
      isUsed = true
    }
    if !isUsed { return }
    rows.append(values, count: n)
    if rows.rowCount > Swift.max(1 << 21, self.cells.count &* 16) { compact() }
  }

  private func hasValue(_ vector: Vector, _ row: Int) -> Bool {
    if vector.isNull(row) { return false }
    return vector.type != .string || vector.bytes(at: vector.isConstant ? 0 : row).count > 0
  }

  private func references(_ count: Int) -> BufferView<RowReference> {
    let list = BufferView<RowReference>(count: count)
    for group in 0..<count { list[group] = cells[group].reference }
    return list
  }

  private func compact() {
    rows.reduce(to: references(cells.count), count: cells.count)
    for group in 0..<cells.count where !cells[group].reference.isNone {
      cells[group].reference = RowReference(chunk: 0, row: UInt32(truncatingIfNeeded: group))
    }
  }

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? AnyRowState else { return }
    for i in 0..<range.count {
      var theirs = other.cells[range.lowerBound &+ i]
      let mine = cells.base + Int(groups[i])
      if theirs.reference.isNone || mine.pointee.isSettled { continue }
      if !mine.pointee.reference.isNone, !theirs.isSettled { continue }
      theirs.reference.chunk = rows.adopt(theirs.reference.chunk, of: other.rows)
      mine.pointee = theirs
    }
  }

  func finish(count: Int) -> [Vector] {
    grow(to: count)
    let list = references(count)
    return rows.types.indices.map { rows.gather($0, list, count: count) }
  }
}
