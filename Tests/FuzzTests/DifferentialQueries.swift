/// Writes random queries whose answers the language fixes: rows are only cut after a sort by all columns,
/// lists are sorted, sums of reals that depend on their order are called `approx...`.
struct DifferentialQueries {
  private var writer: DifferentialExpressions
  private var names = 0
  private var joins = 0
  /// Whether the source has many rows, of which a join by a common key would make too many.
  private var isLarge = false

  init(seed: UInt64) { writer = DifferentialExpressions(seed: seed) }

  struct Query {
    var text: String
    /// Whether the rows' order is part of the answer.
    var isOrdered: Bool
  }

  static let tableColumns: [DifferentialColumn] = [
    .init(name: "id", kind: .whole, isUnique: true), .init(name: "g", kind: .text), .init(name: "s", kind: .text),
    .init(name: "i", kind: .whole), .init(name: "k", kind: .whole), .init(name: "n", kind: .whole),
    .init(name: "x", kind: .real), .init(name: "y", kind: .real, isSummable: false),
    .init(name: "t", kind: .moment), .init(name: "d", kind: .span), .init(name: "b", kind: .flag),
    .init(name: "q", kind: .other), .init(name: "m", kind: .other), .init(name: "v", kind: .other),
  ]
  private static let small = ["none", "one", "few", "many", "mixed", "plain"]

  /// A query over one of the tables; `large` is the one with full row groups.
  mutating func next(overLarge: Bool) -> Query {
    names = 0
    joins = 0
    isLarge = overLarge
    writer.columns = Self.tableColumns
    var text = overLarge ? "large" : writer.dice.flip(oneIn: 6) ? writer.dice.pick(Self.small) : writer.dice.pick(["many", "mixed", "plain"])
    var isOrdered = false
    for _ in 0..<(1 + writer.dice.roll(5)) {
      guard let step = step() else { continue }
      text += "\n| " + step.text
      isOrdered = step.isOrdered
    }
    return Query(text: text, isOrdered: isOrdered)
  }

  private mutating func newName() -> String {
    names += 1
    return "c\(names)"
  }

  private mutating func step() -> (text: String, isOrdered: Bool)? {
    switch writer.dice.roll(23) {
    case 0...3: return ("where \(writer.condition())", false)
    case 4...6: return (extend(), false)
    case 7, 8: return (project(), false)
    case 9...12: return (summarize(), false)
    case 13: return distinct()
    case 14, 15: return ordered()
    case 16, 17: return join().map { ($0, false) }
    case 18: return union().map { ($0, false) }
    case 19: return partition().map { ($0, false) }
    case 20: return parse().map { ($0, false) }
    case 21: return packing().map { ($0, false) }
    default: return windowed()
    }
  }

  private mutating func extend() -> String {
    let made = (0..<(1 + writer.dice.roll(2))).map { _ in
      writer.column(named: newName(), writer.dice.pick(DifferentialColumn.Kind.allCases))
    }
    writer.columns += made.map(\.column)
    return "extend " + made.map(\.text).joined(separator: ", ")
  }

  private mutating func project() -> String {
    if writer.dice.flip(oneIn: 4), writer.columns.count > 3 {
      let gone = writer.dice.pick(writer.columns).name
      writer.columns.removeAll { $0.name == gone }
      return "project-away \(gone)"
    }
    var kept = writer.columns.filter { _ in !writer.dice.flip(oneIn: 2) }
    if kept.isEmpty { kept = [writer.columns[0]] }
    var texts = kept.map(\.name)
    if writer.dice.flip(oneIn: 2) {
      let made = writer.column(named: newName(), writer.dice.pick(DifferentialColumn.Kind.allCases))
      kept.append(made.column)
      texts.append(made.text)
    }
    writer.columns = kept
    return "project " + texts.joined(separator: ", ")
  }

