import PlumbDiagnostics
import Synchronization

/// An expression over columns with few values, evaluated once per combination of their values instead of once per row.
///
/// - Input: texts and dynamic values that are dictionary-coded in most chunks, numbers of a small range, and bools; a chunk with other
///   values is evaluated row by row.
/// - Memory: one result per combination for each set of dictionaries that occurs, kept as long as the plan.
package final class DictionaryLift: Sendable {
  /// The values that a column can have, in the order of their numbers.
  enum Domain: Sendable {
    /// The entries of the chunk's dictionary.
    case texts
    /// The numbers of a range, and null after them.
    case words(ClosedRange<Int64>)
    /// False, true, null.
    case bools

    /// The number of values; nil for texts.
    var count: Int? {
      switch self {
      case .texts: nil
      case .words(let range): Int(range.upperBound &- range.lowerBound) &+ 2
      case .bools: 3
      }
    }
  }

  struct Input: Sendable {
    let type: ScalarType
    let domain: Domain
  }

  /// The expression; its columns are indices into `inputs`.
  let expression: BoundExpression
  let inputs: [Input]
  /// The number of combinations that were known when the query was planned.
  let combinations: Int
  private let known = LockedValue<[([StringDictionary], Answer)]>([])

  /// The maximum number of combinations.
  static let limit = 1 << 16
  /// The maximum number of sets of dictionaries whose results are kept.
  private static let dictionaryLimit = 64

  /// The result of the expression for each combination; the first input's number counts one.
  private struct Answer {
    let values: Vector
    /// For string and dynamic results: the distinct results, and the new code of each old code.
    let recoded: (StringDictionary, Buffer)?
  }

  init(_ expression: BoundExpression, inputs: [Input], combinations: Int) {
    self.expression = expression
    self.inputs = inputs
    self.combinations = combinations
  }

  /// The expression for each row of the columns.
  func evaluate(_ columns: [Vector], _ context: ExecutionContext) throws -> Vector {
    let count = columns[0].count
    guard let dictionaries = dictionaries(of: columns), let codes = numbers(of: columns, dictionaries) else {
      return try expression.evaluate(Chunk(columns, count: count), context)
    }
    guard let answer = try self.answer(for: dictionaries, context) else {
      return try expression.evaluate(Chunk(columns, count: count), context)
    }
    if let (results, recoding) = answer.recoded {
      return codes.recoded(results, recoding.view(UInt32.self), expression.type)
    }
    switch codes.encoding {
    case .codes8: return codes.lookingUp(UInt8.self, answer.values)
    case .codes16: return codes.lookingUp(UInt16.self, answer.values)
    case .plain, .narrow, .codes32: return codes.lookingUp(UInt32.self, answer.values)
    }
  }

  /// The dictionaries of the texts among the columns; nil if one of them is not coded.
  private func dictionaries(of columns: [Vector]) -> [StringDictionary]? {
    var found: [StringDictionary] = []
    for (column, input) in zip(columns, inputs) {
      guard case .texts = input.domain else { continue }
      guard column.encoding.isCodes, !column.isConstant, column.nulls == nil, let dictionary = column.dictionary else { return nil }
      found.append(dictionary)
    }
    return found
  }

  /// The number of each row's combination as codes; nil if a value is outside its domain, or if there are too many combinations.
  private func numbers(of columns: [Vector], _ dictionaries: [StringDictionary]) -> Vector? {
    if columns.count == 1, !dictionaries.isEmpty { return columns[0] }
    let sizes = self.sizes(dictionaries)
    guard Self.combinations(sizes) != nil else { return nil }
    let n = columns[0].count
    let buffer = Buffer.zeros(byteCount: n &* MemoryLayout<UInt32>.stride)
    let out = buffer.values(UInt32.self)
    var stride: UInt32 = 1
    for (place, column) in columns.enumerated() {
      guard column.add(inputs[place].domain, times: stride, to: out, count: n) else { return nil }
      stride &*= UInt32(sizes[place])
    }
    return Vector(.string, count: n, data: buffer.base, owner: buffer, encoding: .codes32)
  }

  private func sizes(_ dictionaries: [StringDictionary]) -> [Int] {
    var texts = dictionaries.makeIterator()
    return inputs.map { $0.domain.count ?? texts.next()?.count ?? 0 }
  }

  /// The product of the sizes, up to the limit; nil if it is larger.
  static func combinations(_ sizes: [Int]) -> Int? {
    var product = 1
    for size in sizes {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow, next <= limit else { return nil }
      product = next
    }
    return product
  }

  /// The results for these dictionaries; nil if there were too many sets of dictionaries to remember another one.
  private func answer(for dictionaries: [StringDictionary], _ context: ExecutionContext) throws -> Answer? {
    try known.withLock { known in
      if let hit = known.first(where: { $0.0.elementsEqual(dictionaries, by: ===) }) { return hit.1 }
      if known.count >= Self.dictionaryLimit { return nil }
      let values = try evaluateInPieces(dictionaries, context)
      let answer = Answer(
        values: values,
        recoded: expression.type == .string || expression.type == .dynamic && values.nulls == nil
          ? recoding(of: values) : nil)
      known.append((dictionaries, answer))
      return answer
    }
  }

  /// The expression over all combinations, in chunks, so that cancelling takes effect in between; on all workers if there are many,
  /// since the others wait for the answer.
  private func evaluateInPieces(_ dictionaries: [StringDictionary], _ context: ExecutionContext) throws -> Vector {
    let sizes = self.sizes(dictionaries)
    let count = sizes.reduce(1, *)
    let size = Chunk.preferredCount
    let pieces = LockedValue<[Vector?]>(Array(repeating: nil, count: (count + size - 1) / size))
    let next = Atomic<Int>(0)
    try WorkerPool.shared.run(workers: count < 4 &* size ? 1 : context.threads) { _ in
      while true {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
        let start = place &* size
        if start >= count { return }
        try context.checkpoint()
        let rows = start..<Swift.min(start &+ size, count)
        let values = try expression.evaluate(Chunk(combinations(rows, dictionaries, sizes), count: rows.count), context)
        pieces.withLock { $0[place] = values }
      }
    }
    return Vector.concatenating(pieces.withLock { $0.compactMap { $0 } }, type: expression.type)
  }

  /// The values of each input in some of the combinations.
  private func combinations(_ rows: Range<Int>, _ dictionaries: [StringDictionary], _ sizes: [Int]) -> [Vector] {
    var texts = dictionaries.makeIterator()
    var stride = 1
    return zip(inputs, sizes).map { input, size in
      defer { stride *= size }
      switch input.domain {
      case .texts:
        let dictionary = texts.next().unsafelyUnwrapped
        if inputs.count == 1 {
          return Vector(input.type, count: size, data: dictionary.entries, owner: dictionary).slice(rows.lowerBound, rows.count)
        }
        let buffer = Buffer(of: Bytes.self, count: rows.count)
        let out = buffer.values(Bytes.self)
        for (place, row) in rows.enumerated() { out[place] = dictionary[row / stride % size] }
        return Vector(input.type, count: rows.count, buffer: buffer, holding: dictionary)
      case .words(let range):
        let buffer = Buffer(of: Int64.self, count: rows.count)
        let out = buffer.values(Int64.self)
        for (place, row) in rows.enumerated() { out[place] = range.lowerBound &+ Int64(row / stride % size) }
        return Vector(input.type, count: rows.count, buffer: buffer, nulls: nulls(rows, stride, size))
      case .bools:
        let buffer = Buffer(of: UInt8.self, count: rows.count)
        let out = buffer.values(UInt8.self)
        for (place, row) in rows.enumerated() { out[place] = UInt8(row / stride % size & 1) }
        return Vector(input.type, count: rows.count, buffer: buffer, nulls: nulls(rows, stride, size))
      }
    }
  }

  /// The combinations in which an input has its last value, which is null.
  private func nulls(_ rows: Range<Int>, _ stride: Int, _ size: Int) -> Buffer {
    let buffer = Buffer(byteCount: rows.count)
    let out = buffer.values(UInt8.self)
    for (place, row) in rows.enumerated() { out[place] = row / stride % size == size &- 1 ? 1 : 0 }
    return buffer
  }

  private func recoding(of values: Vector) -> (StringDictionary, Buffer) {
    let plain = values.decoded().expanded()
    let source = plain.lanes(Bytes.self)
    let index = BytesIndex(capacity: plain.count)
    let distinct = Buffer(of: Bytes.self, count: plain.count)
    let codes = Buffer(of: UInt32.self, count: plain.count)
    var next: UInt32 = 0
    for i in 0..<plain.count {
      let code = index.insert(source[i], code: next)
      if code == next {
        distinct.values(Bytes.self)[Int(next)] = source[i]
        next &+= 1
      }
      codes.values(UInt32.self)[i] = code
    }
    return (StringDictionary(entries: distinct, count: Int(next), holding: plain.keepAlive), codes)
  }
}

