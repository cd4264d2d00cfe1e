import PlumbDiagnostics
import PlumbEngine

/// Translates a query's conditions to SQL, as far as SQL can express them.
///
/// A translation passes every row that the condition passes, and perhaps others; `isExact` if no others.
/// KQL's rules are built in: a null equals nothing and differs from everything, a text is never null,
/// other comparisons with null are neither true nor false.
struct SQLiteFilter {
  struct Translation {
    let sql: SQLText
    let isExact: Bool
    /// Columns, and the kinds of values for which the translation is equivalent to the condition.
    var kinds: [Int: [String]] = [:]
  }

  let columns: [SQLiteColumn]

  /// Longer lists and conditions with more parts are tested here only.
  private static let longestList = 1000
  private static let mostParts = 100

  /// - Parameter negated: whether to select the rows for which the condition is false.
  func translation(of condition: BoundExpression, negated: Bool = false) -> Translation? {
    switch condition {
    case .column(let index, .bool, _): return truth(index, !negated)
    case .column, .literal, .lifted: return nil
    case .call(let call):
      let arguments = call.arguments
      switch call.traits.meaning {
      case .negation: return arguments.first.flatMap { translation(of: $0, negated: !negated) }
      case .conjunction: return combined(arguments, needsAll: negated, negated: negated)
      case .disjunction: return combined(arguments, needsAll: !negated, negated: negated)
      case .comparison(let sign):
        guard arguments.count == 2 else { return nil }
        if let value = arguments[1].constant { return comparison(arguments[0], sign, value, negated) }
        if let value = arguments[0].constant { return comparison(arguments[1], sign.mirrored, value, negated) }
        return nil
      case .range(let isOutside):
        guard arguments.count == 3, let low = arguments[1].constant, let high = arguments[2].constant else { return nil }
        return range(arguments[0], low, high, isOutside: isOutside != negated)
      case .membership(let isOutside): return membership(arguments, isOutside: isOutside != negated)
      case .nullness(let isNull): return nullness(arguments, isNull: isNull != negated)
      case .emptiness(let isEmpty): return emptiness(arguments, isEmpty: isEmpty != negated)
      case .search(let test, let ignoresCase): return negated ? nil : search(arguments, test, ignoresCase)
      case .conversion, .packing, .element, .partitionKey, nil: return nil
      }
    }
  }

  // MARK: Several conditions

  /// Conditions of which all must be true, or one; a part of a conjunction can be left out.
  private func combined(_ parts: [BoundExpression], needsAll: Bool, negated: Bool) -> Translation? {
    let found = parts.compactMap { translation(of: $0, negated: negated) }
    guard !found.isEmpty, parts.count <= Self.mostParts, !needsAll || found.count == parts.count else { return nil }
    let joined = SQLText.joined(found.map(\.sql), by: needsAll ? " OR " : " AND ")
    return Translation(
      sql: found.count == 1 ? found[0].sql : "(\(joined))",
      isExact: found.count == parts.count && found.allSatisfy(\.isExact), kinds: Self.kinds(of: found))
  }

  static func kinds(of translations: [Translation]) -> [Int: [String]] {
    translations.reduce(into: [:]) { $0.merge($1.kinds) { first, _ in first } }
  }

  // MARK: Comparisons

  /// A column, and whether its whole numbers are compared as reals.
  private func operand(_ expression: BoundExpression) -> (index: Int, column: SQLiteColumn, isWidened: Bool)? {
    switch expression {
    case .column(let index, _, _): return columns.indices.contains(index) ? (index, columns[index], false) : nil
    case .call(let call):
      guard call.arguments.count == 1, case .column(let index, let type, _) = call.arguments[0],
        columns.indices.contains(index)
      else { return nil }
      guard call.traits.meaning == .conversion else { return nil }
      switch (type, call.type) {
      case (.long, .real), (.int, .real): return (index, columns[index], true)
      case (.int, .long): return (index, columns[index], false)
      default: return nil
      }
    case .literal, .lifted: return nil
    }
  }

