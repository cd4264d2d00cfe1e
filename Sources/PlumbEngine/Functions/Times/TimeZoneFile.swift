import PlumbDiagnostics

/// A compiled time zone as the tz database's `zic` writes it: TZif of RFC 9636, versions 1 to 4.
struct TimeZoneFile {
  private let bytes: [UInt8]

  /// The counts of a block, in the order of its header.
  private struct Counts {
    let utcFlags, standardFlags, leaps, changes, types, letters: Int

    func size(ofTime width: Int) -> Int {
      changes * (width + 1) + types * 6 + letters + leaps * (width + 4) + standardFlags + utcFlags
    }
  }

  private static let headerSize = 44

  /// The zone in a file; nil if the bytes are not such a file, or are cut off.
  static func zone(named name: String, in bytes: [UInt8]) -> TimeZone? {
    TimeZoneFile(bytes: bytes).zone(named: name)
  }

  private func zone(named name: String) -> TimeZone? {
    guard let first = counts(at: 0) else { return nil }
    if bytes[4] == 0 { return zone(named: name, at: Self.headerSize, first, width: 4, rule: nil) }
    // A second block has times of 64 bits, followed by a rule.
    let second = Self.headerSize + first.size(ofTime: 4)
    guard let counts = counts(at: second) else { return nil }
    let start = second + Self.headerSize
    let end = start + counts.size(ofTime: 8)
    guard end < bytes.count, bytes[end] == .newline else { return nil }
    let footer = bytes[(end + 1)...].prefix { $0 != .newline }
    guard footer.endIndex < bytes.count else { return nil }
    var rule: TimeZoneRule?
    if !footer.isEmpty {
      rule = TimeZoneRule(footer)
      if rule == nil { return nil }
    }
    return zone(named: name, at: start, counts, width: 8, rule: rule)
  }

  private func counts(at place: Int) -> Counts? {
    guard place >= 0, place + Self.headerSize <= bytes.count, bytes[place..<(place + 4)].elementsEqual("TZif".utf8) else { return nil }
    let numbers = (0..<6).map { Int(number(at: place + 20 + $0 * 4, width: 4)) }
    // No zone has larger counts than this; sums of such counts do not overflow.
    guard numbers.allSatisfy({ (0...1 << 20).contains($0) }), numbers[4] > 0 else { return nil }
    return Counts(
      utcFlags: numbers[0], standardFlags: numbers[1], leaps: numbers[2], changes: numbers[3], types: numbers[4],
      letters: numbers[5])
  }

  private func zone(named name: String, at start: Int, _ counts: Counts, width: Int, rule: TimeZoneRule?) -> TimeZone? {
    guard start + counts.size(ofTime: width) <= bytes.count else { return nil }
    let types = start + counts.changes * (width + 1)
    func offset(ofType type: Int) -> Int64? {
      guard type < counts.types else { return nil }
      let seconds = number(at: types + type * 6, width: 4)
      return abs(seconds) <= 48 * 3600 ? seconds * TimeSpan.second : nil
    }
    guard var first = offset(ofType: 0) else { return nil }
    var changes: [(utc: Int64, offset: Int64)] = []
    var latest = Int64.min
    for place in 0..<counts.changes {
      let time = number(at: start + place * width, width: width)
      guard time > latest, let offset = offset(ofType: Int(bytes[start + counts.changes * width + place])) else { return nil }
      latest = time
      if let utc = DateTime.fromUnix(time, unit: TimeSpan.second) {
        changes.append((utc, offset))
      } else if time < 0 {
        // Before year 1: the offset with which the zone begins.
        first = offset
      }
    }
    return TimeZone(name: name, first: first, changes: changes, rule: rule)
  }

  /// A big-endian number with a sign.
  private func number(at place: Int, width: Int) -> Int64 {
    let bits = bytes[place..<(place + width)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return width == 4 ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
  }
}
