@testable import PlumbEngine

/// Random columns in every form that a vector can take, for aggregates to be checked on.
struct ColumnMaker {
  var random: RandomGenerator
  /// Two dictionaries with common texts, so that codes of one mean other texts in the other.
  let dictionaries = [
    StringDictionary(["pear", "", "fig", "apple", "a much longer text than others"]),
    StringDictionary(["fig", "quince", "pear"]),
  ]

  init(seed: UInt64) { random = RandomGenerator(seed: seed) }

  mutating func below(_ bound: Int) -> Int { Int(random.below(UInt64(bound))) }

  mutating func value(_ type: ScalarType, nulls: Bool) -> Value {
    if nulls, type != .string, below(4) == 0 { return .null(type) }
    switch type {
    case .bool: return .bool(below(2) == 0)
    case .int: return .int(Int32(below(40) - 20))
    case .long: return .long(number())
    case .datetime: return .datetime(600_000_000_000_000_000 + Int64(below(1000)))
    case .timespan: return .timespan(number())
    case .real:
      switch below(12) {
      case 0: return .real(.nan)
      case 1: return .real(-0.0)
      case 2: return .real(0)
      default: return .real(Double(below(2000) - 1000) / 8)
      }
    case .decimal: return .decimal(Decimal128(Int64(below(100) - 50)))
    case .guid: return .guid(GUID(high: UInt64(below(3)), low: UInt64(below(3))))
    case .string: return .string(["pear", "", "fig", "apple", "quince", "ünïcode"][below(6)])
    case .dynamic:
      switch below(6) {
      case 0: return .dynamic(.long(Int64(below(3))))
      case 1: return .dynamic(.real(Double(below(3))))
      case 2: return .dynamic(.string("fig"))
      case 3: return .dynamic(.object([("a", .long(Int64(below(3)))), ("b", .bool(true))]))
      case 4: return .dynamic(.object([("b", .bool(true)), ("c", .string("x"))]))
      default: return .dynamic(.bool(false))
      }
    }
  }

  private mutating func number() -> Int64 {
    switch below(10) {
    case 0: .max
    case 1: .min
    case 2: Int64(truncatingIfNeeded: random.next())
    default: Int64(below(60) - 30)
    }
  }

  /// `count` values and a vector of them in some form.
  mutating func column(_ type: ScalarType, count: Int, nulls: Bool) -> ([Value], Vector) {
    let form = below(4)
    if form == 0 {
      let value = value(type, nulls: nulls)
      return ([Value](repeating: value, count: count), .constant(value, count: count))
    }
    if type == .string, form < 3 { return codes(count) }
    if type.lane == .word, form == 1 { return narrow(type, count, nulls) }
    let values = (0..<count).map { _ in value(type, nulls: nulls) }
    let builder = VectorBuilder(type)
    for value in values { builder.append(value) }
    return (values, builder.finish())
  }

  private mutating func codes(_ count: Int) -> ([Value], Vector) {
    let dictionary = dictionaries[below(2)]
    let chosen = (0..<count).map { _ in below(dictionary.count) }
    let encoding: Vector.Encoding = [.codes8, .codes16, .codes32][below(3)]
    let buffer = Buffer(byteCount: count * 4)
    for (i, code) in chosen.enumerated() {
      switch encoding {
      case .codes8: buffer.values(UInt8.self)[i] = UInt8(code)
      case .codes16: buffer.values(UInt16.self)[i] = UInt16(code)
      case .plain, .narrow, .codes32: buffer.values(UInt32.self)[i] = UInt32(code)
      }
    }
    let vector = Vector(
      .string, count: count, data: buffer.base, owner: buffer, encoding: encoding, dictionary: dictionary)
    return (chosen.map { .string(String(dictionary[$0])) }, vector)
  }

  private mutating func narrow(_ type: ScalarType, _ count: Int, _ nulls: Bool) -> ([Value], Vector) {
    let buffer = Buffer(of: Int32.self, count: count), mask = Buffer(byteCount: count)
    var values: [Value] = []
    for i in 0..<count {
      let number = Int32(below(50) - 25)
      buffer.values(Int32.self)[i] = number
      let isNull = nulls && below(4) == 0
      mask.values(UInt8.self)[i] = isNull ? 1 : 0
      switch type {
      case .int: values.append(isNull ? .null(type) : .int(number))
      case .datetime: values.append(isNull ? .null(type) : .datetime(Int64(number)))
      case .timespan: values.append(isNull ? .null(type) : .timespan(Int64(number)))
      default: values.append(isNull ? .null(type) : .long(Int64(number)))
      }
    }
    let vector = Vector(
      type, count: count, data: buffer.base, owner: buffer, nulls: UnsafePointer(mask.values(UInt8.self)),
      nullOwner: mask, encoding: .narrow)
    return (values, vector)
  }
}
