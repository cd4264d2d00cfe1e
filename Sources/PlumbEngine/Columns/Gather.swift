import Glibc

/// Row numbers, in increasing or any order, as 32-bit numbers.
final class Selection: @unchecked Sendable {
  private let buffer: Buffer
  let count: Int
  let rows: UnsafeMutablePointer<UInt32>

  init(buffer: Buffer, from start: Int = 0, count: Int) {
    self.buffer = buffer
    self.count = count
    rows = buffer.values(UInt32.self) + start
  }

  /// `length` row numbers from `start`, without a copy.
  func slice(_ start: Int, _ length: Int) -> Selection {
    Selection(buffer: buffer, from: (rows - buffer.values(UInt32.self)) &+ start, count: length)
  }

  /// The rows of `self` at the positions that `inner` names.
  func composed(with inner: Selection) -> Selection {
    let result = Buffer(of: UInt32.self, count: inner.count)
    let out = result.values(UInt32.self)
    let outer = rows
    let places = inner.rows
    for i in 0..<inner.count { out[i] = outer[Int(places[i])] }
    return Selection(buffer: result, count: inner.count)
  }

  /// The same row numbers, the lowest first; all are below `bound`.
  func ascending(below bound: Int, _ context: ExecutionContext) throws -> Selection {
    let words = Buffer(of: UInt64.self, count: count)
    for i in 0..<count { words.values(UInt64.self)[i] = UInt64(rows[i]) }
    let sorted = try radixSort(
      words, of: UInt64.self, count: count, bits: UInt64.bitWidth - bound.leadingZeroBitCount, context)
    let result = Selection(buffer: Buffer(of: UInt32.self, count: count), count: count)
    for i in 0..<count { result.rows[i] = UInt32(truncatingIfNeeded: sorted.values(UInt64.self)[i]) }
    return result
  }

  static func range(_ range: Range<Int>) -> Selection {
    let buffer = Buffer(of: UInt32.self, count: range.count)
    let out = buffer.values(UInt32.self)
    for i in 0..<range.count { out[i] = UInt32(truncatingIfNeeded: range.lowerBound &+ i) }
    return Selection(buffer: buffer, count: range.count)
  }
}

/// The row number that means "no row" in a gather that can miss: the result there is null.
let missingRow = UInt32.max

extension Vector {
  /// The values at `selection`'s rows. With `canMiss`, `missingRow` gives null (or the empty string).
  func gathering(_ selection: Selection, canMiss: Bool = false) -> Vector {
    let n = selection.count
    let rows = UnsafePointer(selection.rows)
    if isConstant && !canMiss { return resized(to: n) }
    if isConstant { return expanded().gathering(selection, canMiss: true) }
    if canMiss { return gatheringMissing(rows, n) }
    let (result, mask) = gatherBuffers(n)
    gather(rows, 0..<n, into: result, mask)
    return gathered(n, result, mask)
  }

  /// The values at `selection`'s rows, gathered on all workers.
  func gathering(_ selection: Selection, _ context: ExecutionContext) throws -> Vector {
    let n = selection.count
    if isConstant { return resized(to: n) }
    let (result, mask) = gatherBuffers(n)
    try WorkerPool.shared.ranges(n, workers: context.threads) { _, range in
      try context.inBlocks(range) { gather(UnsafePointer(selection.rows), $0, into: result, mask) }
    }
    return gathered(n, result, mask)
  }

  private func gatherBuffers(_ n: Int) -> (lanes: Buffer, mask: Buffer?) {
    (Buffer(byteCount: n &* stride), nulls == nil ? nil : Buffer(byteCount: n))
  }

  private func gather(_ rows: UnsafePointer<UInt32>, _ range: Range<Int>, into lanes: Buffer, _ mask: Buffer?) {
    switch stride {
    case 1: gather(UInt8.self, rows, range, lanes)
    case 2: gather(UInt16.self, rows, range, lanes)
    case 4: gather(UInt32.self, rows, range, lanes)
    case 8: gather(UInt64.self, rows, range, lanes)
    default: gather(UInt128.self, rows, range, lanes)
    }
    if let nulls, let out = mask?.values(UInt8.self) {
      for i in range { out[i] = nulls[Int(rows[i])] }
    }
  }

  private func gathered(_ n: Int, _ lanes: Buffer, _ mask: Buffer?) -> Vector {
    Vector(
      type, count: n, data: lanes.base, owner: gatherOwner(lanes),
      nulls: mask.map { UnsafePointer($0.values(UInt8.self)) }, nullOwner: mask,
      encoding: encoding, dictionary: dictionary)
  }

  private func gatherOwner(_ buffer: Buffer) -> AnyObject {
    if type.lane == .bytes, !encoding.isCodes, let owner { return Owners([buffer, owner]) }
    return buffer
  }

  @inline(__always)
  private func gather<T: BitwiseCopyable>(
    _: T.Type, _ rows: UnsafePointer<UInt32>, _ range: Range<Int>, _ result: Buffer
  ) {
    let source = lanes(T.self)
    let out = result.values(T.self)
    for i in range { out[i] = source[Int(rows[i])] }
  }

  private func gatheringMissing(_ rows: UnsafePointer<UInt32>, _ n: Int) -> Vector {
    if count == 0 { return Vector.constant(.null(type), count: n).expanded() }
    if type == .string { return textsMissing(rows, n) }
    let lanes = Buffer(byteCount: n &* stride), mask = Buffer(byteCount: n)
    switch stride {
    case 1: gatherMissing(UInt8.self, rows, n, lanes, mask, zero: 0)
    case 2: gatherMissing(UInt16.self, rows, n, lanes, mask, zero: 0)
    case 4: gatherMissing(UInt32.self, rows, n, lanes, mask, zero: 0)
    case 8: gatherMissing(UInt64.self, rows, n, lanes, mask, zero: 0)
    default: gatherMissing(UInt128.self, rows, n, lanes, mask, zero: 0)
    }
    return gathered(n, lanes, mask)
  }

