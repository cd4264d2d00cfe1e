import Testing

@testable import PlumbEngine

@Suite struct DynamicTests {
  @Test(arguments: [
    (#"{"a":1,"b":[1,2]}"#, #"{"a":1,"b":[1,2]}"#), (" [ 1.0 , 2.50, 1e3 ] ", "[1.0,2.5,1000.0]"),
    (#""\u00e9\ud83d\ude00\n\/""#, #""é😀\n/""#), (#""\ud83d x""#, "\"\u{FFFD} x\""), ("null", "null"), ("[]", "[]"), ("{}", "{}"),
    ("9223372036854775808", "9.223372036854776E+18"), ("-0", "0"), ("true", "true"),
    (#"{"a":1,"b":2,"a":3}"#, #"{"b":2,"a":3}"#), ("[[[]],{}]", "[[[]],{}]"), (#""a\u0001b""#, #""a\u0001b""#),
    (#"{"":""}"#, #"{"":""}"#), ("\"\u{7F}é\"", "\"\u{7F}é\""),
  ])
  func readsJSON(_ text: String, _ expected: String) {
    #expect(JSONText.parseTree(text)?.json == expected)
    let compact = text.withUTF8Bytes { JSONText.parse($0) }
    #expect(compact?.withBytes { DynamicBytes.isValid($0) } == true)
  }

  @Test(arguments: [
    ("", 0), ("[1,]", 3), ("{\"a\"}", 4), ("tru", 0), ("01", 1), ("1.", 2), ("[1 2]", 3), (#""abc"#, 4), ("1 x", 2),
    (#""\x""#, 2), ("{'a':1}", 1), ("[1,2", 4), ("-", 1), ("1e", 2), ("nan", 0),
  ])
  func refusesJSON(_ text: String, _ position: Int) {
    var out = ByteBuffer()
    out.append(0x78)
    let failure = text.withUTF8Bytes { bytes -> JSONText.Failure? in
      do throws(JSONText.Failure) { try JSONText.parse(bytes, to: &out) } catch { return error }
      return nil
    }
    #expect(failure?.position == position)
    #expect(out.string == "x")
  }

  @Test func nestsDeeply() {
    let good = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    #expect(JSONText.parseTree(good)?.json == good)
    let bad = String(repeating: "[", count: 501) + String(repeating: "]", count: 501)
    #expect(JSONText.parseTree(bad) == nil)
    #expect(JSONText.parseTree(String(repeating: "[", count: 1_000_000)) == nil)
  }

  private func value(_ random: inout RandomGenerator, depth: Int) -> Dynamic {
    switch random.below(depth > 0 ? 11 : 9) {
    case 0: return .null
    case 1: return .bool(random.below(2) == 0)
    case 2: return .long(Int64(bitPattern: random.next()))
    case 3: return .real(random.unit() * 1000)
    case 4: return .string(String((0..<random.below(9)).map { _ in "aé😀\"\\\nz".randomElement(using: &random) ?? "x" }))
    case 5: return .datetime(Int64(random.below(UInt64(DateTime.max))))
    case 6: return .timespan(Int64(bitPattern: random.next()))
    case 7: return .guid(GUID(high: random.next(), low: random.next()))
    case 8: return .decimal(Decimal128(Int64(bitPattern: random.next())))
    case 9: return .array((0..<random.below(5)).map { _ in value(&random, depth: depth - 1) })
    default: return .object((0..<random.below(5)).map { ("k\($0)", value(&random, depth: depth - 1)) })
    }
  }

  @Test func roundTrips() {
    var random = RandomGenerator(seed: 6)
    for _ in 0..<2000 {
      let tree = value(&random, depth: 4)
      var compact = ByteBuffer()
      DynamicBytes.encode(tree, to: &compact)
      compact.withBytes { bytes in
        #expect(DynamicBytes.isValid(bytes))
        #expect(DynamicCursor(bytes).size == bytes.count)
        #expect(DynamicBytes.decode(bytes) == tree)
        for cut in 0..<min(bytes.count, 40) { #expect(!DynamicBytes.isValid(bytes.part(from: 0, to: cut))) }
      }
      // Once through text, values have only JSON's kinds, and text is a fixed point.
      let once = JSONText.parseTree(tree.json)
      #expect(once?.json == tree.json)
    }
  }

  @Test func damagedBytesAreFound() {
    var random = RandomGenerator(seed: 7)
    for _ in 0..<20_000 {
      let bytes = (0..<random.below(40)).map { _ in UInt8(random.below(14)) }
      bytes.withUnsafeBufferPointer { bytes in
        if DynamicBytes.isValid(bytes) { _ = DynamicBytes.decode(bytes).json }
      }
    }
  }

  @Test func readsInPlace() throws {
    let compact = try #require(#"{"a":[10,"x",null],"bb":{"c":2.5}}"#.withUTF8Bytes { JSONText.parse($0) })
    compact.withBytes { bytes in
      let bag = DynamicCursor(bytes)
      #expect(bag.count == 2)
      let a = "a".withUTF8Bytes { bag.member(named: $0) }
      #expect(a?.count == 3)
      #expect(a?.element(at: 0)?.int64 == 10)
      #expect(a?.element(at: -1)?.isNull == true)
      #expect(a?.element(at: 3) == nil)
      #expect(a?.element(at: .min) == nil)
      #expect(a.map { String($0.element(at: 1)?.text ?? Bytes(start: nil, count: 0)) } == "x")
      #expect("b".withUTF8Bytes { bag.member(named: $0) } == nil)
      let c = "bb".withUTF8Bytes { bag.member(named: $0) }.flatMap { bb in "c".withUTF8Bytes { bb.member(named: $0) } }
      #expect(c?.number == 2.5)
    }
    #expect(DynamicCursor(Bytes(start: nil, count: 0)).isNull)
  }

  @Test func compares() {
    #expect(Dynamic.long(1) == .real(1))
    #expect(Set([Dynamic.long(1), .real(1), .string("1")]).count == 2)
    #expect(Dynamic.object([("a", .null), ("b", .long(2))]) == .object([("b", .long(2)), ("a", .null)]))
    #expect(Dynamic.object([("a", .null), ("b", .long(2))]).hashValue == Dynamic.object([("b", .real(2)), ("a", .null)]).hashValue)
    #expect(Dynamic.long(.max) != .real(0x1p63))
    #expect(Dynamic.real(.nan) == .real(.nan))
    #expect(Dynamic.array([.long(1)]) != .array([.long(1), .null]))
  }
}
