import Testing

@testable import PlumbEngine

@Suite struct DateTimeTests {
  @Test(arguments: [
    ("2014-05-25T08:20:03.123456Z", "2014-05-25T08:20:03.1234560Z"),
    ("2014-05-25T08:20:03.123456", "2014-05-25T08:20:03.1234560Z"),
    ("2014-05-25T08:20", "2014-05-25T08:20:00.0000000Z"),
    ("2014-11-08 15:55:55.123456Z", "2014-11-08T15:55:55.1234560Z"),
    ("2014-11-08 15:55", "2014-11-08T15:55:00.0000000Z"),
    ("2014-11-08", "2014-11-08T00:00:00.0000000Z"),
    ("2014-11", "2014-11-01T00:00:00.0000000Z"),
    ("2014-05-25T08:20:03+02:00", "2014-05-25T06:20:03.0000000Z"),
    ("2014-05-25T08:20:03.5-0730", "2014-05-25T15:50:03.5000000Z"),
    ("Sat, 8 Nov 14 15:05:02 GMT", "2014-11-08T15:05:02.0000000Z"),
    ("Sat, 8 Nov 14 15:05", "2014-11-08T15:05:00.0000000Z"),
    ("8 Nov 14 15:05 GMT", "2014-11-08T15:05:00.0000000Z"),
    ("8 Nov 2014 15:05:02", "2014-11-08T15:05:02.0000000Z"),
    ("Saturday, 08-Nov-14 15:05:02 GMT", "2014-11-08T15:05:02.0000000Z"),
    ("08-Nov-14 15:05", "2014-11-08T15:05:00.0000000Z"),
    ("2014-11-08T15:05:25 GMT", "2014-11-08T15:05:25.0000000Z"),
    ("2014-1-8 5:05", "2014-01-08T05:05:00.0000000Z"),
    ("6/15/2009 1:45:30.617 PM", "2009-06-15T13:45:30.6170000Z"),
    ("12/31/2015", "2015-12-31T00:00:00.0000000Z"),
    ("0001-01-01", "0001-01-01T00:00:00.0000000Z"),
    ("9999-12-31T23:59:59.9999999", "9999-12-31T23:59:59.9999999Z"),
    ("2016-02-29", "2016-02-29T00:00:00.0000000Z"),
    ("  2016-02-29  ", "2016-02-29T00:00:00.0000000Z"),
  ])
  func reads(_ text: String, _ expected: String) {
    #expect(DateTime.parse(text).map(DateTime.text) == expected)
  }