  /// Texts, where a missing row has the empty text; codes stay codes if one represents it.
  private func textsMissing(_ rows: UnsafePointer<UInt32>, _ n: Int) -> Vector {
    guard encoding.isCodes, let dictionary else {
      let lanes = Buffer(byteCount: n &* 16)
      gatherMissing(UInt128.self, rows, n, lanes, nil, zero: 0)
      return gathered(n, lanes, nil)
    }
    guard let empty = dictionary.code(of: Bytes(start: nil, count: 0)) else {
      // The missing row gets an arbitrary code, and then the empty text.
      let texts = gathering(Selection(buffer: presentRows(rows, n), count: n)).decoded()
      let out = UnsafeMutableRawPointer(mutating: texts.data).assumingMemoryBound(to: Bytes.self)
      for i in 0..<n where rows[i] == missingRow { out[i] = Bytes(start: nil, count: 0) }
      return texts
    }
    let lanes = Buffer(of: UInt32.self, count: n)
    let out = lanes.values(UInt32.self)
    let none = UInt32(truncatingIfNeeded: empty)
    switch encoding {
    case .codes8: codesMissing(UInt8.self, rows, n, out, none)
    case .codes16: codesMissing(UInt16.self, rows, n, out, none)
    case .plain, .narrow, .codes32: codesMissing(UInt32.self, rows, n, out, none)
    }
    return Vector(.string, count: n, data: lanes.base, owner: lanes, encoding: .codes32, dictionary: dictionary)
  }

  private func presentRows(_ rows: UnsafePointer<UInt32>, _ n: Int) -> Buffer {
    let present = Buffer(of: UInt32.self, count: n)
    for i in 0..<n { present.values(UInt32.self)[i] = rows[i] == missingRow ? 0 : rows[i] }
    return present
  }

  @inline(__always)
  private func codesMissing<C: FixedWidthInteger>(
    _: C.Type, _ rows: UnsafePointer<UInt32>, _ n: Int, _ out: UnsafeMutablePointer<UInt32>, _ none: UInt32
  ) {
    let codes = lanes(C.self)
    for i in 0..<n { out[i] = rows[i] == missingRow ? none : UInt32(truncatingIfNeeded: codes[Int(rows[i])]) }
  }

  @inline(__always)
  private func gatherMissing<T: BitwiseCopyable>(
    _: T.Type, _ rows: UnsafePointer<UInt32>, _ n: Int, _ result: Buffer, _ mask: Buffer?, zero: T
  ) {
    let source = lanes(T.self)
    let out = result.values(T.self)
    guard let missing = mask?.values(UInt8.self) else {
      for i in 0..<n { out[i] = rows[i] == missingRow ? zero : source[Int(rows[i])] }
      return
    }
    for i in 0..<n {
      let row = rows[i]
      let isMissing = row == missingRow
      out[i] = isMissing ? zero : source[Int(row)]
      missing[i] = isMissing ? 1 : nulls.map { $0[Int(row)] } ?? 0
    }
  }

  /// A constant written out for each of its rows.
  func expanded() -> Vector {
    guard isConstant else { return self }
    let zeros = Selection(buffer: Buffer.zeros(byteCount: count &* 4), count: count)
    let single = Vector(
      type, count: 1, data: data, owner: owner, nulls: nulls, nullOwner: nullOwner,
      encoding: encoding, dictionary: dictionary)
    return single.gathering(zeros)
  }

  /// The same values in plain lanes: codes looked up, narrow numbers widened. Constants stay constants.
  func decoded() -> Vector {
    let n = isConstant ? 1 : count
    switch encoding {
    case .plain: return self
    case .narrow:
      let result = Buffer(of: Int64.self, count: n)
      let out = result.values(Int64.self)
      let source = lanes(Int32.self)
      for i in 0..<n { out[i] = Int64(source[i]) }
      return Vector(
        type, count: count, data: result.base, owner: result, nulls: nulls, nullOwner: nullOwner,
        isConstant: isConstant)
    case .codes8: return lookedUp(UInt8.self, n)
    case .codes16: return lookedUp(UInt16.self, n)
    case .codes32: return lookedUp(UInt32.self, n)
    }
  }

  @inline(__always)
  private func lookedUp<C: FixedWidthInteger>(_: C.Type, _ n: Int) -> Vector {
    guard let dictionary else { return self }
    let result = Buffer(of: Bytes.self, count: n)
    let out = result.values(Bytes.self)
    let codes = lanes(C.self)
    let entries = dictionary.entries
    for i in 0..<n { out[i] = entries[Int(codes[i])] }
    return Vector(
      type, count: count, data: result.base, owner: Owners([result, dictionary]), nulls: nulls,
      nullOwner: nullOwner, isConstant: isConstant)
  }

  /// The codes as 32-bit numbers, whatever their width. Not for constants.
  func wideCodes() -> BufferView<UInt32> {
    if encoding == .codes32 { return view(UInt32.self) }
    let out = BufferView<UInt32>(count: count)
    switch encoding {
    case .codes8:
      let codes = lanes(UInt8.self)
      for i in 0..<count { out[i] = UInt32(codes[i]) }
    case .codes16:
      let codes = lanes(UInt16.self)
      for i in 0..<count { out[i] = UInt32(codes[i]) }
    case .plain, .narrow, .codes32:
      let codes = lanes(UInt32.self)
      for i in 0..<count { out[i] = codes[i] }
    }
    return out
  }
}
