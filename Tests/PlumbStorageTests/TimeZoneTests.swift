import Glibc
import PlumbDiagnostics
import Testing

@testable import PlumbEngine
@testable import PlumbStorage

/// Local times of zones, by the system's tz database and by files that tests make.
@Suite struct TimeZoneTests {
  // MARK: The system's zones

  private func zone(_ name: String) throws -> TimeZone {
    TimeZones.use(SystemTimeZones())
    return try #require(try TimeZones.named(name), "\(name)")
  }

  private func date(_ text: String) -> Int64 { text.withUTF8Bytes { DateTime.parse($0) } ?? -1 }

  static let known: [(utc: String, zone: String, local: String)] = [
    ("2020-02-02 19:02:20", "Europe/Paris", "2020-02-02T20:02:20.0000000Z"),
    ("2020-02-03 02:02:20", "America/Chicago", "2020-02-02T20:02:20.0000000Z"),
    ("2024-07-01 19:00", "us/pacific", "2024-07-01T12:00:00.0000000Z"),
    ("2024-01-15 01:00", "Australia/Sydney", "2024-01-15T12:00:00.0000000Z"),
    ("2024-06-15 02:30", "Australia/Adelaide", "2024-06-15T12:00:00.0000000Z"),
    // Before zones, in the war, with a rule of its own for Ramadan, and centuries after the last known change.
    ("1900-01-01 12:00", "Europe/Paris", "1900-01-01T12:09:21.0000000Z"),
    ("1943-07-01 12:00", "Europe/London", "1943-07-01T14:00:00.0000000Z"),
    ("1980-01-01 00:00", "Europe/Paris", "1980-01-01T01:00:00.0000000Z"),
    ("2011-12-30 12:00", "Pacific/Apia", "2011-12-31T02:00:00.0000000Z"),
    ("2024-03-20 12:00", "Africa/Casablanca", "2024-03-20T12:00:00.0000000Z"),
    ("2024-01-20 12:00", "Europe/Dublin", "2024-01-20T12:00:00.0000000Z"),
    ("9999-07-01 12:00", "America/New_York", "9999-07-01T08:00:00.0000000Z"),
    ("2500-12-31 23:59:59", "Europe/Berlin", "2501-01-01T00:59:59.0000000Z"),
    ("0001-01-01 12:00", "Asia/Tokyo", "0001-01-01T21:18:59.0000000Z"),
    ("2024-01-01", "UTC", "2024-01-01T00:00:00.0000000Z"), ("2024-01-01", "Etc/GMT+5", "2023-12-31T19:00:00.0000000Z"),
    ("2024-01-01", "Asia/Yangon (Rangoon)", "2024-01-01T06:30:00.0000000Z"),
    ("2024-01-01", "Türkiye", "2024-01-01T03:00:00.0000000Z"),
  ]

  @Test(arguments: known.indices) func localTime(_ place: Int) throws {
    let (utc, name, local) = Self.known[place]
    let ticks = try #require(try zone(name).local(fromUTC: date(utc)))
    #expect(DateTime.text(ticks) == local, "\(name) at \(utc)")
    #expect(try zone(name).utc(fromLocal: ticks) == date(utc), "\(name) at \(utc)")
  }

  /// As the documentation of Kusto has it, what clocks skip is taken by the offset after the change.
  @Test func timesThatClocksSkipOrShowTwice() throws {
    for (local, utc) in [
      ("2022-03-27 01:00", "2022-03-27 00:00"), ("2022-03-27 02:00", "2022-03-27 00:00"),
      ("2022-03-27 03:00", "2022-03-27 01:00"), ("2022-10-30 01:59", "2022-10-29 23:59"),
      ("2022-10-30 02:00", "2022-10-30 01:00"), ("2022-10-30 03:00", "2022-10-30 02:00"),
    ] {
      #expect(try zone("Europe/Brussels").utc(fromLocal: date(local)) == date(utc), "\(local)")
    }
  }

  @Test func everyZoneCanBeReadAndComesBack() throws {
    TimeZones.use(SystemTimeZones())
    let names = try TimeZones.names()
    #expect(names.count >= 590)
    #expect(names == names.sorted())
    for name in names {
      let zone = try #require(try TimeZones.named(name), "\(name)")
      // Every seventh hour of a year; in the hour before a change back, two moments share a local time.
      for hour in stride(from: 0, to: 8760, by: 7) {
        let utc = date("2024-01-02") + Int64(hour) * TimeSpan.hour
        let local = try #require(zone.local(fromUTC: utc), "\(name)")
        let back = try #require(zone.utc(fromLocal: local), "\(name)")
        #expect(zone.local(fromUTC: back) == local, "\(name)")
      }
    }
  }

  @Test func aMachineWithoutZones() {
    let source = SystemTimeZones(folders: ["/nowhere"])
    #expect(throws: Diagnostic.self) { try source.names() }
    #expect((try? source.file(ofZone: "Europe/Paris")) == .some(nil))
  }

  // MARK: Files that are made

  /// A file of version 2 with these changes, in seconds since 1970 and east of UTC.
  private func file(first: Int32, _ changes: [(time: Int64, offset: Int32)], rule: String) -> [UInt8] {
    func big<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
      (0..<T.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
    }
    var offsets = [first]
    for change in changes where !offsets.contains(change.offset) { offsets.append(change.offset) }
    func header(_ changes: Int, _ types: Int) -> [UInt8] {
      Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
        + [0, 0, 0, changes, types, 4].flatMap { big(Int32($0)) }
    }
    var bytes = header(0, 1) + big(first) + [0, 0] + Array("LMT\0".utf8) + header(changes.count, offsets.count)
    bytes += changes.flatMap { big($0.time) }
    bytes += changes.map { UInt8(offsets.firstIndex(of: $0.offset) ?? 0) }
    bytes += offsets.flatMap { big($0) + [0, 0] }
    return bytes + Array("LMT\0\n\(rule)\n".utf8)
  }