  private func comparison(
    _ expression: BoundExpression, _ comparison: Comparison, _ value: Value, _ negated: Bool
  ) -> Translation? {
    guard let (index, column, isWidened) = operand(expression) else { return nil }
    let sign = negated ? comparison.opposite : comparison
    if case .datetime(let ticks) = value, column.info.type == .datetime { return moment(index, column, sign, ticks) }
    if case .bool(let flag) = value, column.info.type == .bool {
      // `!=` is true for null.
      return sign == .equal ? truth(index, flag) : nil
    }
    guard let constant = constant(value, for: column, isWidened: isWidened) else { return nil }
    let operand = self.operand(column)
    switch sign {
    case .equal:
      if case .text("") = constant { return emptiness(index, isEmpty: true) }
      return exact("\(operand) = \(constant)", index)
    case .notEqual:
      if case .text("") = constant { return emptiness(index, isEmpty: false) }
      return exact("(\(name: column.info.name) IS NULL OR \(operand) <> \(constant))", index)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      // KQL's `<` does not order texts.
      if column.info.type == .string { return nil }
      let test: SQLText = "\(operand) \(sql: sign.symbol) \(constant)"
      guard column.canHoldNaN else { return exact(test, index) }
      // NaN makes every comparison false, and its negation true.
      let isNaN: SQLText = "typeof(\(name: column.info.name)) = 'text'"
      return exact(negated ? "(\(test) OR \(isNaN))" : "(\(test) AND NOT \(isNaN))", index)
    }
  }

  /// The column with a bytewise comparison, as in KQL.
  private func operand(_ column: SQLiteColumn) -> SQLText {
    column.comparesBytes || column.info.type != .string && !column.hasISODates
      ? "\(name: column.info.name)" : "\(name: column.info.name) COLLATE BINARY"
  }

  /// The constant as SQLite compares it with the column's values; nil if SQLite would compare differently from KQL.
  private func constant(_ value: Value, for column: SQLiteColumn, isWidened: Bool) -> SQLText.Constant? {
    switch (value, column.info.type) {
    case (.long(let number), .long), (.long(let number), .int): return .integer(number)
    case (.int(let number), .int): return .integer(Int64(number))
    case (.real(let number), .real),
      (.real(let number), .long) where isWidened,
      (.real(let number), .int) where isWidened:
      // Beyond 2^53 whole numbers and reals are compared as reals here and exactly there.
      let isSafe = abs(number) < 9_007_199_254_740_992 || column.affinity == .real && number.isFinite
      return isSafe ? .real(number) : nil
    case (.string(let text), .string):
      // Only columns that convert all numbers to texts contain what is seen here. Bytes that are not UTF-8 are shown
      // as U+FFFD, and SQLite stops at NUL.
      guard column.affinity == .text, !column.isMixed else { return nil }
      return text.unicodeScalars.contains { $0.value == 0xFFFD || $0.value == 0 } ? nil : .text(text)
    default: return nil
    }
  }

  private func exact(_ sql: SQLText, _ index: Int) -> Translation {
    let kinds: [String]
    switch columns[index].info.type {
    case .long, .int, .bool, .datetime: kinds = ["integer", "null"]
    case .real: kinds = ["integer", "real", "null"] + (columns[index].canHoldNaN ? ["text"] : [])
    case .string, .decimal, .timespan, .guid, .dynamic: return Translation(sql: sql, isExact: true)
    }
    return Translation(sql: sql, isExact: true, kinds: [index: kinds])
  }

  private func truth(_ index: Int, _ isTrue: Bool) -> Translation? {
    guard columns.indices.contains(index), columns[index].info.type == .bool else { return nil }
    let name = columns[index].info.name
    return exact(isTrue ? "\(name: name) <> 0" : "\(name: name) = 0", index)
  }

