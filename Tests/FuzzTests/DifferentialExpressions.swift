/// A column that a random query can name, and what may be done with it.
struct DifferentialColumn {
  enum Kind: CaseIterable {
    case whole, real, text, moment, span, flag, other
  }

  var name: String
  var kind: Kind
  /// Whether sums of it are the same in any order: whole numbers wrap, and these reals are quarters.
  var isSummable = true
  /// Whether no two rows have the same value and none is null.
  var isUnique = false
  /// Whether its last digits depend on the order of additions: shown, and compared with a tolerance.
  var isApproximate: Bool { name.hasPrefix("approx") }
}

/// Writes random expressions over the columns in scope; the binder accepts nearly all of them.
struct DifferentialExpressions {
  var dice: Dice
  var columns: [DifferentialColumn] = []

  init(seed: UInt64) { dice = Dice(seed: seed) }

  typealias Written = (text: String, isSummable: Bool)

  mutating func column(_ kind: DifferentialColumn.Kind) -> DifferentialColumn? {
    let usable = columns.filter { $0.kind == kind && !$0.isApproximate }
    return usable.isEmpty ? nil : dice.pick(usable)
  }

  mutating func number(depth: Int = 2) -> Written { dice.flip(oneIn: 3) ? real(depth: depth) : whole(depth: depth) }

  mutating func whole(depth: Int = 2) -> Written {
    guard depth > 0, !dice.flip(oneIn: 3) else { return wholeLeaf() }
    let a = whole(depth: depth - 1)
    switch dice.roll(15) {
    case 0, 1: return ("(\(a.text) \(dice.pick(["+", "-", "*"])) \(whole(depth: depth - 1).text))", true)
    case 2: return ("(\(a.text) \(dice.pick(["%", "/"])) \(dice.pick(["3", "7", "2", "0", "-4"])))", true)
    case 3: return ("bin(\(a.text), \(dice.pick(["2", "5", "100"])))", true)
    case 4: return ("strlen(\(text(depth: depth - 1)))", true)
    case 5: return ("iff(\(condition(depth: depth - 1)), \(a.text), \(wholeLeaf().text))", true)
    case 6: return ("coalesce(\(a.text), \(wholeLeaf().text))", true)
    case 7: return ("tolong(\(text(depth: 0)))", true)
    case 8: return ("hourofday(\(moment(depth: 0)))", true)
    case 9: return ("datetime_diff('\(dice.pick(["minute", "hour", "day"]))', \(moment(depth: 1)), \(moment(depth: 0)))", true)
    case 10: return ("case(\(condition(depth: 1)), 1, \(condition(depth: 0)), \(a.text), -1)", true)
    case 11: return ("\(dice.pick(["getmonth", "dayofmonth", "week_of_year"]))(\(moment(depth: 1)))", true)
    case 12: return ("toint(floor(\(dice.pick(["log2", "log", "log10"]))(\(a.text)), \(dice.pick(["1", "0.5"]))))", true)
    case 13: return ("tolong(\(packed(a.text)))", true)
    default: return ("toint(\(moment(depth: 0)) - \(moment(depth: 0)))", true)
    }
  }

  /// A value that is packed with others and read again.
  private mutating func packed(_ value: String) -> String {
    let other = dice.flip(oneIn: 2) ? text(depth: 1) : real(depth: 1).text
    return dice.pick([
      "pack_array(\(value), \(other))[0]", "pack_array(\(other), \(value))[-1]", "pack_array(\(value))[3]",
      "bag_pack(\"a\", \(other), \"b\", \(value)).b", "bag_pack(\"a\", \(value), \"b\", \(other))[\"a\"]",
      "bag_pack(\"a\", \(value), \"a\", \(other)).a",
    ])
  }

  private mutating func wholeLeaf() -> Written {
    if !dice.flip(oneIn: 4), let column = column(.whole) { return (column.name, true) }
    return (dice.pick(["0", "1", "2", "-1", "7", "100", "9223372036854775807", "long(null)", "int(3)"]), true)
  }

  mutating func real(depth: Int = 2) -> Written {
    guard depth > 0, !dice.flip(oneIn: 3) else { return realLeaf() }
    let a = real(depth: depth - 1)
    switch dice.roll(8) {
    case 0, 1: return ("(\(a.text) \(dice.pick(["+", "-"])) \(dice.pick(["0.5", "2", "1.25", "0"])))", a.isSummable)
    case 2: return ("(\(a.text) * \(dice.pick(["2", "0.5", "-1"])))", a.isSummable)
    case 3: return ("(\(a.text) / \(dice.pick(["3.0", "7", "0"])))", false)
    case 4: return ("round(\(a.text), 1)", false)
    case 5: return ("todouble(\(whole(depth: 1).text))", false)
    case 6: return ("iff(\(condition(depth: depth - 1)), \(a.text), real(0.25))", a.isSummable)
    default: return ("abs(\(a.text))", a.isSummable)
    }
  }

  private mutating func realLeaf() -> Written {
    if !dice.flip(oneIn: 4), let column = column(.real) { return (column.name, column.isSummable) }
    return (dice.pick(["0.5", "-2.25", "1e3", "real(null)"]), true)
  }

