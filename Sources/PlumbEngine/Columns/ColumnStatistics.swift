/// Statistics of a table's column, known before any row is read: the bounds of each row group and of all of them, and the
/// dictionary that they share.
///
/// Computed on first use and cached by the table, which never changes.
final class ColumnStatistics: Sendable {
  /// The bounds over all groups, and whether any has nulls.
  let zone: ZoneRange
  /// For each group the bounds in the order of the values, as `ZoneTest` compares them; the widest if unknown.
  let lows: [Int64]
  let highs: [Int64]
  /// Whether every row of the group has a value, and the bounds are known.
  let areFirm: [Bool]
  /// The dictionary of all groups' codes; nil if they have none or several.
  let dictionary: StringDictionary?

  init(_ groups: [RowGroup], column: Int, hasTexts: Bool) {
    var whole = ZoneRange(words: nil, floats: nil, hasNulls: false)
    var lows: [Int64] = [], highs: [Int64] = []
    var areFirm: [Bool] = []
    lows.reserveCapacity(groups.count)
    highs.reserveCapacity(groups.count)
    areFirm.reserveCapacity(groups.count)
    for group in groups {
      let zone = group.zones[column]
      whole.hasNulls = whole.hasNulls || zone.hasNulls
      if let words = zone.words { whole.words = whole.words.map { $0.joined(with: words) } ?? words }
      if let floats = zone.floats { whole.floats = whole.floats.map { $0.joined(with: floats) } ?? floats }
      let bounds = zone.words ?? zone.floats.map { ordered($0.lowerBound)...ordered($0.upperBound) }
      lows.append(bounds?.lowerBound ?? .min)
      highs.append(bounds?.upperBound ?? .max)
      areFirm.append(bounds != nil && !zone.hasNulls)
    }
    zone = whole
    self.lows = lows
    self.highs = highs
    self.areFirm = areFirm
    // A dictionary that cannot be read is reported when the rows are read.
    let first = hasTexts ? groups.first.flatMap { try? $0.dictionary(column) } : nil
    dictionary = first != nil && groups.allSatisfy { (try? $0.dictionary(column)) === first } ? first : nil
  }
}

/// A whole number that orders as the reals do; NaN has no position in the order.
func ordered(_ number: Double) -> Int64 {
  let bits = Int64(bitPattern: (number == 0 ? 0.0 : number).bitPattern)
  return bits < 0 ? bits ^ .max : bits
}

extension ClosedRange {
  /// From the lower of both lower bounds to the higher of both upper bounds.
  func joined(with other: Self) -> Self {
    Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
  }
}