  @Test(arguments: [
    "", "x", "2014-13-01", "2015-02-29", "2014-11-08T25:00:00", "2014-11-08T15:05:02X", "2014-11-08T",
    "99999-01-01", "0001-01-01T00:00:00+01:00", "8 Foo 2014", "2014-11-08T15:05:02.", "-1", "12", "13/13/2015",
    "2014-11-08 13:00 PM",
  ])
  func refuses(_ text: String) { #expect(DateTime.parse(text) == nil) }

  @Test func roundTrips() {
    var random = RandomGenerator(seed: 1)
    for _ in 0..<5000 {
      let ticks = Int64(random.below(UInt64(DateTime.max) + 1))
      #expect(DateTime.parse(DateTime.text(ticks)) == ticks)
      #expect(DateTime.ticks(DateTime.civil(ticks)) == ticks)
    }
    for day in stride(from: 0, through: 3_652_058, by: 7) {
      let (y, m, d) = DateTime.date(day: day)
      #expect(DateTime.dayNumber(year: y, month: m, day: d) == day)
    }
  }

  @Test(arguments: [
    ("year", "2017-01-01", "2000-12-31", 17), ("quarter", "2017-07-01", "2017-03-30", 2),
    ("month", "2017-01-01", "2015-12-30", 13), ("week", "2017-10-29 00:00", "2017-09-30 23:59", 5),
    ("day", "2017-10-29 00:00", "2017-09-30 23:59", 29), ("hour", "2017-10-31 01:00", "2017-10-30 23:59", 2),
    ("minute", "2017-10-30 23:05:01", "2017-10-30 23:00:59", 5),
    ("second", "2017-10-30 23:00:10.100", "2017-10-30 23:00:00.900", 10),
    ("millisecond", "2017-10-30 23:00:00.200100", "2017-10-30 23:00:00.100900", 100),
    ("microsecond", "2017-10-30 23:00:00.1009001", "2017-10-30 23:00:00.1008009", 100),
    ("nanosecond", "2017-10-30 23:00:00.0000000", "2017-10-30 23:00:00.0000007", -700),
  ])
  func counts(_ part: String, _ later: String, _ earlier: String, _ expected: Int64) throws {
    let part = try #require(part.withUTF8Bytes { CalendarPart($0) })
    let a = try #require(DateTime.parse(later))
    let b = try #require(DateTime.parse(earlier))
    #expect(DateTime.difference(part, a, b) == expected)
  }

  @Test(arguments: [
    (CalendarPart.year, -5, "2012-01-01"), (.quarter, 12, "2020-01-01"), (.month, -15, "2015-10-01"),
    (.week, 100, "2018-12-02"), (.hour, 24, "2017-01-02"), (.nanosecond, 99, "2017-01-01"),
  ])
  func moves(_ part: CalendarPart, _ amount: Int64, _ expected: String) throws {
    let start = try #require(DateTime.parse("2017-01-01"))
    #expect(DateTime.add(part, amount, to: start) == DateTime.parse(expected))
    #expect(DateTime.add(part, .max, to: start) == nil || part == .nanosecond)
  }

  @Test func startsAndEnds() throws {
    let ticks = try #require(DateTime.parse("2017-01-01T10:10:17"))
    #expect(DateTime.start(of: .week, ticks).map(DateTime.text) == "2017-01-01T00:00:00.0000000Z")
    #expect(DateTime.start(of: .week, ticks, offset: -1).map(DateTime.text) == "2016-12-25T00:00:00.0000000Z")
    #expect(DateTime.end(of: .week, ticks).map(DateTime.text) == "2017-01-07T23:59:59.9999999Z")
    #expect(DateTime.end(of: .month, ticks, offset: 1).map(DateTime.text) == "2017-02-28T23:59:59.9999999Z")
    #expect(DateTime.end(of: .year, ticks, offset: -1).map(DateTime.text) == "2016-12-31T23:59:59.9999999Z")
    #expect(DateTime.end(of: .year, DateTime.max) == DateTime.max)
    #expect(DateTime.start(of: .day, ticks, offset: .max) == nil)
    #expect(DateTime.dayOfWeek(ticks) == 0)
    #expect(DateTime.weekOfYear(ticks) == 52)
    #expect(DateTime.dayOfYear(try #require(DateTime.parse("2016-12-31"))) == 366)
  }

  @Test(arguments: [
    ("yy-MM-dd [HH:mm:ss]", "17-01-29 [09:00:05]"), ("yyyy-M-dd [H:mm:ss]", "2017-1-29 [9:00:05]"),
    ("yy-MM-dd [hh:mm:ss tt]", "17-01-29 [09:00:05 AM]"), ("fffffff F FFF", "1200500 1 12"), ("w", "bad"),
    ("yyy", "bad"),
  ])
  func formats(_ format: String, _ expected: String) throws {
    let ticks = try #require(DateTime.parse("2017-01-29 09:00:05.12005"))
    let text = printed { out in
      let isGood = format.withUTF8Bytes { DateTime.format(ticks, $0, to: &out) }
      if !isGood { out.append("bad" as StaticString) }
    }
    #expect(text == expected)
  }

  @Test(arguments: [
    ("0.00:03:00", "00:03:00"), ("2d", "2.00:00:00"), ("1.5h", "01:30:00"), ("30m", "00:30:00"),
    ("100ms", "00:00:00.1000000"), ("10microsecond", "00:00:00.0000100"), ("1tick", "00:00:00.0000001"),
    ("15 seconds", "00:00:15"), ("2", "2.00:00:00"), ("0.12:34:56.7", "12:34:56.7000000"), ("00:01", "00:01:00"),
    ("-1.02:03:04.5", "-1.02:03:04.5000000"), ("1:02:03:04", "1.02:03:04"), ("-3d", "-3.00:00:00"),
    ("10675199.02:48:05.4775807", "10675199.02:48:05.4775807"),
    ("-10675199.02:48:05.4775808", "-10675199.02:48:05.4775808"),
  ])
  func readsSpans(_ text: String, _ expected: String) {
    #expect(TimeSpan.parse(text).map(TimeSpan.text) == expected)
  }

  @Test(arguments: ["", "1w", "24:00", "00:60", "1:2:3:4:5", "d", "1.2.3", "10675199.02:48:05.4775808", "99999999999d", ":"])
  func refusesSpans(_ text: String) { #expect(TimeSpan.parse(text) == nil) }

  @Test func spansRoundTrip() {
    var random = RandomGenerator(seed: 2)
    for _ in 0..<5000 {
      let ticks = Int64(bitPattern: random.next()) >> Int64(random.below(60))
      #expect(TimeSpan.parse(TimeSpan.text(ticks)) == ticks)
    }
    #expect(TimeSpan.parse(TimeSpan.text(.min)) == .min)
    #expect(
      printed { out in _ = "ddd.h:mm:ss [fffffff]".withUTF8Bytes { TimeSpan.format(25_380_051_234_500, $0, to: &out) } }
        == "029.9:00:05 [1234500]")
  }
}
