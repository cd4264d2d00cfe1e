import Testing

@testable import PlumbEngine

@Suite struct NumberTests {
  @Test(arguments: [
    (1.0, "1", "1.0"), (-0.5, "-0.5", "-0.5"), (123.45, "123.45", "123.45"), (0.1, "0.1", "0.1"), (1e15, "1E+15", "1E+15"),
    (1e16, "1E+16", "1E+16"), (0.0001, "0.0001", "0.0001"), (0.00001, "1E-05", "1E-05"), (1.5e300, "1.5E+300", "1.5E+300"),
    (1.0 / 3, "0.3333333333333333", "0.3333333333333333"), (.nan, "NaN", "\"NaN\""),
    (-.infinity, "-Infinity", "\"-Infinity\""), (123456789012345.6, "123456789012345.6", "123456789012345.6"),
    (999999999999999, "999999999999999", "999999999999999.0"),
    (.leastNonzeroMagnitude, "5E-324", "5E-324"), (-2.5e-7, "-2.5E-07", "-2.5E-07"), (0, "0", "0.0"),
  ])
  func prints(_ value: Double, _ text: String, _ json: String) {
    #expect(NumberText.text(value) == text)
    #expect(NumberText.text(value, style: .json) == json)
  }

  @Test func realsRoundTrip() {
    var random = RandomGenerator(seed: 3)
    for i in 0..<20_000 {
      let value = i % 2 == 0 ? Double(bitPattern: random.next()) : (random.unit() * 1e6).rounded() / 1e3
      if !value.isFinite { continue }
      let text = NumberText.text(value)
      #expect(text.withUTF8Bytes { NumberText.parseDouble($0) } == value)
      #expect(value.description.withUTF8Bytes { NumberText.parseDouble($0) } == value)
    }
  }

  @Test(arguments: [
    ("9223372036854775807", Int64.max), ("-9223372036854775808", .min), ("9223372036854775808", nil), ("", nil),
    ("-", nil), ("+5", 5), ("12a", nil), ("000000000000000000000012", 12),
  ])
  func readsLongs(_ text: String, _ expected: Int64?) {
    #expect(text.withUTF8Bytes { NumberText.parseInt64($0) } == expected)
  }

  @Test(arguments: [
    ("1e400", Double.infinity), ("1.", 1), (".5", 0.5), ("1e", nil), (".", nil), ("0x10", nil), ("-inf", -.infinity),
    ("1e-400", 0), ("123456789012345678901234567890", 1.2345678901234568e29), ("1e+5", 1e5), ("--1", nil),
    ("0.00000000000000000000000000000001", 1e-32), ("12345678901234567890e-10", 1234567890.123456789),
  ])
  func readsReals(_ text: String, _ expected: Double?) {
    #expect(text.withUTF8Bytes { NumberText.parseDouble($0) } == expected)
  }