  /// Offsets of a list, found one after the other.
  private func naive(_ first: Int32, _ changes: [(time: Int64, offset: Int32)], at time: Int64) -> Int64 {
    Int64(changes.last { $0.time <= time }?.offset ?? first)
  }

  @Test func listedChanges() throws {
    var dice = RandomGenerator(seed: 11)
    for _ in 0..<200 {
      var time = Int64(dice.below(1 << 32)) - 6_000_000_000
      let changes = (0..<dice.below(40)).map { _ -> (time: Int64, offset: Int32) in
        time += Int64(dice.below(80_000_000)) + 200_000
        return (time, Int32(dice.below(100_000)) - 50_000)
      }
      let first = Int32(dice.below(50_000))
      let zone = try #require(TimeZoneFile.zone(named: "Test", in: file(first: first, changes, rule: "")))
      for _ in 0..<200 {
        let at = Int64(dice.below(12_000_000_000)) - 6_000_000_000
        let utc = DateTime.unixEpoch + at * TimeSpan.second
        #expect(zone.local(fromUTC: utc) == utc + naive(first, changes, at: at) * TimeSpan.second)
      }
    }
  }

  static let rules: [(rule: String, utc: String, local: String)] = [
    ("<+03>-3", "2024-07-01 00:00", "2024-07-01 03:00"), ("EST5", "2024-07-01 12:00", "2024-07-01 07:00"),
    ("CET-1CEST,M3.5.0,M10.5.0/3", "2024-03-31 00:59", "2024-03-31 01:59"),
    ("CET-1CEST,M3.5.0,M10.5.0/3", "2024-03-31 01:00", "2024-03-31 03:00"),
    ("CET-1CEST,M3.5.0,M10.5.0/3", "2024-10-27 01:00", "2024-10-27 02:00"),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", "2024-12-01 12:00", "2024-12-01 12:00"),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", "2024-07-01 12:00", "2024-07-01 13:00"),
    // The day before a Sunday as hours after it, and summer for the whole year.
    ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31 00:59", "2024-03-30 22:59"),
    ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31 01:00", "2024-03-31 00:00"),
    ("EST5EDT,0/0,J365/25", "2024-01-01 05:00", "2024-01-01 01:00"), ("EST5EDT,0/0,J365/25", "2023-12-31 23:00", "2023-12-31 19:00"),
    // The 29th of February counts in the one form of a day and not in the other.
    ("AAA0BBB,59,J60", "2024-02-29 03:00", "2024-02-29 04:00"), ("AAA0BBB,J60,J61", "2024-02-29 03:00", "2024-02-29 03:00"),
    ("AAA0BBB,J60,J61", "2024-03-01 03:00", "2024-03-01 04:00"),
    ("AAA0:30BBB-0:15:10,J60,J61", "2024-01-01 00:00", "2023-12-31 23:30"),
  ]

  @Test(arguments: rules.indices) func standingRules(_ place: Int) throws {
    let (rule, utc, local) = Self.rules[place]
    let zone = try #require(TimeZoneFile.zone(named: "Test", in: file(first: 0, [], rule: rule)), "\(rule)")
    #expect(zone.local(fromUTC: date(utc)).map { DateTime.text($0) } == DateTime.text(date(local)), "\(rule) at \(utc)")
    // 400 years later it is the same day of the week.
    let cycle = 146_097 * TimeSpan.day
    for cycles in [1, 5, 19] as [Int64] {
      #expect(zone.local(fromUTC: date(utc) + cycles * cycle) == date(local) + cycles * cycle, "\(rule) at \(utc), cycle \(cycles)")
    }
  }

  @Test func rulesThatAreNone() {
    for rule in ["E5", "EST", "EST5EDT", "EST5EDT,M3", "EST5EDT,M13.1.0,M10.1.0", "EST5EDT,M3.2.0,M11.1.0,", "EST25", "<+03-3", "EST5EDT,M3.2.0/200,M11.1.0", "EST5 "] {
      #expect(TimeZoneRule(rule.utf8) == nil, "\(rule)")
    }
  }

  @Test func damagedFiles() throws {
    let whole = file(first: 100, [(1_000_000, 3600), (2_000_000, 0)], rule: "CET-1CEST,M3.5.0,M10.5.0/3")
    #expect(TimeZoneFile.zone(named: "Test", in: whole) != nil)
    for count in 0..<whole.count - 1 { #expect(TimeZoneFile.zone(named: "Test", in: Array(whole.prefix(count))) == nil, "\(count)") }
    var dice = RandomGenerator(seed: 5)
    for _ in 0..<5000 {
      var bytes = whole
      for _ in 0...dice.below(3) { bytes[Int(dice.below(UInt64(bytes.count)))] = UInt8(truncatingIfNeeded: dice.next()) }
      // It is a zone or none; either way nothing ends the process.
      if let zone = TimeZoneFile.zone(named: "Test", in: bytes) {
        for text in ["0001-01-01", "1970-01-13", "2024-07-01", "9999-12-31"] { _ = zone.local(fromUTC: date(text)) }
      }
    }
  }
}