  private func range(_ expression: BoundExpression, _ low: Value, _ high: Value, isOutside: Bool) -> Translation? {
    guard let (index, column, isWidened) = operand(expression) else { return nil }
    if column.info.type == .datetime, case .datetime(let first) = low, case .datetime(let last) = high {
      guard let above = moment(index, column, isOutside ? .less : .greaterOrEqual, first),
        let below = moment(index, column, isOutside ? .greater : .lessOrEqual, last)
      else { return nil }
      return Translation(
        sql: "(\(above.sql) \(sql: isOutside ? "OR" : "AND") \(below.sql))", isExact: above.isExact && below.isExact,
        kinds: above.kinds)
    }
    if column.canHoldNaN, isOutside { return nil }
    guard column.info.type != .string, let first = constant(low, for: column, isWidened: isWidened),
      let last = constant(high, for: column, isWidened: isWidened)
    else { return nil }
    let name = column.info.name
    return exact(
      isOutside
        ? "(\(name: name) < \(first) OR \(name: name) > \(last))" : "\(name: name) BETWEEN \(first) AND \(last)", index)
  }

  private func membership(_ arguments: [BoundExpression], isOutside: Bool) -> Translation? {
    guard arguments.count > 1, arguments.count <= Self.longestList,
      let (index, column, isWidened) = arguments.first.flatMap({ operand($0) }), column.info.type != .bool
    else { return nil }
    var constants: [SQLText.Constant] = []
    var hasEmptyText = false
    for argument in arguments.dropFirst() {
      guard let value = argument.constant, let constant = constant(value, for: column, isWidened: isWidened) else {
        return nil
      }
      if case .text("") = constant { hasEmptyText = true }
      constants.append(constant)
    }
    let list = SQLText.joined(constants.map { "\($0)" }, by: ", ")
    // An empty text is a null of the column as well.
    let alsoNull = isOutside != hasEmptyText
    let test: SQLText = "\(operand(column)) \(sql: isOutside ? "NOT IN" : "IN") (\(list))"
    return exact(alsoNull ? "(\(name: column.info.name) IS NULL OR \(test))" : test, index)
  }

  private func nullness(_ arguments: [BoundExpression], isNull: Bool) -> Translation? {
    guard let (index, column, _) = arguments.first.flatMap({ operand($0) }) else { return nil }
    switch column.info.type {
    case .long, .int, .real, .bool:
      return exact("\(name: column.info.name) IS \(sql: isNull ? "" : "NOT ")NULL", index)
    case .datetime, .string, .decimal, .timespan, .guid, .dynamic: return nil
    }
  }

  private func emptiness(_ arguments: [BoundExpression], isEmpty: Bool) -> Translation? {
    guard case .column(let index, .string, _)? = arguments.first, columns.indices.contains(index) else { return nil }
    return emptiness(index, isEmpty: isEmpty)
  }

  private func emptiness(_ index: Int, isEmpty: Bool) -> Translation? {
    let column = columns[index]
    guard column.affinity == .text, !column.isMixed else { return nil }
    let name = column.info.name
    return exact(
      isEmpty ? "(\(name: name) IS NULL OR \(operand(column)) = '')" : "\(operand(column)) <> ''", index)
  }

  // MARK: Times

  private func moment(_ index: Int, _ column: SQLiteColumn, _ sign: Comparison, _ ticks: Int64) -> Translation? {
    if let unit = column.unixUnit { return unixMoment(index, column, sign, ticks, unit) }
    guard column.hasISODates else { return nil }
    // Texts that begin with a date sort by their dates, whatever follows; a zone moves a time by at most
    // a day.
    let text = operand(column)
    let first = Self.date(ticks, movedBy: -1), last = Self.date(ticks, movedBy: 2)
    switch sign {
    case .greater, .greaterOrEqual: return first.map { Translation(sql: "\(text) >= \(.text($0))", isExact: false) }
    case .less, .lessOrEqual: return last.map { Translation(sql: "\(text) < \(.text($0))", isExact: false) }
    case .equal:
      guard let first, let last else { return nil }
      return Translation(sql: "(\(text) >= \(.text(first)) AND \(text) < \(.text(last)))", isExact: false)
    case .notEqual: return nil
    }
  }

