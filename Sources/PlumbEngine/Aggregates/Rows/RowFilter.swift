/// The rows of a chunk that an aggregate uses: those that are not null and pass its predicate.
enum KeptRows {
  case all
  case none
  /// One byte per row, 1 to use it and 0 to skip it.
  case some(UnsafePointer<UInt8>)
}

/// Combines null masks and a predicate into one mask; its memory is reused for each chunk.
struct RowFilter: ~Copyable {
  private var scratch = Growing<UInt8>(capacity: 4096)

  /// The rows where no value is null and `predicate`, if present, is true.
  ///
  /// - Note: the mask is valid until the next call, and no longer than the vectors.
  mutating func rows(_ values: ArraySlice<Vector>, predicate: Vector?, count n: Int) -> KeptRows {
    if let predicate, predicate.isConstant {
      if n == 0 || predicate.isNull(0) || predicate.lanes(UInt8.self)[0] == 0 { return .none }
    }
    for value in values where value.isConstant && value.nulls != nil {
      if n == 0 || value.isNull(0) { return .none }
    }
    let test = predicate.flatMap { $0.isConstant ? nil : $0 }
    let first = test?.lanes(UInt8.self)
    let hasNulls = test?.nulls != nil || values.contains { $0.nulls != nil && !$0.isConstant }
    guard hasNulls else { return first.map { .some($0) } ?? .all }

    scratch.extend(to: n, with: 0)
    let mask = scratch.base
    if let first {
      mask.update(from: first, count: n)
    } else {
      mask.update(repeating: 1, count: n)
    }
    if let nulls = test?.nulls {
      for i in 0..<n { mask[i] &= nulls[i] ^ 1 }
    }
    for value in values where !value.isConstant {
      guard let nulls = value.nulls else { continue }
      for i in 0..<n { mask[i] &= nulls[i] ^ 1 }
    }
    return .some(UnsafePointer(mask))
  }
}

extension Vector {
  /// A vector whose lane `i` is `value(i)`, null where that is nil.
  @inline(__always)
  static func making<T: BitwiseCopyable>(
    _ type: ScalarType, count n: Int, _ value: (Int) throws -> T?
  ) rethrows -> Vector {
    let result = Buffer.zeros(byteCount: n &* MemoryLayout<T>.stride)
    let out = result.values(T.self)
    var mask: Buffer?
    for i in 0..<n {
      if let value = try value(i) {
        out[i] = value
      } else {
        if mask == nil { mask = Buffer.zeros(byteCount: n) }
        mask?.values(UInt8.self)[i] = 1
      }
    }
    return Vector(type, count: n, buffer: result, nulls: mask)
  }
}
