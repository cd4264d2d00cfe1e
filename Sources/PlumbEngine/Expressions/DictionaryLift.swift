import PlumbDiagnostics
import Synchronization

/// An expression over one string column, evaluated once per dictionary entry instead of once per row.
///
/// - Input: a column that is dictionary-coded in most chunks; other chunks are evaluated row by row.
/// - Memory: one result per dictionary that occurs, kept as long as the plan.
package final class DictionaryLift: Sendable {
  /// The expression; its only column is index 0.
  let expression: BoundExpression
  let inputType: ScalarType
  private let known = Guarded<[(StringDictionary, Answer)]>([])

  /// The result of the expression for each code.
  private struct Answer {
    let values: Vector
    /// For string and dynamic results: the distinct results, and the new code of each old code.
    let recoded: (StringDictionary, Buffer)?
  }

  init(_ expression: BoundExpression, inputType: ScalarType) {
    self.expression = expression
    self.inputType = inputType
  }

  /// The expression for each row of the column `codes`.
  func evaluate(_ codes: Vector, _ context: ExecutionContext) throws -> Vector {
    guard codes.encoding.isCodes, !codes.isConstant, codes.nulls == nil, let dictionary = codes.dictionary else {
      return try expression.evaluate(Chunk([codes], count: codes.count), context)
    }
    let answer = try self.answer(for: dictionary, context)
    if let (results, recoding) = answer.recoded {
      return codes.recoded(results, recoding.view(UInt32.self), expression.type)
    }
    switch codes.encoding {
    case .codes8: return codes.lookingUp(UInt8.self, answer.values)
    case .codes16: return codes.lookingUp(UInt16.self, answer.values)
    case .plain, .narrow, .codes32: return codes.lookingUp(UInt32.self, answer.values)
    }
  }

  private func answer(for dictionary: StringDictionary, _ context: ExecutionContext) throws -> Answer {
    try known.withLock { known in
      if let hit = known.first(where: { $0.0 === dictionary }) { return hit.1 }
      let entries = Vector(
        inputType, count: dictionary.count, data: dictionary.entries, owner: dictionary)
      let builder = try evaluateInPieces(entries, context)
      let answer = Answer(
        values: builder,
        recoded: expression.type == .string || expression.type == .dynamic && builder.nulls == nil
          ? recoding(of: builder) : nil)
      known.append((dictionary, answer))
      return answer
    }
  }

  /// The expression over all entries, in chunks, so that cancelling takes effect in between; on all workers if there are many,
  /// since the others wait for the answer.
  private func evaluateInPieces(_ entries: Vector, _ context: ExecutionContext) throws -> Vector {
    let size = Chunk.preferredCount
    let pieces = Guarded<[Vector?]>(Array(repeating: nil, count: (entries.count + size - 1) / size))
    let next = Atomic<Int>(0)
    try WorkerPool.shared.run(workers: entries.count < 4 &* size ? 1 : context.threads) { _ in
      while true {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
        let start = place &* size
        if start >= entries.count { return }
        try context.checkpoint()
        let length = Swift.min(size, entries.count &- start)
        let piece = Chunk([entries.slice(start, length)], count: length)
        let values = try expression.evaluate(piece, context)
        pieces.withLock { $0[place] = values }
      }
    }
    return Vector.concatenating(pieces.withLock { $0.compactMap { $0 } }, type: expression.type)
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