  /// `2024-01-31`, moved by so many days; nil outside the range of `datetime`.
  private static func date(_ ticks: Int64, movedBy days: Int64) -> String? {
    DateTime.adding(days &* TimeSpan.day, to: ticks).map { String(DateTime.text($0).prefix(10)) }
  }

  private func unixMoment(
    _ index: Int, _ column: SQLiteColumn, _ sign: Comparison, _ ticks: Int64, _ unit: Int64
  ) -> Translation? {
    let name = column.info.name
    let floor = DateTime.unix(ticks, unit: unit)
    let isWhole = floor &* unit == ticks &- DateTime.unixEpoch
    let ceiling = isWhole ? floor : floor &+ 1
    switch sign {
    case .greater: return exact("\(name: name) > \(.integer(floor))", index)
    case .greaterOrEqual: return exact("\(name: name) >= \(.integer(ceiling))", index)
    case .less: return exact("\(name: name) < \(.integer(ceiling))", index)
    case .lessOrEqual: return exact("\(name: name) <= \(.integer(floor))", index)
    case .equal: return isWhole ? exact("\(name: name) = \(.integer(floor))", index) : nil
    case .notEqual: return nil
    }
  }

  // MARK: Substrings

  /// A search for a substring; words and letters beyond ASCII are tested here.
  private func search(_ arguments: [BoundExpression], _ test: TextTest, _ ignoresCase: Bool) -> Translation? {
    guard arguments.count == 2, case .column(let index, .string, _) = arguments[0], columns.indices.contains(index),
      case .string(let part)? = arguments[1].constant, !part.isEmpty, part.utf8.count <= 1000,
      case .text? = constant(.string(part), for: columns[index], isWidened: false)
    else { return nil }
    let column = columns[index]
    let quoted: SQLText = "\(name: column.info.name)"
    switch (test, ignoresCase) {
    case (.contains, false), (.hasTerm, false):
      return Translation(sql: "instr(\(quoted), \(.text(part))) > 0", isExact: test == .contains)
    case (.startsWith, false):
      // The comparisons can use an index.
      let above: SQLText = "\(operand(column)) >= \(.text(part))"
      let below: SQLText? = Self.firstAfter(part).map { "\(operand(column)) < \(.text($0))" }
      let starts: SQLText = "instr(\(quoted), \(.text(part))) = 1"
      return Translation(sql: "(\(SQLText.joined([above, below, starts].compactMap { $0 }, by: " AND ")))", isExact: true)
    case (.contains, true), (.hasTerm, true), (.startsWith, true):
      // Beyond ASCII, KQL knows more forms of a letter than `LIKE`.
      guard part.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
      let pattern = Self.pattern(part, isPrefix: test == .startsWith)
      return Translation(sql: "\(quoted) LIKE \(.text(pattern)) ESCAPE '\\'", isExact: false)
    case (.equals, _), (.endsWith, _), (.hasTermPrefix, _), (.hasTermSuffix, _): return nil
    }
  }

  /// The first text after all that begin with this one, whatever the encoding.
  private static func firstAfter(_ part: String) -> String? {
    guard let last = part.utf8.last, last < 0x7E else { return nil }
    var text = part.unicodeScalars
    text.removeLast()
    text.append(UnicodeScalar(last + 1))
    return String(text)
  }

  /// A pattern for `LIKE` that matches the texts that contain the part in any letter case.
  private static func pattern(_ part: String, isPrefix: Bool) -> String {
    var pattern = isPrefix ? "" : "%"
    for character in part.unicodeScalars {
      if "%_\\".unicodeScalars.contains(character) { pattern += "\\" }
      pattern.unicodeScalars.append(character)
    }
    return pattern + "%"
  }
}

extension Comparison {
  /// The comparison in SQL.
  fileprivate var symbol: String {
    switch self {
    case .equal: "="
    case .notEqual: "<>"
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    }
  }
}