  /// Parts of a text as columns.
  private mutating func parse() -> String? {
    guard let source = writer.column(.text) else { return nil }
    let first = newName(), second = newName()
    let (pattern, kind): (String, DifferentialColumn.Kind) = writer.dice.pick([
      ("\(first) \" \" \(second)", .text), ("\(first) \"-\" \(second)", .text), ("* \"e\" \(first) \"e\" \(second)", .text),
      ("\(first): string \"=\" \(second): long *", .whole),
    ])
    writer.columns += [DifferentialColumn(name: first, kind: .text), DifferentialColumn(name: second, kind: kind)]
    return "\(writer.dice.pick(["parse", "parse", "parse-where"])) \(source.name) with \(pattern)"
  }

  /// Packed values, and columns made of their elements.
  private mutating func packing() -> String? {
    let whole = writer.whole(depth: 1).text, text = writer.text(depth: 1)
    let names = [newName(), newName(), newName()]
    writer.columns += [
      DifferentialColumn(name: names[1], kind: .whole), DifferentialColumn(name: names[2], kind: .text),
    ]
    let made = writer.dice.flip(oneIn: 2)
      ? ("pack_array(\(whole), \(text))", "\(names[0])[0]", "\(names[0])[1]")
      : ("bag_pack(\"w\", \(whole), \"t\", \(text))", "\(names[0]).w", "\(names[0])[\"t\"]")
    return "extend \(names[0]) = \(made.0) | extend \(names[1]) = tolong(\(made.1)), \(names[2]) = tostring(\(made.2))"
  }

  // MARK: Aggregates

  private mutating func summarize() -> String {
    var keys: [(text: String, column: DifferentialColumn)] = []
    for _ in 0..<writer.dice.roll(4) {
      let usable = writer.columns.filter { !$0.isApproximate && $0.name != "v" }
      if writer.dice.flip(oneIn: 3) || usable.isEmpty {
        keys.append(writer.column(named: newName(), writer.dice.pick([.whole, .text, .moment, .flag])))
      } else {
        var column = writer.dice.pick(usable)
        if keys.contains(where: { $0.column.name == column.name }) { continue }
        column.isUnique = false
        keys.append((column.name, column))
      }
    }
    if keys.count == 1 { keys[0].column.isUnique = false }
    let aggregates = (0..<(keys.isEmpty ? 1 + writer.dice.roll(3) : writer.dice.roll(4))).map { _ in aggregate() }
    if keys.isEmpty && aggregates.isEmpty { return "count" }
    writer.columns = keys.map(\.column) + aggregates.flatMap(\.columns)
    let by = keys.isEmpty ? "" : " by " + keys.map(\.text).joined(separator: ", ")
    return "summarize " + aggregates.map(\.text).joined(separator: ", ") + by
  }