  @Test(arguments: [
    ("1.0", "1"), ("1e5", "100000"), ("-0.000123", "-0.000123"), ("123.45678", "123.45678"), ("0", "0"), ("-0.0", "0"),
    ("12345678901234567890123456789012345", "12345678901234567890123456789012340"),
    ("99999999999999999999999999999999995", "100000000000000000000000000000000000"), ("1e6144", "1E+6144"),
    ("1E-45", "1E-45"), ("00012.500", "12.5"),
  ])
  func readsDecimals(_ text: String, _ expected: String) { #expect(Decimal128.parse(text)?.text == expected) }

  @Test(arguments: ["", "1e6145", "x", "1.2.3", "1e", "-", "."])
  func refusesDecimals(_ text: String) { #expect(Decimal128.parse(text) == nil) }

  @Test(arguments: [
    ("1", "+", "2", "3"), ("0.1", "+", "0.2", "0.3"), ("1", "/", "3", "0.3333333333333333333333333333333333"),
    ("2", "/", "3", "0.6666666666666666666666666666666667"), ("10", "/", "4", "2.5"), ("7.5", "%", "2", "1.5"),
    ("-7.5", "%", "2", "-1.5"), ("1e30", "%", "7", "1"), ("1", "-", "1e-34", "0.9999999999999999999999999999999999"),
    ("1", "+", "1e-60", "1"), ("1e60", "-", "1", "1E+60"), ("123456789.123", "*", "987654321.987", "121932631355968601.347401"),
    ("9999999999999999999999999999999999", "*", "9999999999999999999999999999999999", "99999999999999999999999999999999980000000000000000000000000000000000"),
    ("5", "-", "5", "0"), ("-1", "*", "0", "0"), ("1", "/", "0", "nil"), ("1e6000", "*", "1e6000", "nil"), ("3", "%", "1e40", "3"),
    ("0.0007", "%", "0.002", "0.0007"), ("1.0000000000000000000000000000000005", "+", "0", "1"),
  ])
  func calculates(_ lhs: String, _ operation: String, _ rhs: String, _ expected: String) throws {
    let a = try #require(Decimal128.parse(lhs))
    let b = try #require(Decimal128.parse(rhs))
    let result =
      switch operation {
      case "+": a.adding(b)
      case "-": a.subtracting(b)
      case "*": a.multiplied(by: b)
      case "/": a.divided(by: b)
      default: a.remainder(dividingBy: b)
      }
    #expect((result?.text ?? "nil") == expected)
  }

  @Test func decimalsRoundTrip() throws {
    #expect(MemoryLayout<Decimal128>.size == 16)
    var random = RandomGenerator(seed: 4)
    for _ in 0..<3000 {
      let whole = Int64(bitPattern: random.next()) >> Int64(random.below(63))
      let decimal = Decimal128(whole)
      #expect(decimal.int64 == whole)
      #expect(decimal.text == "\(whole)")
      let other = Int64(random.below(1000)) - 500
      let scaled = try #require(decimal.multiplied(by: Decimal128(other)))
      #expect(Decimal128.parse(scaled.text) == scaled)
      #expect(Decimal128(checkingHigh: scaled.high, low: scaled.low) == scaled)
      if other != 0 { #expect(scaled.divided(by: Decimal128(other)) == decimal) }
      let sum = try #require(scaled.adding(decimal))
      #expect(sum.subtracting(decimal) == scaled)
      #expect((decimal < Decimal128(other)) == (whole < other))
      let real = Double(whole) / 1000
      #expect(Decimal128(real: real)?.double == real)
    }
  }

  @Test func rounds() throws {
    let value = try #require(Decimal128.parse("-2.5"))
    #expect(value.rounded(.down)?.text == "-3")
    #expect(value.rounded(.up)?.text == "-2")
    #expect(value.rounded(.halfEven)?.text == "-2")
    #expect(value.rounded(.halfAwayFromZero)?.text == "-3")
    #expect(Decimal128.parse("1234.5")?.rounded(.halfAwayFromZero, places: -2)?.text == "1200")
    #expect(Decimal128.parse("0.04")?.rounded(.up)?.text == "1")
    #expect(Decimal128.parse("1e-50")?.rounded(.halfAwayFromZero)?.text == "0")
    #expect(Decimal128(2).squareRoot?.text.hasPrefix("1.41421356237309504880168872420969") == true)
    #expect(Decimal128(144).squareRoot?.text == "12")
    #expect(Decimal128(2).power(Decimal128(-2))?.text == "0.25")
    #expect(Decimal128(-7).binned(by: Decimal128(5))?.text == "-10")
  }

  @Test func guids() {
    let text = "74be27de-1e4e-49d9-b579-fe0b331d3642"
    #expect(GUID.parse(text)?.text == text)
    #expect(GUID.parse("{74BE27DE-1e4e-49d9-b579-fe0b331d3642}")?.text == text)
    #expect(GUID.parse("74be27de1e4e49d9b579fe0b331d3642")?.text == text)
    for bad in ["", "74be27de", "74be27de-1e4e-49d9-b579-fe0b331d364g", "{74be27de-1e4e-49d9-b579-fe0b331d3642", "74be27de+1e4e-49d9-b579-fe0b331d3642"] {
      #expect(GUID.parse(bad) == nil)
    }
    let quine = GUID.parse("ae3133f2-6e22-49ae-b06a-16e6a9b212eb")
    #expect(printed { out in quine?.mixedEndianBytes.withUnsafeBufferPointer { Base64.encode($0, to: &out) } }
      == "8jMxriJurkmwahbmqbIS6w==")
    var random = RandomGenerator(seed: 5)
    for _ in 0..<1000 {
      let guid = GUID(high: random.next(), low: random.next())
      #expect(GUID.parse(guid.text) == guid)
      #expect(guid.mixedEndianBytes.withUnsafeBufferPointer { GUID(mixedEndianBytes: $0) } == guid)
    }
  }
}
