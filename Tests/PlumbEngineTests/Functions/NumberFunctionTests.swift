import Testing

@testable import PlumbEngine

/// Single calls with the results that KQL's documentation gives for them.
@Suite struct NumberFunctionTests {
  private static func date(_ text: String) -> Value { .datetime(DateTime.parse(text) ?? -1) }
  private static func span(_ text: String) -> Value { .timespan(TimeSpan.parse(text) ?? -1) }

  @Test(arguments: [
    ("bin", [.real(4.5), .long(1)], "4"),
    ("bin", [.long(-7), .long(5)], "-10"),
    ("bin", [.long(7), .long(0)], ""),
    ("bin", [span("16.00:00:00"), span("7.00:00:00")], "14.00:00:00"),
    ("bin_at", [.real(6.5), .real(2.5), .long(7)], "4.5"),
    ("bin_at", [span("01:00:00"), span("1.00:00:00"), span("12:00:00")], "-12:00:00"),
    ("bin_at", [date("2017-05-17 10:20"), span("7.00:00:00"), date("2017-06-04")], "2017-05-14T00:00:00.0000000Z"),
    ("round", [.real(2.98765), .long(3)], "2.988"),
    ("round", [.real(2.15), .long(1)], "2.2"),
    ("round", [.real(-50.55), .long(-2)], "-100"),
    ("round", [.real(21.5), .long(-1)], "20"),
    ("round", [.long(12_350), .long(-2)], "12400"),
    ("ceiling", [.real(-0.9)], "0"),
    ("tohex", [.long(-256)], "ffffffffffffff00"),
    ("tohex", [.int(-256), .long(8)], "ffffff00"),
    ("tohex", [.long(256), .long(8)], "00000100"),
    ("iff", [.bool(true), .long(1), .real(2.5)], "1"),
    ("coalesce", [.string(""), .string("b")], "b"),
    ("min_of", [.real(1.5), .long(2)], "1.5"),
    ("around", [.long(.min), .long(.max), .long(.max)], "false"),
  ] as [(String, [Value], String)])
  func numbers(name: String, arguments: [Value], expected: String) throws {
    #expect(try call(name, arguments).text == expected)
  }

  @Test(arguments: [
    ("make_datetime", [.long(2017), .long(10), .long(1), .long(12), .long(11), .real(0.1234567)], "2017-10-01T12:11:00.1234567Z"),
    ("make_datetime", [.long(2017), .long(2), .long(30)], ""),
    ("make_timespan", [.long(1), .long(12), .long(30), .real(55.123)], "1.12:30:55.1230000"),
    ("datetime_add", [.string("month"), .long(1), date("2024-01-31")], "2024-02-29T00:00:00.0000000Z"),
    ("datetime_part", [.string("dayOfYear"), date("2017-10-30 01:02:03.7654321")], "303"),
    ("datetime_part", [.string("week_of_year"), date("2017-10-30 01:02:03.7654321")], "44"),
    ("datetime_part", [.string("nanosecond"), date("2017-10-30 01:02:03.7654321")], "765432100"),
    ("startofweek", [date("2017-01-01 10:10:17"), .long(-1)], "2016-12-25T00:00:00.0000000Z"),
    ("endofmonth", [date("2017-01-01 10:10:17"), .long(1)], "2017-02-28T23:59:59.9999999Z"),
    ("format_datetime", [date("2017-01-29 09:00:05"), .string("yy-MM-dd [hh:mm:ss tt]")], "17-01-29 [09:00:05 AM]"),
    ("format_timespan", [span("29.09:00:05.12345"), .string("dd.hh:mm:ss:FF")], "29.09:00:05:12"),
    ("unixtime_seconds_todatetime", [.long(1_546_300_800)], "2019-01-01T00:00:00.0000000Z"),
    ("between", [date("2024-01-02"), date("2024-01-01"), span("1.00:00:00")], "true"),
    ("now", [span("01:00:00")], "2024-01-01T01:00:00.0000000Z"),
    ("ago", [span("1.00:00:00")], "2023-12-31T00:00:00.0000000Z"),
  ] as [(String, [Value], String)])
  func times(name: String, arguments: [Value], expected: String) throws {
    #expect(try call(name, arguments).text == expected)
  }

  @Test func unknownNamesAreDiagnosed() {
    #expect(throws: (any Error).self) { try call("datetime_part", [.string("eon"), Self.date("2024-01-01")]) }
    #expect(throws: (any Error).self) { try call("format_datetime", [Self.date("2024-01-01"), .string("yyyy!")]) }
    #expect(throws: (any Error).self) { try call("assert", [.bool(false), .string("no")]) }
    #expect(throws: (any Error).self) { try call("iff", [.bool(true), .long(1), .string("a")]) }
  }

  @Test func chanceIsSeeded() throws {
    let column = Vector.of(.long, (0..<100).map { .long($0) })
    let function = try #require(ScalarFunction.named("rand"))
    func numbers() throws -> [Value] {
      let bound = try BoundExpression.calling(function, [.literal(.long(10), .none)], at: .none)
      return try bound.evaluate(Chunk([column], count: 100), .forTests).values
    }
    let first = try numbers()
    #expect(first == (try numbers()))
    #expect(Set(first).count == 10)
  }

  @Test func namesAreUnique() {
    let names = ScalarFunction.all.map(\.name)
    #expect(Set(names).count == names.count)
    for function in ScalarFunction.all { #expect(!function.examples.isEmpty, "\(function.name)") }
  }
}