  private mutating func aggregate() -> (text: String, columns: [DifferentialColumn]) {
    let name = newName()
    func made(_ text: String, _ kind: DifferentialColumn.Kind = .whole) -> (String, [DifferentialColumn]) {
      ("\(name) = \(text)", [DifferentialColumn(name: name, kind: kind, isSummable: kind != .real)])
    }
    func approximate(_ text: String) -> (String, [DifferentialColumn]) {
      ("approx\(name) = \(text)", [DifferentialColumn(name: "approx\(name)", kind: .other)])
    }
    switch writer.dice.roll(20) {
    case 0, 1: return made("count()")
    case 2: return made("sum(\(writer.whole().text))")
    case 3: return made("countif(\(writer.condition(depth: 1)))")
    case 4: return made("sumif(\(writer.whole(depth: 1).text), \(writer.condition(depth: 1)))")
    case 5, 6: return made("\(writer.dice.pick(["min", "max"]))(\(writer.whole(depth: 1).text))")
    case 7: return made("\(writer.dice.pick(["min", "max"]))(\(writer.real(depth: 1).text))", .real)
    case 8: return made("\(writer.dice.pick(["min", "max"]))(\(writer.text(depth: 1)))", .text)
    case 9: return made("\(writer.dice.pick(["min", "max"]))(\(writer.moment()))", .moment)
    case 10, 11: return made("dcount(\(writer.dice.flip(oneIn: 2) ? writer.text(depth: 1) : writer.whole(depth: 1).text))")
    case 12: return made("count_distinct(\(writer.whole(depth: 1).text))")
    case 13:
      return made("array_sort_asc(make_\(writer.dice.pick(["list", "set"]))(\(writer.dice.flip(oneIn: 2) ? writer.text(depth: 1) : writer.whole(depth: 1).text)))", .other)
    case 14, 15:
      let value = writer.real(depth: 1)
      return value.isSummable ? approximate("\(writer.dice.pick(["sum", "avg", "stdev", "variance"]))(\(value.text))") : made("count()")
    case 16: return made("percentile(\(writer.whole(depth: 1).text), \(writer.dice.pick([0, 5, 50, 95, 100])))")
    case 17: return made("max(\(writer.span()))", .span)
    case 18:
      guard let key = writer.columns.first(where: \.isUnique) else { return made("count()") }
      let others = writer.columns.filter { !$0.isApproximate && $0.name != key.name }
      guard !others.isEmpty else { return made("max(\(key.name))") }
      var other = writer.dice.pick(others)
      let text = "(\(name), \(name)a) = arg_\(writer.dice.pick(["max", "min"]))(\(key.name), \(other.name))"
      other.name = name + "a"
      return (text, [DifferentialColumn(name: name, kind: .whole), other])
    default:
      return writer.columns.contains { $0.kind == .whole && $0.name == "k" }
        ? approximate("avg(k)") : made("dcountif(\(writer.text(depth: 0)), \(writer.condition(depth: 1)))")
    }
  }

  private mutating func distinct() -> (text: String, isOrdered: Bool)? {
    let usable = writer.columns.filter { !$0.isApproximate && $0.name != "v" && !$0.isUnique }
    guard !usable.isEmpty else { return nil }
    var kept: [DifferentialColumn] = []
    for _ in 0..<(1 + writer.dice.roll(3)) {
      let column = writer.dice.pick(usable)
      if !kept.contains(where: { $0.name == column.name }) { kept.append(column) }
    }
    writer.columns = kept
    return ("distinct " + kept.map(\.name).joined(separator: ", "), false)
  }

  // MARK: Order

  /// The keys of a sort that leaves no two rows in doubt; nil when there are none.
  private mutating func totalOrder() -> String? {
    let sortable = writer.columns.filter { !$0.isApproximate && $0.kind != .other }
    guard !sortable.isEmpty else { return nil }
    var keys = Array(sortable.shuffled(using: &writer.dice).prefix(1 + writer.dice.roll(3)))
    if !keys.contains(where: \.isUnique) {
      if let unique = writer.columns.first(where: \.isUnique) {
        keys.append(unique)
      } else {
        // Equal rows may change places unseen; columns without an order would be seen.
        guard sortable.count == writer.columns.count else { return nil }
        keys += sortable.filter { column in !keys.contains { $0.name == column.name } }
      }
    }
    return keys.map { "\($0.name) \(writer.dice.pick(["asc", "desc", "asc nulls last", "desc nulls first"]))" }
      .joined(separator: ", ")
  }

  private mutating func ordered() -> (text: String, isOrdered: Bool)? {
    guard let keys = totalOrder() else { return nil }
    let count = writer.dice.pick([0, 1, 3, 10, 50, 1000])
    switch writer.dice.roll(4) {
    case 0: return ("sort by \(keys)", true)
    case 1: return ("top \(count) by \(keys)", true)
    case 2:
      let made = writer.column(named: newName(), .whole)
      writer.columns.append(made.column)
      return ("sort by \(keys)\n| extend \(made.text)\n| take \(count)", true)
    default: return ("sort by \(keys)\n| take \(count)", true)
    }
  }

