/// A time zone: the offset of its clocks from UTC, and since when.
///
/// - Note: times before the first change of a zone have its earliest offset, and those after the last known one follow its
///     rule for ever, as RFC 9636 specifies.
package final class TimeZone: Sendable {
  package let name: String
  /// UTC ticks at which the offset changes, in ascending order.
  private let changes: [Int64]
  /// Local ticks from which the offset after each change applies: the earlier of the two that clocks show at that moment.
  private let localChanges: [Int64]
  /// Ticks east of UTC before the first change, and after each.
  private let offsets: [Int64]
  /// From this moment on, the changes repeat those of some cycles earlier; nil for zones without summer time.
  private let repeatsFrom: Int64?

  /// The Gregorian calendar, days of the week included, repeats after 400 years.
  private static let cycle: Int64 = 146_097 &* TimeSpan.day

  /// A zone of one offset, in ticks.
  init(name: String, offset: Int64) {
    self.name = name
    changes = []
    localChanges = []
    offsets = [offset]
    repeatsFrom = nil
  }

  /// - Parameters:
  ///   - changes: the changes listed in a file, in ascending order.
  ///   - rule: applies after the last of them.
  init(name: String, first: Int64, changes listed: [(utc: Int64, offset: Int64)], rule: TimeZoneRule?) {
    self.name = name
    var all = listed
    var repeatsFrom: Int64?
    if let rule {
      let last = listed.last?.utc ?? DateTime.min
      let year = DateTime.civil(last).year
      // From the second of these years on, every change follows the rule.
      if rule.hasSummer { repeatsFrom = TimeZoneRule.moment(ofYear: year + 402) }
      for change in rule.changes(inYears: year...(year + 402)) where change.utc > last || listed.isEmpty {
        if change.offset != all.last?.offset ?? first { all.append(change) }
      }
    }
    changes = all.map(\.utc)
    offsets = [first] + all.map(\.offset)
    let before = offsets
    localChanges = all.indices.map { all[$0].utc &+ Swift.min(before[$0], before[$0 + 1]) }
    self.repeatsFrom = repeatsFrom
  }

  /// Local ticks for UTC ticks; nil outside the range of datetime.
  package func local(fromUTC ticks: Int64) -> Int64? {
    DateTime.adding(offset(changes, at: inCycle(ticks)), to: ticks)
  }

  /// UTC ticks for local ticks; nil outside the range of datetime.
  ///
  /// A time that clocks show twice is taken as the second, and one that they skip uses the offset after the change, so that
  /// an hour is never longer than it was.
  package func utc(fromLocal ticks: Int64) -> Int64? {
    DateTime.adding(0 &- offset(localChanges, at: inCycle(ticks)), to: ticks)
  }

  private func inCycle(_ ticks: Int64) -> Int64 {
    guard let repeatsFrom, ticks >= repeatsFrom else { return ticks }
    return ticks &- ((ticks &- repeatsFrom) / Self.cycle &+ 1) &* Self.cycle
  }

  /// The offset after the last change at or before a moment.
  private func offset(_ changes: [Int64], at moment: Int64) -> Int64 {
    var (low, high) = (0, changes.count)
    while low < high {
      let middle = (low &+ high) &>> 1
      if changes[middle] <= moment { low = middle &+ 1 } else { high = middle }
    }
    return offsets[low]
  }
}
