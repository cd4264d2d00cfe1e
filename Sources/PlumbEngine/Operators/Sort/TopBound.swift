/// The value that the first key of a row must reach for a `top` to keep it: workers raise it as they
/// find better rows, and the scan skips the row groups that are entirely beyond it.
final class TopBound: Sendable {
  /// The column of the scanned table.
  let column: Int
  private let isDescending: Bool
  private let nullsFirst: Bool
  private let worst = LockedValue<Value?>(nil)

  init(column: Int, isDescending: Bool, nullsFirst: Bool) {
    self.column = column
    self.isDescending = isDescending
    self.nullsFirst = nullsFirst
  }

  /// Records that as many rows as are wanted are at least as good as `value`.
  func raise(to value: Value) {
    worst.withLock { worst in
      if worst.map({ value.comes(before: $0, isDescending: isDescending) }) ?? true { worst = value }
    }
  }

  /// Whether no row of a group with these bounds can be kept; equal keys can.
  func excludes(_ zone: ZoneRange) -> Bool {
    guard let worst = worst.withLock({ $0 }), !(nullsFirst && zone.hasNulls) else { return false }
    switch worst {
    case .int, .long, .datetime, .timespan:
      guard let words = zone.words else { return false }
      return isDescending ? words.upperBound < worst.ticks : words.lowerBound > worst.ticks
    case .real(let number):
      guard let floats = zone.floats else { return false }
      return isDescending ? floats.upperBound < number : floats.lowerBound > number
    case .null, .bool, .decimal, .string, .guid, .dynamic: return false
    }
  }

  /// Whether the group with the first bounds may have better rows than the one with the others.
  func promisesMore(_ zone: ZoneRange, _ other: ZoneRange) -> Bool {
    if let a = zone.words, let b = other.words {
      return isDescending ? a.upperBound > b.upperBound : a.lowerBound < b.lowerBound
    }
    if let a = zone.floats, let b = other.floats {
      return isDescending ? a.upperBound > b.upperBound : a.lowerBound < b.lowerBound
    }
    // Groups without bounds come first: they must be read in any case.
    return zone.words == nil && zone.floats == nil && (other.words != nil || other.floats != nil)
  }
}

extension Value {
  /// Whether the first of two numbers sorts before the other; false for values that are not numbers.
  func comes(before other: Value, isDescending: Bool) -> Bool {
    if case .real(let a) = self, case .real(let b) = other { return isDescending ? a > b : a < b }
    return isDescending ? ticks > other.ticks : ticks < other.ticks
  }
}
