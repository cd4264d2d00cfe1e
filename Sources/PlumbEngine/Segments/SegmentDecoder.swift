/// The column in `bytes`; nil if they are not a segment of that type and number of rows.
///
/// The checksum was verified before. What it cannot detect, bytes made to look valid, still ends in nil and not in
/// a read beyond the memory.
///
/// - Parameters:
///   - bytes: the segment, with eight loadable bytes after it.
///   - narrow: whether whole numbers are known to fit 32 bits.
///   - dictionary: the dictionary of codes.
package func decodeSegment(
  _ bytes: Buffer, byteCount: Int, type: ScalarType, rows: Int, narrow: Bool, dictionary: StringDictionary?
) -> Vector? {
  var reader = SegmentReader(bytes.base, count: byteCount)
  guard let form = reader.byte().flatMap(SegmentForm.init), let hasNulls = reader.byte(), hasNulls <= 1,
    reader.half().map(Int.init) == rows, rows <= RowGroup.capacity
  else { return nil }
  var nulls: Buffer?
  if hasNulls == 1 {
    guard type != .string, let bits = reader.take((rows &+ 7) / 8) else { return nil }
    let mask = Buffer(byteCount: rows)
    let out = mask.values(UInt8.self)
    BitPacking.unpack(bits, rows, 1) { i, bit in out[i] = UInt8(truncatingIfNeeded: bit) }
    nulls = mask
  }
  switch (form, type.lane) {
  case (.bits, .byte):
    guard let bits = reader.take((rows &+ 7) / 8) else { return nil }
    let result = Buffer(byteCount: rows)
    let out = result.values(UInt8.self)
    BitPacking.unpack(bits, rows, 1) { i, bit in out[i] = UInt8(truncatingIfNeeded: bit) }
    return Vector(type, count: rows, buffer: result, nulls: nulls)
  case (.words, .word): return decodeWords(&reader, type, rows, narrow: narrow, nulls)
  case (.scaled, .float):
    guard let power = reader.byte().map(Int.init), power < SegmentEncoder.powers.count else { return nil }
    let result = Buffer(of: Int64.self, count: rows)
    guard WordPacking.unpack(&reader, rows, into: result.values()) else { return nil }
    let scale = SegmentEncoder.powers[power]
    let words = result.values(Int64.self), out = result.values(Double.self)
    for i in 0..<rows { out[i] = Double(words[i]) / scale }
    return Vector(type, count: rows, buffer: result, nulls: nulls)
  case (.floats, .float), (.wide, .wide):
    guard let body = SegmentBody.read(&reader), body.count == rows &* type.lane.stride else { return nil }
    return Vector(type, count: rows, buffer: body.buffer, nulls: nulls)
  case (.codes, .bytes):
    guard let dictionary else { return nil }
    return decodeCodes(&reader, type, rows, dictionary)
  case (.texts, .bytes): return decodeTexts(&reader, type, rows, nulls)
  default: return nil
  }
}

private func decodeWords(
  _ reader: inout SegmentReader, _ type: ScalarType, _ rows: Int, narrow: Bool, _ nulls: Buffer?
) -> Vector? {
  let words = Buffer(of: Int64.self, count: rows)
  guard WordPacking.unpack(&reader, rows, into: words.values()) else { return nil }
  guard narrow, type.isInteger else { return Vector(type, count: rows, buffer: words, nulls: nulls) }
  let result = Buffer(of: Int32.self, count: rows)
  let source = words.values(Int64.self), out = result.values(Int32.self)
  for i in 0..<rows { out[i] = Int32(truncatingIfNeeded: source[i]) }
  return .filledNarrow(type, count: rows, result, nulls: nulls)
}

private func decodeCodes(
  _ reader: inout SegmentReader, _ type: ScalarType, _ rows: Int, _ dictionary: StringDictionary
) -> Vector? {
  guard type == .string, let width = reader.byte().map(Int.init), width <= 32,
    let bits = reader.take((rows &* width &+ 7) / 8)
  else { return nil }
  let encoding = StringDictionary.encoding(forCount: dictionary.count)
  let result = Buffer(byteCount: rows &* Vector.stride(of: encoding))
  var most: UInt64 = 0
  switch encoding {
  case .codes8:
    let out = result.values(UInt8.self)
    BitPacking.unpack(bits, rows, width) { i, code in
      out[i] = UInt8(truncatingIfNeeded: code)
      most = Swift.max(most, code)
    }
  case .codes16:
    let out = result.values(UInt16.self)
    BitPacking.unpack(bits, rows, width) { i, code in
      out[i] = UInt16(truncatingIfNeeded: code)
      most = Swift.max(most, code)
    }
  case .codes32, .plain, .narrow:
    let out = result.values(UInt32.self)
    BitPacking.unpack(bits, rows, width) { i, code in
      out[i] = UInt32(truncatingIfNeeded: code)
      most = Swift.max(most, code)
    }
  }
  guard rows == 0 || most < UInt64(dictionary.count) else { return nil }
  return .filledCodes(dictionary, encoding, type: type, count: rows, result)
}

private func decodeTexts(
  _ reader: inout SegmentReader, _ type: ScalarType, _ rows: Int, _ nulls: Buffer?
) -> Vector? {
  let lengths = Buffer(of: Int64.self, count: rows)
  guard WordPacking.unpack(&reader, rows, into: lengths.values()), let body = SegmentBody.read(&reader) else {
    return nil
  }
  let result = Buffer(of: Bytes.self, count: rows)
  let out = result.values(Bytes.self)
  let sizes = lengths.values(Int64.self)
  let mask = nulls?.values(UInt8.self)
  var at = 0
  for i in 0..<rows {
    guard sizes[i] >= 0, sizes[i] <= Int64(body.count &- at) else { return nil }
    let size = Int(sizes[i])
    let text = Bytes(start: size == 0 ? nil : UnsafePointer(body.buffer.values(UInt8.self) + at), count: size)
    if type == .dynamic, mask.map({ $0[i] == 0 }) ?? true, !text.isEmpty, !DynamicBytes.isValid(text) { return nil }
    out[i] = text
    at &+= size
  }
  return Vector(type, count: rows, buffer: result, nulls: nulls, holding: body.buffer)
}

extension Vector {
  /// The same codes under a dictionary that begins with the entries of their own.
  package func replacingDictionary(_ longer: StringDictionary) -> Vector {
    Vector(
      type, count: count, data: data, owner: owner, nulls: nulls, nullOwner: nullOwner, isConstant: isConstant,
      encoding: encoding, dictionary: longer)
  }

  /// The memory that the values need, without a dictionary's.
  package var storedByteCount: Int {
    let lanes = count &* stride &+ (nulls == nil ? 0 : count)
    return type.lane == .bytes && !encoding.isCodes ? lanes &+ textByteCount : lanes
  }

  /// Whether a row has no value.
  package func isNull(at row: Int) -> Bool { isNull(row) }

  /// The number of a bool, int, long, datetime or timespan; undefined for null.
  package func wholeNumber(at row: Int) -> Int64 {
    let place = isConstant ? 0 : row
    return type.lane == .byte ? Int64(lanes(UInt8.self)[place]) : word(at: place)
  }

  /// The number of a real; undefined for null.
  package func realNumber(at row: Int) -> Double { lanes(Double.self)[isConstant ? 0 : row] }
}