  private mutating func windowed() -> (text: String, isOrdered: Bool)? {
    guard let keys = totalOrder(), let value = writer.column(writer.dice.pick([.whole, .text, .real])) else { return nil }
    let name = newName()
    let function: (text: String, kind: DifferentialColumn.Kind)
    switch writer.dice.roll(4) {
    case 0: function = ("prev(\(value.name))", value.kind)
    case 1: function = ("next(\(value.name), 2)", value.kind)
    case 2: function = ("row_number()", .whole)
    default: function = value.kind == .whole ? ("row_cumsum(\(value.name))", .whole) : ("row_number(3)", .whole)
    }
    writer.columns.append(DifferentialColumn(name: name, kind: function.kind, isSummable: value.isSummable))
    return ("sort by \(keys)\n| extend \(name) = \(function.text)", true)
  }

  // MARK: Several tables

  private mutating func join() -> String? {
    guard joins == 0 else { return nil }
    joins += 1
    let key = writer.dice.pick(isLarge ? ["id"] : ["id", "k", "g", "s", "i", "q", "t"])
    guard let mine = writer.columns.first(where: { $0.name == key }) else { return nil }
    let kind = writer.dice.pick([
      "inner", "leftouter", "rightouter", "fullouter", "leftsemi", "leftanti", "rightsemi", "rightanti", "innerunique",
    ])
    let right = writer.dice.pick(Self.small)
    let own = Self.tableColumns.filter { $0.name != key && $0.name != "v" }.shuffled(using: &writer.dice).prefix(2)
    var added: [DifferentialColumn] = []
    var other = "\(right) | where \(conditionOverTable()) | project \(key)"
    for column in own {
      let name = newName()
      other += ", \(name) = \(column.name)"
      added.append(DifferentialColumn(name: name, kind: column.kind, isSummable: column.isSummable))
    }
    var prefix = ""
    switch kind {
    case "leftsemi", "leftanti": break
    case "rightsemi", "rightanti":
      writer.columns = [DifferentialColumn(name: key, kind: mine.kind, isSummable: mine.isSummable)] + added
    default:
      for i in writer.columns.indices { writer.columns[i].isUnique = false }
      // Of several left rows with a key `innerunique` may keep any, so the left side must have one of each.
      if kind == "innerunique", !mine.isUnique {
        guard mine.kind != .other else { return nil }
        prefix = "summarize by \(key)\n| "
        writer.columns = [mine]
      }
      writer.columns += [DifferentialColumn(name: key + "1", kind: mine.kind, isSummable: mine.isSummable)] + added
    }
    return prefix + "join kind=\(kind) (\(other)) on \(key)"
  }

  private mutating func conditionOverTable() -> String {
    let outer = writer.columns
    writer.columns = Self.tableColumns
    defer { writer.columns = outer }
    return writer.condition()
  }

  /// Other rows of the same columns, which may themselves be a union.
  private mutating func union() -> String? {
    guard writer.columns.count == Self.tableColumns.count, !isLarge else { return nil }
    for i in writer.columns.indices { writer.columns[i].isUnique = false }
    return "union \(legs(depth: 2))"
  }

  private mutating func legs(depth: Int) -> String {
    (0..<(1 + writer.dice.roll(2))).map { _ in
      depth > 0 && writer.dice.flip(oneIn: 3)
        ? "(union \(legs(depth: depth - 1)))" : "(\(writer.dice.pick(Self.small)) | where \(conditionOverTable()))"
    }.joined(separator: ", ")
  }

  /// Steps for the rows of each value of a column, of which none depends on the order of equal rows.
  private mutating func partition() -> String? {
    let keys = writer.columns.filter { [.whole, .text].contains($0.kind) && !$0.isApproximate && !$0.isUnique }
    guard !keys.isEmpty, !isLarge else { return nil }
    let key = writer.dice.pick(keys).name
    switch writer.dice.roll(3) {
    case 0: return "partition by \(key) (where \(writer.condition(depth: 1)))"
    case 1: return totalOrder().map { "partition by \(key) (top \(1 + writer.dice.roll(4)) by \($0))" }
    default:
      guard let order = totalOrder(), let value = writer.column(.whole) else { return nil }
      let name = newName()
      writer.columns.append(DifferentialColumn(name: name, kind: .whole, isSummable: value.isSummable))
      return "partition by \(key) (sort by \(order) | extend \(name) = row_cumsum(\(value.name)))"
    }
  }
}
