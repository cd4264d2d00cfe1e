/// For each group the row with the largest or smallest key: the key, then any further arguments.
///
/// - Ties: the row that came first wins; a merged state's rows count as later ones.
/// - Nulls: any value beats null and NaN; a group without values gives its first row.
/// - Memory: a group keeps a reference to its row. Chunks with such rows are retained, and if they contain
///     far more rows than there are groups, the rows are gathered and the chunks released.
final class ArgExtremumState: AggregateState {
  var dependsOnOrder: Bool { true }
  private struct Cell: BitwiseCopyable {
    /// The key, encoded so that greater is better; not used for keys that are not numbers.
    var key: Int64
    var chunk: UInt32
    /// With the top bit set if the key is null.
    var row: UInt32

    static var empty: Cell { Cell(key: .min, chunk: .max, row: 0) }
    @inline(__always) var isEmpty: Bool { chunk == .max }
    /// Whether any value is better.
    @inline(__always) var lacksValue: Bool { chunk == .max || row & nullBit != 0 }
    var reference: RowReference {
      RowReference(chunk: chunk, row: row & ~nullBit)
    }
  }
  private static let nullBit: UInt32 = 1 << 31
  /// The number of retained rows below which nothing is gathered.
  private static let leastRetained = 1 << 21

  private let isMaximum: Bool
  private let keyType: ScalarType
  private var cells = Growing<Cell>(capacity: 4)
  private var rows: RetainedRows
  private var keys = Growing<Int64>(capacity: 4096)
  private var lacking = Growing<UInt8>(capacity: 4096)

  init(_ types: [ScalarType], isMaximum: Bool) {
    self.isMaximum = isMaximum
    keyType = types[0]
    rows = RetainedRows(types: types)
    grow(to: 1)
  }

