/// Vectors over memory that another module has filled, for sources that make their columns directly.
extension Vector {
  /// Plain lanes of the type's kind; `buffer` contains at least `count`, and `nulls` one byte per row, 1 for null.
  package static func filled(_ type: ScalarType, count: Int, _ buffer: Buffer, nulls: Buffer? = nil) -> Vector {
    Vector(type, count: count, buffer: buffer, nulls: nulls)
  }

  /// `Int32` lanes for a type whose plain lane is `Int64`.
  package static func filledNarrow(
    _ type: ScalarType, count: Int, _ buffer: Buffer, nulls: Buffer? = nil
  ) -> Vector {
    precondition(type.lane == .word, "only whole numbers have a narrow form")
    return Vector(
      type, count: count, data: buffer.base, owner: buffer,
      nulls: nulls.map { UnsafePointer($0.values(UInt8.self)) }, nullOwner: nulls, encoding: .narrow)
  }

  /// Codes of `dictionary`, one, two or four bytes wide as `encoding` says.
  package static func filledCodes(
    _ dictionary: StringDictionary, _ encoding: Encoding, type: ScalarType = .string, count: Int,
    _ buffer: Buffer
  ) -> Vector {
    precondition(encoding.isCodes && type.lane == .bytes, "codes represent texts or dynamic values")
    return Vector(
      type, count: count, data: buffer.base, owner: buffer, encoding: encoding, dictionary: dictionary)
  }
}