extension Chunk {
  /// The number of rows in a chunk that a scan makes: its columns fit the first-level cache.
  static let preferredCount = 4096
}

extension Vector {
  /// For a vector of codes: the value of `table` at each code.
  @inline(__always)
  fileprivate func lookingUp<C: FixedWidthInteger>(_: C.Type, _ table: Vector) -> Vector {
    if table.isConstant { return table.resized(to: count) }
    let codes = lanes(C.self)
    let n = count
    let plain = table.decoded()
    let result = Buffer(byteCount: n &* plain.stride)
    switch plain.stride {
    case 1:
      let source = plain.lanes(UInt8.self), out = result.values(UInt8.self)
      for i in 0..<n { out[i] = source[Int(truncatingIfNeeded: codes[i])] }
    case 8:
      let source = plain.lanes(UInt64.self), out = result.values(UInt64.self)
      for i in 0..<n { out[i] = source[Int(truncatingIfNeeded: codes[i])] }
    default:
      let source = plain.lanes(UInt128.self), out = result.values(UInt128.self)
      for i in 0..<n { out[i] = source[Int(truncatingIfNeeded: codes[i])] }
    }
    var mask: Buffer?
    if let nulls = plain.nulls {
      let made = Buffer(byteCount: n)
      let out = made.values(UInt8.self)
      for i in 0..<n { out[i] = nulls[Int(truncatingIfNeeded: codes[i])] }
      mask = made
    }
    return Vector(plain.type, count: n, buffer: result, nulls: mask, holding: plain.keepAlive)
  }

  /// For a vector of codes: the codes of another dictionary.
  fileprivate func recoded(
    _ results: StringDictionary, _ newCodes: BufferView<UInt32>, _ type: ScalarType
  ) -> Vector {
    let codes = wideCodes()
    let n = count
    let result = Buffer(of: UInt32.self, count: n)
    let out = result.values(UInt32.self)
    for i in 0..<n { out[i] = newCodes[Int(codes[i])] }
    return Vector(
      type, count: n, data: result.base, owner: result, encoding: .codes32, dictionary: results)
  }
}
