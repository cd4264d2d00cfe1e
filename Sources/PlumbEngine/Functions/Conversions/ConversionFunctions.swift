extension ScalarFunction {
  /// Conversions between types: null where a value cannot be converted.
  static let conversions: [ScalarFunction] = [
    conversion("tobool", .bool, ["tobool(\"true\")": "true", "tobool(0)": "false"]),
    conversion("toboolean", .bool, ["toboolean(\"false\")": "false"]),
    conversion("toint", .int, ["toint(\"123\")": "123", "toint(1.9)": "1", "toint(\"a\")": ""]),
    conversion("tolong", .long, ["tolong(\"0x10\")": "16", "tolong(true)": "1"]),
    conversion("todouble", .real, ["todouble(\"1.5\")": "1.5", "todouble(2)": "2"]),
    conversion("toreal", .real, ["toreal(\"2.5e3\")": "2500"]),
    conversion("todecimal", .decimal, ["todecimal(\"123.45678\")": "123.45678"]),
    conversion("todatetime", .datetime, ["todatetime(\"2015-12-24\")": "2015-12-24T00:00:00.0000000Z"]),
    conversion("totimespan", .timespan, ["totimespan(\"0.00:01:00\")": "00:01:00"]),
    conversion("totime", .timespan, ["totime(\"01:30\")": "01:30:00"]),
    conversion("tostring", .string, ["tostring(123)": "123", "tostring(1h)": "01:00:00"]),
    conversion(
      "toguid", .guid,
      ["toguid(\"70fc66f7-8279-44fc-9092-d364d70fce44\")": "70fc66f7-8279-44fc-9092-d364d70fce44"]),
    ScalarFunction(
      "tohex", "Writes `number` in base 16, padded with zeros to `length` digits.", "number, [length]",
      examples: [
        .init("tohex(256)", is: "100"), .init("tohex(-256)", is: "ffffffffffffff00"),
        .init("tohex(256, 8)", is: "00000100"),
      ],
      overloads: [
        .writing(.string) { (number: Int64, out: inout ByteBuffer) in hexadecimal(UInt64(bitPattern: number), 0, to: &out) },
        .writing(.string) { (number: Int64, length: Int64, out: inout ByteBuffer) in
          hexadecimal(UInt64(bitPattern: number), length, to: &out)
        },
        .writing(.string) { (number: Int32, out: inout ByteBuffer) in
          hexadecimal(UInt64(UInt32(bitPattern: number)), 0, to: &out)
        },
        .writing(.string) { (number: Int32, length: Int64, out: inout ByteBuffer) in
          hexadecimal(UInt64(UInt32(bitPattern: number)), length, to: &out)
        },
      ]).naming(.firstArgument),
  ]

  private static func conversion(
    _ name: String, _ target: ScalarType, _ examples: KeyValuePairs<String, String>
  ) -> ScalarFunction {
    ScalarFunction(
      name, "Converts `value` to \(target.name); null if that is not possible.", "value",
      examples: examples.map { Example($0.key, is: $0.value) },
      overloads: ScalarType.allCases.map { Overload.conversion(from: $0, to: target) },
      traits: .conversion).naming(.firstArgument)
  }
}

private func hexadecimal(_ number: UInt64, _ length: Int64, to out: inout ByteBuffer) {
  let digits = Swift.max(1, (64 &- number.leadingZeroBitCount &+ 3) / 4)
  let width = Swift.max(digits, Int(Swift.min(Swift.max(length, 0), 1024)))
  for _ in digits..<width { out.append(.digitZero) }
  for place in (0..<digits).reversed() {
    let digit = UInt8(truncatingIfNeeded: number &>> UInt64(place &* 4) & 15)
    out.append(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit)
  }
}
