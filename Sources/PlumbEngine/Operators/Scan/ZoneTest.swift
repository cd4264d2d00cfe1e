/// What the bounds of a table's row groups imply for a scan's conditions.
struct ZoneVerdict {
  /// Whether a group can have rows that pass.
  private(set) var canMatch: [Bool]
  /// For each group the conditions that all of its rows meet, a bit each; for the first 64.
  private(set) var satisfied: [UInt64]

  init(_ table: Table, columns: [Int], _ filters: [BoundExpression]) {
    let count = table.groups.count
    canMatch = [Bool](repeating: true, count: count)
    satisfied = [UInt64](repeating: 0, count: count)
    for (place, filter) in filters.enumerated() {
      let tests = ZoneTest.tests(of: filter)
      if tests.isEmpty { continue }
      var mustMatch = [Bool](repeating: true, count: count)
      for test in tests { test.judge(table.facts(columns[test.column]), canMatch: &canMatch, mustMatch: &mustMatch) }
      if place >= 64 { continue }
      for group in 0..<count where mustMatch[group] { satisfied[group] |= 1 &<< UInt64(place) }
    }
  }
}

/// A comparison of a column with a constant, as a test of a row group's bounds.
struct ZoneTest {
  let column: Int
  private let comparison: Comparison
  /// The constant in the order of the column's bounds.
  private let constant: Int64

  /// The tests that are together equivalent to a comparison or `between`; empty for other expressions.
  static func tests(of expression: BoundExpression) -> [ZoneTest] {
    guard case .call(let call) = expression else { return [] }
    if call.traits.meaning == .range(isOutside: false), call.arguments.count == 3, case .column(let index, let type, _) = call.arguments[0],
      let low = call.arguments[1].constant, let high = call.arguments[2].constant, low.type == type, high.type == type
    {
      guard let above = ZoneTest(column: index, type, .greaterOrEqual, low),
        let below = ZoneTest(column: index, type, .lessOrEqual, high)
      else { return [] }
      return [above, below]
    }
    guard call.arguments.count == 2, let comparison = call.traits.meaning?.comparison else { return [] }
    switch (call.arguments[0], call.arguments[1]) {
    case (.column(let index, let type, _), .literal(let value, _)):
      return [ZoneTest(column: index, type, comparison, value)].compactMap { $0 }
    case (.literal(let value, _), .column(let index, let type, _)):
      return [ZoneTest(column: index, type, comparison.mirrored, value)].compactMap { $0 }
    default: return []
    }
  }

  private init?(column: Int, _ type: ScalarType, _ comparison: Comparison, _ constant: Value) {
    self.column = column
    self.comparison = comparison
    switch constant {
    case .int, .long, .datetime, .timespan:
      guard type.lane == .word else { return nil }
      self.constant = constant.ticks
    case .real(let number):
      guard type.lane == .float, !number.isNaN else { return nil }
      self.constant = ordered(number)
    case .null, .bool, .decimal, .string, .guid, .dynamic: return nil
    }
  }

  /// Marks the groups in which no row can pass, and those in which not every row must.
  func judge(_ facts: ColumnStatistics, canMatch: inout [Bool], mustMatch: inout [Bool]) {
    let value = constant
    switch comparison {
    case .equal: note(facts, &canMatch, &mustMatch) { ($0 <= value && value <= $1, $0 == value && $1 == value) }
    case .notEqual: note(facts, &canMatch, &mustMatch) { (true, value < $0 || value > $1) }
    case .less: note(facts, &canMatch, &mustMatch) { low, high in (low < value, high < value) }
    case .lessOrEqual: note(facts, &canMatch, &mustMatch) { low, high in (low <= value, high <= value) }
    case .greater: note(facts, &canMatch, &mustMatch) { low, high in (high > value, low > value) }
    case .greaterOrEqual: note(facts, &canMatch, &mustMatch) { low, high in (high >= value, low >= value) }
    }
  }

  @inline(__always)
  private func note(
    _ facts: ColumnStatistics, _ canMatch: inout [Bool], _ mustMatch: inout [Bool],
    _ compare: (_ low: Int64, _ high: Int64) -> (can: Bool, must: Bool)
  ) {
    for group in canMatch.indices {
      let (can, must) = compare(facts.lows[group], facts.highs[group])
      canMatch[group] = canMatch[group] && can
      mustMatch[group] = mustMatch[group] && must && facts.areFirm[group]
    }
  }
}