  mutating func text(depth: Int = 2) -> String {
    guard depth > 0, !dice.flip(oneIn: 3) else { return textLeaf() }
    let a = text(depth: depth - 1)
    switch dice.roll(13) {
    case 0: return "strcat(\(a), \"-\", \(whole(depth: 1).text))"
    case 1: return "tolower(\(a))"
    case 2: return "toupper(\(a))"
    case 3: return "substring(\(a), \(dice.roll(4)), \(1 + dice.roll(5)))"
    case 4: return "tostring(\(whole(depth: 1).text))"
    case 5: return "replace_string(\(a), \"e\", \"_\")"
    case 6: return "extract(\"([0-9]+)\", 1, \(a))"
    case 7: return "iff(\(condition(depth: depth - 1)), \(a), \(textLeaf()))"
    case 8: return "trim(\"[a-c]+\", \(a))"
    case 9: return "tostring(split(\(a), \" \")[0])"
    case 10: return "reverse(\(a))"
    case 11: return "tostring(\(packed(a)))"
    default: return "tostring(\(flag()))"
    }
  }

  private mutating func textLeaf() -> String {
    if !dice.flip(oneIn: 5), let column = column(.text) { return column.name }
    return literal()
  }

  private mutating func literal() -> String {
    "\"\(dice.pick(["red", "Red", "green", "", "a b", "größe", "x", "beta", "code", "007", "nothing"]))\""
  }

  mutating func moment(depth: Int = 1) -> String {
    guard depth > 0, !dice.flip(oneIn: 3) else {
      return column(.moment)?.name ?? "datetime(2024-12-15 03:04:05)"
    }
    let a = moment(depth: depth - 1)
    switch dice.roll(5) {
    case 0: return "bin(\(a), \(dice.pick(["1h", "1d", "15m", "7d"])))"
    case 1: return "startofday(\(a))"
    case 2: return "(\(a) + \(span()))"
    case 3: return "startof\(dice.pick(["month", "week", "year"]))(\(a))"
    default: return "iff(\(condition(depth: 0)), \(a), datetime(null))"
    }
  }

  mutating func span() -> String {
    if dice.flip(oneIn: 2), let column = column(.span) { return column.name }
    return dice.flip(oneIn: 3) ? "(\(moment(depth: 0)) - \(moment(depth: 0)))" : dice.pick(["1h", "-90s", "3d", "timespan(null)"])
  }

  mutating func flag() -> String { column(.flag)?.name ?? "true" }

  mutating func condition(depth: Int = 2) -> String {
    if depth > 0, dice.flip(oneIn: 3) {
      let parts = (0..<(2 + dice.roll(2))).map { _ in condition(depth: depth - 1) }
      return dice.flip(oneIn: 5) ? "not(\(parts[0]))" : "(\(parts.joined(separator: dice.flip(oneIn: 3) ? " or " : " and ")))"
    }
    let comparison = dice.pick(["==", "!=", "<", "<=", ">", ">="])
    switch dice.roll(16) {
    case 0, 1, 2: return "\(whole(depth: 1).text) \(comparison) \(whole(depth: 1).text)"
    case 3: return "\(real(depth: 1).text) \(comparison) \(real(depth: 1).text)"
    case 4, 5: return "\(text(depth: 1)) \(dice.pick(["==", "!=", "=~", "!~", "<", ">="])) \(dice.flip(oneIn: 3) ? text(depth: 0) : literal())"
    case 6, 7:
      return "\(text(depth: 1)) \(dice.pick(["has", "!has", "contains", "!contains", "contains_cs", "startswith", "endswith", "startswith_cs", "hasprefix", "has_cs"])) \(literal())"
    case 8: return "\(text(depth: 0)) matches regex \"\(dice.pick(["^[a-r]+$", "e", "co.e=[0-9]", "(?i)BET", "^$"]))\""
    case 9: return "\(text(depth: 0)) \(dice.pick(["in", "!in", "in~", "has_any"])) (\(literal()), \(literal()))"
    case 10: return "\(whole(depth: 1).text) \(dice.pick(["in", "!in"])) (1, 2, -3, 9)"
    case 11: return "\(whole(depth: 1).text) \(dice.pick(["between", "!between"])) (-2 .. 5)"
    case 12: return "\(dice.pick(["isnull", "isnotnull"]))(\(dice.flip(oneIn: 2) ? whole(depth: 1).text : moment(depth: 1)))"
    case 13: return "\(dice.pick(["isempty", "isnotempty"]))(\(text(depth: 1)))"
    case 14: return "\(moment(depth: 1)) \(comparison) \(dice.flip(oneIn: 2) ? "datetime(2024-12-15 06:00)" : moment(depth: 1))"
    default: return flag()
    }
  }

  /// An expression of a kind, as a column of this name.
  mutating func column(named name: String, _ kind: DifferentialColumn.Kind) -> (text: String, column: DifferentialColumn) {
    var column = DifferentialColumn(name: name, kind: kind)
    let text: String
    switch kind {
    case .whole: text = whole().text
    case .real:
      let written = real()
      column.isSummable = written.isSummable
      text = written.text
    case .text: text = self.text()
    case .moment: text = moment()
    case .span: text = span()
    case .flag: text = "(\(condition(depth: 1)))"
    case .other: text = dice.pick(["dynamic([1,2])", "pack_array(\(whole(depth: 1).text), \(self.text(depth: 0)))", "guid(null)"])
    }
    return ("\(name) = \(text)", column)
  }
}
