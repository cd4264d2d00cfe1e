import Testing

@testable import PlumbEngine

/// Kernels over columns against a naive loop, on seeded random rows with nulls.
@Suite struct NumberKernelTests {
  private let rows = 1003

  private func words(_ seed: UInt64, in range: ClosedRange<Int64>, nullEvery: UInt64 = 7) -> [Int64?] {
    var generator = RandomGenerator(seed: seed)
    return (0..<rows).map { _ in
      generator.below(nullEvery) == 0 ? nil : Int64.random(in: range, using: &generator)
    }
  }

  @Test(arguments: [1, 2, 3, 7, 10, 1000, 36_000_000_000, 864_000_000_000, 1 << 40, Int64.max])
  func binOnLongs(step: Int64) throws {
    let ranges: [ClosedRange<Int64>] = [-50...50, -1_000_000_000_000...1_000_000_000_000, Int64.min...Int64.max]
    for range in ranges {
      let input = words(UInt64(bitPattern: step), in: range)
      let expected = input.map { (x: Int64?) -> Value in
        guard let x else { return .null(.long) }
        var rest = x % step
        if rest < 0 { rest += step }
        let (floor, overflow) = x.subtractingReportingOverflow(rest)
        return overflow ? .null(.long) : .long(floor)
      }
      let column = Vector.of(.long, input.map { $0.map { .long($0) } })
      #expect(try call("bin", columns: [column], [.long(step)]).values == expected)
      let steps = Vector.of(.long, input.map { _ in .long(step) })
      #expect(try call("bin", columns: [column, steps]).values == expected)
    }
  }

  @Test func calendarPartsOfDatetimes() throws {
    let input = words(11, in: 0...DateTime.max)
    let column = Vector.of(.datetime, input.map { $0.map { .datetime($0) } })
    func check(_ name: String, _ body: (Int64) -> Value) throws {
      let expected = input.map { $0.map(body) }
      let found = try call(name, columns: [column]).values
      for (a, b) in zip(found, expected) { #expect(a == b ?? .null(a.type), "\(name)") }
    }
    try check("getyear") { .int(Int32(DateTime.civil($0).year)) }
    try check("monthofyear") { .int(Int32(DateTime.civil($0).month)) }
    try check("dayofmonth") { .int(Int32(DateTime.civil($0).day)) }
    try check("dayofyear") { .int(Int32(DateTime.dayOfYear($0))) }
    try check("hourofday") { .int(Int32(DateTime.civil($0).hour)) }
    try check("dayofweek") { .timespan(Int64(DateTime.dayOfWeek($0)) * TimeSpan.day) }
    for (part, name) in [(CalendarPart.day, "day"), (.week, "week"), (.month, "month"), (.year, "year")] {
      try check("startof\(name)") { DateTime.start(of: part, $0).map { .datetime($0) } ?? .null(.datetime) }
      try check("endof\(name)") { DateTime.end(of: part, $0).map { .datetime($0) } ?? .null(.datetime) }
    }
  }

  @Test(arguments: CalendarPart.allCases)
  func datetimeDifferences(part: CalendarPart) throws {
    let later = words(3, in: 0...DateTime.max), earlier = words(4, in: 0...DateTime.max)
    let found = try call(
      "datetime_diff",
      columns: [
        .of(.string, later.map { _ in .string("\(part.name)") }),
        .of(.datetime, later.map { $0.map { .datetime($0) } }),
        .of(.datetime, earlier.map { $0.map { .datetime($0) } }),
      ])
    let function = try #require(ScalarFunction.named("datetime_diff"))
    let bound = try BoundExpression.calling(
      function,
      [.literal(.string("\(part.name)"), .none), .column(0, .datetime, .none), .column(1, .datetime, .none)],
      at: .none)
    let columns = [later, earlier].map { Vector.of(.datetime, $0.map { $0.map { .datetime($0) } }) }
    let constant = try bound.evaluate(Chunk(columns, count: rows), .forTests)
    for row in 0..<rows {
      var expected = Value.null(.long)
      if let a = later[row], let b = earlier[row] { expected = .long(DateTime.difference(part, a, b)) }
      #expect(found.value(at: row) == expected)
      #expect(constant.value(at: row) == expected)
    }
  }

  @Test func choicesWithNulls() throws {
    let flags = words(5, in: 0...1).map { $0.map { Value.bool($0 == 1) } }
    let a = words(6, in: -9...9).map { $0.map { Value.long($0) } }
    let b = words(8, in: -9...9).map { $0.map { Value.long($0) } }
    let columns = [Vector.of(.bool, flags), .of(.long, a), .of(.long, b)]
    let found = try call("iff", columns: columns).values
    let constant = try call("iff", columns: Array(columns.prefix(2)), [.long(5)]).values
    let text = try call("iff", columns: [columns[0]], [.string("yes"), .string("no")]).values
    let present = try call("coalesce", columns: Array(columns.dropFirst()), [.long(77)]).values
    let greatest = try call("max_of", columns: Array(columns.dropFirst())).values
    for row in 0..<rows {
      let isTrue = flags[row] == .bool(true)
      #expect(found[row] == (isTrue ? a[row] : b[row]) ?? .null(.long))
      #expect(constant[row] == (isTrue ? a[row] ?? .null(.long) : .long(5)))
      #expect(text[row] == .string(isTrue ? "yes" : "no"))
      #expect(present[row] == a[row] ?? b[row] ?? .long(77))
      guard case .long(let x)? = a[row], case .long(let y)? = b[row] else {
        #expect(greatest[row] == a[row] ?? b[row] ?? .null(.long))
        continue
      }
      #expect(greatest[row] == .long(max(x, y)))
    }
  }

  @Test func casesOfTextsAreCodes() throws {
    let flags = words(9, in: 0...2)
    let conditions = (0...1).map { k in
      Vector.of(.bool, flags.map { $0.map { .bool($0 == k) } })
    }
    let function = try #require(ScalarFunction.named("case"))
    let bound = try BoundExpression.calling(
      function,
      [
        .column(0, .bool, .none), .literal(.string("zero"), .none), .column(1, .bool, .none),
        .literal(.string("one"), .none), .literal(.string("zero"), .none),
      ], at: .none)
    let found = try bound.evaluate(Chunk(conditions, count: rows), .forTests)
    #expect(found.encoding == .codes8)
    for row in 0..<rows { #expect(found.value(at: row) == .string(flags[row] == 1 ? "one" : "zero")) }
  }

  @Test func betweenConstantsAndColumns() throws {
    let input = words(10, in: -20...20), lows = words(12, in: -20...0), highs = words(13, in: 0...20)
    let columns = [input, lows, highs].map { Vector.of(.long, $0.map { $0.map { .long($0) } }) }
    let found = try call("between", columns: columns).values
    let constant = try call("!between", columns: [columns[0]], [.long(-5), .long(5)]).values
    for row in 0..<rows {
      if let x = input[row], let low = lows[row], let high = highs[row] {
        #expect(found[row] == .bool(x >= low && x <= high))
      } else {
        #expect(found[row].isNull)
      }
      #expect(constant[row] == input[row].map { .bool($0 < -5 || $0 > 5) } ?? .null(.bool))
    }
  }
}
