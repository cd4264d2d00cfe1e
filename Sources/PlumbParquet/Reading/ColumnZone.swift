import PlumbEngine

/// What the statistics of a leaf column in a row group say about its values.
struct ColumnZone {
  let zone: ZoneRange
  /// What the values are checked against when they are read, since scans rely on it.
  let promise: Promise

  enum Promise: Sendable {
    case none
    case within(ClosedRange<Int64>)
    case allNull

    /// Whether all integers are known to fit into 32 bits.
    var fitsNarrow: Bool {
      switch self {
      case .none: false
      case .within(let bounds): bounds.lowerBound >= Int64(Int32.min) && bounds.upperBound <= Int64(Int32.max)
      case .allNull: true
      }
    }
  }

  init(_ place: ChunkPlace, _ leaf: LeafType, isOptional: Bool) {
    let isAllNull = isOptional && place.nullCount == place.valueCount
    var hasNulls = isOptional && place.nullCount != 0
    var words: ClosedRange<Int64>?
    var promise = Promise.none
    var floats: ClosedRange<Double>?
    switch leaf.type {
    case .int, .long, .datetime, .timespan:
      if isAllNull {
        promise = .allNull
      } else if let found = Self.words(place, leaf) {
        promise = .within(found.range)
        words = found.range
        hasNulls = hasNulls || found.hasOutsiders
      } else {
        words = ZoneRange.unknown(leaf.type).words
        // Values without an equivalent in KQL become null.
        hasNulls = hasNulls || leaf.type == .datetime || leaf.type == .timespan
      }
    case .real:
      // Bounds exclude NaN, which counts as outside of them.
      if place.nanCount == 0, let low = Self.real(place.low), let high = Self.real(place.high), low <= high {
        floats = low...high
      }
    case .bool, .decimal, .string, .guid, .dynamic: hasNulls = true
    }
    zone = ZoneRange(words: words, floats: floats, hasNulls: hasNulls)
    self.promise = promise
  }

  /// Returns the bounds in the lane of the type, and whether stored values beyond its range become null.
  private static func words(_ place: ChunkPlace, _ leaf: LeafType) -> (range: ClosedRange<Int64>, hasOutsiders: Bool)? {
    let low: Int64, high: Int64
    switch (leaf.storage, leaf.meaning) {
    case (.int32, .unsigned):
      guard place.hasTypedBounds, let least = place.low?.int32, let most = place.high?.int32 else { return nil }
      (low, high) = (Int64(UInt32(bitPattern: least)), Int64(UInt32(bitPattern: most)))
    case (.int32, .value), (.int32, .ticks):
      guard let least = place.low?.int32, let most = place.high?.int32 else { return nil }
      (low, high) = (Int64(least), Int64(most))
    case (.int64, .value), (.int64, .ticks):
      guard let least = place.low?.int64, let most = place.high?.int64 else { return nil }
      (low, high) = (least, most)
    default: return nil
    }
    guard low <= high else { return nil }
    guard case .ticks(let scale) = leaf.meaning else { return (low...high, false) }
    guard low <= scale.range.upperBound, high >= scale.range.lowerBound else { return nil }
    let first = scale.ticks(max(low, scale.range.lowerBound)), last = scale.ticks(min(high, scale.range.upperBound))
    return (first...last, low < scale.range.lowerBound || high > scale.range.upperBound)
  }

  private static func real(_ bound: StatisticsBound?) -> Double? {
    guard let number = bound?.double ?? bound?.float.map(Double.init), !number.isNaN else { return nil }
    // Zeros of either sign may have been treated as equal.
    return number
  }
}