  func grow(to groups: Int) { cells.extend(to: groups, with: .empty) }

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    if n == 0 { return }
    let isNumber: Bool
    switch keyType.lane {
    case .byte, .word, .float: isNumber = true
    case .bytes, .wide: isNumber = false
    }
    let improves = isNumber ? updateNumbers(inputs[0].expanded(), groups, n) : updateOthers(inputs[0], groups, n)
    if !improves { return }
    rows.append(inputs, count: n)
    if rows.rowCount > Swift.max(ArgExtremumState.leastRetained, cells.count &* 16) { compact() }
  }

  private func compact() {
    let count = cells.count
    rows.reduce(to: references(count), count: count)
    for group in 0..<count where !cells[group].isEmpty {
      let bit = cells[group].row & ArgExtremumState.nullBit
      cells[group].chunk = 0
      cells[group].row = UInt32(truncatingIfNeeded: group) | bit
    }
  }

  private func references(_ count: Int) -> BufferView<RowReference> {
    let list = BufferView<RowReference>(count: count)
    for group in 0..<count { list[group] = cells[group].reference }
    return list
  }

  // MARK: Keys that are numbers

  private func updateNumbers(_ vector: Vector, _ groups: UnsafePointer<UInt32>?, _ n: Int) -> Bool {
    let (keys, lacking) = numbers(vector, n)
    let chunk = rows.nextChunk
    let cells = self.cells.base
    var improves = false
    guard let groups else {
      return updateTotal(keys, lacking, n)
    }
    if let lacking {
      for i in 0..<n {
        let cell = cells + Int(groups[i])
        if lacking[i] != 0 {
          guard cell.pointee.isEmpty else { continue }
          cell.pointee = Cell(
            key: .min, chunk: chunk, row: UInt32(truncatingIfNeeded: i) | ArgExtremumState.nullBit)
          improves = true
        } else if keys[i] > cell.pointee.key || cell.pointee.lacksValue {
          cell.pointee = Cell(key: keys[i], chunk: chunk, row: UInt32(truncatingIfNeeded: i))
          improves = true
        }
      }
    } else {
      for i in 0..<n {
        let cell = cells + Int(groups[i])
        if keys[i] > cell.pointee.key || (keys[i] == .min && cell.pointee.lacksValue) {
          cell.pointee = Cell(key: keys[i], chunk: chunk, row: UInt32(truncatingIfNeeded: i))
          improves = true
        }
      }
    }
    return improves
  }

  private func updateTotal(_ keys: UnsafePointer<Int64>, _ lacking: UnsafePointer<UInt8>?, _ n: Int) -> Bool {
    var best = Int64.min
    var at = -1
    if let lacking {
      for i in 0..<n where lacking[i] == 0 && (keys[i] > best || at < 0) {
        best = keys[i]
        at = i
      }
    } else {
      at = 0
      best = keys[0]
      for i in 1..<n where keys[i] > best {
        best = keys[i]
        at = i
      }
    }
    let cell = cells.base
    if at >= 0, best > cell.pointee.key || cell.pointee.lacksValue {
      cell.pointee = Cell(key: best, chunk: rows.nextChunk, row: UInt32(truncatingIfNeeded: at))
      return true
    }
    if at < 0, cell.pointee.isEmpty {
      cell.pointee = Cell(key: .min, chunk: rows.nextChunk, row: ArgExtremumState.nullBit)
      return true
    }
    return false
  }

  /// The keys as numbers of which the greatest is best, and the rows that have no key.
  private func numbers(_ vector: Vector, _ n: Int) -> (UnsafePointer<Int64>, UnsafePointer<UInt8>?) {
    let flip: Int64 = isMaximum ? 0 : -1
    if keyType.lane == .word, vector.encoding == .plain, isMaximum {
      return (vector.lanes(Int64.self), vector.nulls)
    }
    keys.extend(to: n, with: 0)
    let out = keys.base
    switch (keyType.lane, vector.encoding) {
    case (.byte, _):
      let lanes = vector.lanes(UInt8.self)
      for i in 0..<n { out[i] = Int64(lanes[i]) ^ flip }
    case (.float, _):
      let lanes = vector.lanes(Double.self)
      var hasNaN = false
      for i in 0..<n {
        out[i] = orderedBits(lanes[i]) ^ flip
        hasNaN = hasNaN || lanes[i].isNaN
      }
      if hasNaN {
        lacking.extend(to: n, with: 0)
        let mask = lacking.base
        for i in 0..<n { mask[i] = lanes[i].isNaN || (vector.nulls.map { $0[i] != 0 } ?? false) ? 1 : 0 }
        return (UnsafePointer(out), UnsafePointer(mask))
      }
    case (_, .narrow):
      let lanes = vector.lanes(Int32.self)
      for i in 0..<n { out[i] = Int64(lanes[i]) ^ flip }
    case (_, _):
      let lanes = vector.lanes(Int64.self)
      for i in 0..<n { out[i] = lanes[i] ^ flip }
    }
    return (UnsafePointer(out), vector.nulls)
  }

  // MARK: Keys of other types

  private func updateOthers(_ vector: Vector, _ groups: UnsafePointer<UInt32>?, _ n: Int) -> Bool {
    let chunk = rows.nextChunk
    let cells = self.cells.base
    var improves = false
    for i in 0..<n {
      let cell = cells + (groups.map { Int($0[i]) } ?? 0)
      if vector.isNull(i) {
        guard cell.pointee.isEmpty else { continue }
        cell.pointee = Cell(key: .min, chunk: chunk, row: UInt32(truncatingIfNeeded: i) | ArgExtremumState.nullBit)
      } else {
        if !cell.pointee.lacksValue {
          let reference = cell.pointee.reference
          let other = reference.chunk == chunk ? vector : rows.chunks[Int(reference.chunk)][0]
          if !beats(vector, i, other, Int(reference.row)) { continue }
        }
        cell.pointee = Cell(key: .min, chunk: chunk, row: UInt32(truncatingIfNeeded: i))
      }
      improves = true
    }
    return improves
  }

  private func beats(_ lhs: Vector, _ left: Int, _ rhs: Vector, _ right: Int) -> Bool {
    let left = lhs.isConstant ? 0 : left, right = rhs.isConstant ? 0 : right
    let order: Int
    switch keyType {
    case .decimal:
      order = lhs.lanes(Decimal128.self)[left].compared(to: rhs.lanes(Decimal128.self)[right])
    case .guid:
      let (a, b) = (lhs.lanes(GUID.self)[left], rhs.lanes(GUID.self)[right])
      order = a == b ? 0 : a < b ? -1 : 1
    case .dynamic: order = DynamicBytes.compare(lhs.bytes(at: left), rhs.bytes(at: right))
    case .string, .bool, .int, .long, .real, .datetime, .timespan:
      order = compareBytes(lhs.bytes(at: left), rhs.bytes(at: right))
    }
    return isMaximum ? order > 0 : order < 0
  }

  // MARK: Merging

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? ArgExtremumState else { return }
    let isNumber = keyType.lane == .byte || keyType.lane == .word || keyType.lane == .float
    for i in 0..<range.count {
      var theirs = other.cells[range.lowerBound &+ i]
      if theirs.isEmpty { continue }
      let mine = cells.base + Int(groups[i])
      if !mine.pointee.isEmpty {
        if theirs.lacksValue { continue }
        if !mine.pointee.lacksValue {
          let isBetter: Bool
          if isNumber {
            isBetter = theirs.key > mine.pointee.key
          } else {
            let (a, b) = (theirs.reference, mine.pointee.reference)
            isBetter = beats(
              other.rows.chunks[Int(a.chunk)][0], Int(a.row), rows.chunks[Int(b.chunk)][0], Int(b.row))
          }
          if !isBetter { continue }
        }
      }
      theirs.chunk = rows.adopt(theirs.chunk, of: other.rows)
      mine.pointee = theirs
    }
  }

  func finish(count: Int) -> [Vector] {
    grow(to: count)
    let list = references(count)
    return rows.types.indices.map { rows.gather($0, list, count: count) }
  }
}

/// A number that orders among `Int64` as the real does. -0 is 0.
@inline(__always) func orderedBits(_ value: Double) -> Int64 {
  let bits = Int64(bitPattern: (value + 0.0).bitPattern)
  return bits ^ ((bits &>> 63) & .max)
}

/// The real from which `orderedBits` made a number.
@inline(__always) func realOfOrderedBits(_ bits: Int64) -> Double {
  Double(bitPattern: UInt64(bitPattern: bits ^ ((bits &>> 63) & .max)))
}
