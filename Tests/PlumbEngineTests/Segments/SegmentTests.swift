import Testing

@testable import PlumbEngine

/// Columns that become bytes and columns again.
struct SegmentTests {
  /// A generator of numbers that is the same on every machine. (Steele, Lea, Flood, SplitMix64, 2014.)
  private struct Dice {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z &>> 31)
    }

    mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
  }

  private func value(_ type: ScalarType, _ kind: Int, _ dice: inout Dice, row: Int) -> Value {
    if kind % 3 == 1, dice.below(5) == 0 { return .null(type) }
    let wide = Int64(bitPattern: dice.next())
    switch type {
    case .bool: return .bool(dice.below(2) == 0)
    case .int: return .int(kind < 3 ? Int32(truncatingIfNeeded: wide) : Int32(dice.below(100)))
    case .long: return .long([wide, Int64(row) * 3, Int64(dice.below(1_000)) - 500, .max - Int64(row)][kind % 4])
    case .real:
      return .real(
        [Double(bitPattern: UInt64(bitPattern: wide)), Double(dice.below(100_000)) / 1_000, -0.0, Double(row) * 0.1][kind % 4])
    case .decimal: return .decimal(Decimal128(wide))
    case .datetime: return .datetime(638_000_000_000_000_000 + Int64(row) * 600_000_000 + (kind > 2 ? Int64(dice.below(9_999)) : 0))
    case .timespan: return .timespan(Int64(dice.below(1 << 40)))
    case .string:
      let texts = ["", "a", "running", "naïve 🙂", String(repeating: "x", count: 300)]
      return .string(kind < 3 ? texts[Int(dice.below(5))] : "text \(dice.next())")
    case .guid: return .guid(GUID(high: dice.next(), low: dice.next()))
    case .dynamic:
      let list: [Dynamic] = [.long(wide), .string("é"), .array([.null, .bool(true)]), .object([("k", .real(1.5))])]
      return .dynamic(list[Int(dice.below(4))])
    }
  }

  @Test(arguments: ScalarType.allCases)
  func everyTypeComesBackAsItWas(type: ScalarType) throws {
    var dice = Dice(state: UInt64(type.rawValue) + 7)
    for kind in 0..<6 {
      for rows in [1, 2, 63, 64, 1_000, 1_024, 1_025, 5_000] {
        let builder = VectorBuilder(type, capacity: rows)
        for row in 0..<rows { builder.append(value(type, kind, &dice, row: row)) }
        let vector = builder.finish()
        let pool = TextPool(nil)
        let segment = SegmentEncoder().encode(vector, texts: pool)
        let dictionary = segment.dictionaryCount == 0 ? nil : StringDictionary.joining([padded(pool.piece(from: 0))])
        let (bytes, count) = padded(segment.bytes)
        let zone = vector.zoneRange().words
        let narrow = zone.map { $0.lowerBound >= Int64(Int32.min) && $0.upperBound <= Int64(Int32.max) } ?? false
        let again = try #require(
          decodeSegment(bytes, byteCount: count, type: type, rows: rows, narrow: narrow, dictionary: dictionary))
        for row in 0..<rows {
          #expect(isSame(again.value(at: row), vector.value(at: row)), "\(type) kind \(kind) row \(row) of \(rows)")
        }
      }
    }
  }

  /// NaN equals itself here, and -0.0 is not 0.0.
  private func isSame(_ lhs: Value, _ rhs: Value) -> Bool {
    if case .real(let a) = lhs, case .real(let b) = rhs { return a.bitPattern == b.bitPattern }
    return lhs == rhs
  }

  private func padded(_ bytes: ByteBuffer) -> (bytes: Buffer, count: Int) {
    let buffer = Buffer.zeros(byteCount: bytes.count + 8)
    bytes.withBytes { if let base = $0.baseAddress { buffer.base.copyMemory(from: base, byteCount: $0.count) } }
    return (buffer, bytes.count)
  }

  /// Whatever the bytes, reading them ends, within its memory; a checksum guards what it says.
  @Test(arguments: ScalarType.allCases)
  func damagedBytesAreRefusedOrRead(type: ScalarType) throws {
    var dice = Dice(state: UInt64(type.rawValue) + 99)
    let rows = 300
    let builder = VectorBuilder(type, capacity: rows)
    for row in 0..<rows { builder.append(value(type, 4, &dice, row: row)) }
    let pool = TextPool(nil)
    let segment = SegmentEncoder().encode(builder.finish(), texts: pool)
    let dictionary = StringDictionary(["a", "b"])
    for _ in 0..<2_000 {
      var bytes = segment.bytes.bytes
      for _ in 0...dice.below(3) { bytes[Int(dice.below(UInt64(bytes.count)))] = UInt8(dice.below(256)) }
      if dice.below(4) == 0 { bytes.removeLast(Int(dice.below(UInt64(bytes.count)))) }
      var buffer = ByteBuffer()
      buffer.append(bytes)
      let (memory, count) = padded(buffer)
      let vector = decodeSegment(memory, byteCount: count, type: type, rows: rows, narrow: false, dictionary: dictionary)
      if let vector { for row in 0..<rows { _ = vector.value(at: row) } }
      #expect(vector == nil || vector?.count == rows)
    }
  }

  @Test func codesStayWhatTheyAreWhenTextsAreAdded() throws {
    let first = VectorBuilder(.string)
    for text in ["b", "a", "b"] { first.append(.string(text)) }
    let pool = TextPool(nil)
    let segment = SegmentEncoder().encode(first.finish(), texts: pool)
    let piece = padded(pool.piece(from: 0))
    let known = try #require(StringDictionary.joining([piece]))
    let longer = TextPool(known)
    let second = VectorBuilder(.string)
    for text in ["c", "a"] { second.append(.string(text)) }
    _ = SegmentEncoder().encode(second.finish(), texts: longer)
    let whole = try #require(StringDictionary.joining([piece, padded(longer.piece(from: known.count))]))
    #expect(whole.count == 3)
    let (bytes, count) = padded(segment.bytes)
    let again = try #require(
      decodeSegment(bytes, byteCount: count, type: .string, rows: 3, narrow: false, dictionary: whole))
    #expect((0..<3).map { again.value(at: $0) } == [.string("b"), .string("a"), .string("b")])
  }
}
