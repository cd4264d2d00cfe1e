import PlumbDiagnostics

extension SQLReader {
  /// The words with which the parts of a selection begin, in their order; `FROM` may come first, as in DuckDB.
  private static let parts = ["select", "from", "where", "group", "having", "order", "limit", "offset", "fetch"]

  /// A column of the result.
  private struct Column {
    var name: String?
    let text: String
    let isAggregate: Bool
    /// `ROW_NUMBER() OVER (...)`: the steps that make the column.
    var steps: String?
  }

  /// A `SELECT` without `UNION`.
  func selection(_ tokens: ArraySlice<Token>) -> String? {
    guard let parts = split(tokens) else { return nil }
    var items = parts["select"] ?? []
    let isDistinct = isWord(items.first, "distinct")
    if isDistinct { items.removeFirst() }
    var limit = parts["limit"] ?? parts["fetch"].map { $0.filter { $0.kind == .long } }
    if items.count > 2, isWord(items[0], "top"), items[1].kind == .long, limit == nil {
      limit = [items[1]]
      items.removeFirst(2)
    }
    guard let from = parts["from"] else {
      // Values alone.
      guard parts.keys.allSatisfy({ $0 == "select" }), !items.isEmpty else { return nil }
      let values = list(items[...]).map { column($0, SQLScope()) }
      guard values.allSatisfy({ $0 != nil && $0?.isAggregate == false && $0?.steps == nil }) else { return nil }
      return "print " + values.map { named($0?.name, $0?.text ?? "") }.joined(separator: ", ")
    }
    guard let (source, scope) = self.source(from[...], columns: tokens) else { return nil }
    var steps = [source]
    if let condition = parts["where"] {
      guard let text = expression(condition[...], scope), !text.isAggregate else { return nil }
      steps.append("where \(text.text)")
    }
    let isEverything = items.isEmpty && parts["select"] == nil || items.count == 1 && items[0].kind == .star
    var columns: [Column] = []
    var keepsAll = isEverything
    if !isEverything {
      for item in list(items[...]) {
        if item.count == 1, item.first?.kind == .star { keepsAll = true; continue }
        guard let column = column(item, scope) else { return nil }
        columns.append(column)
      }
      if columns.isEmpty { return nil }
    }
    for column in columns { if let made = column.steps { steps.append(made) } }
    guard let groups = grouping(parts, &columns, isEverything || keepsAll, scope) else { return nil }
    steps += groups.steps
    if isDistinct, !groups.hasGroups { steps.append("distinct " + (keepsAll ? "*" : columns.map(\.text).joined(separator: ", "))) }
    // One row needs no order.
    if let order = parts["order"], !groups.hasGroups || groups.hasKeys {
      guard let text = sorting(order[...], columns, groups.hasGroups ? groups.names : nil, scope) else { return nil }
      steps.append("sort by " + text)
    }
    var count = limit
    var skipped = parts["offset"]?.filter { $0.kind == .long }
    if let given = limit, given.count == 3, given[1].kind == .comma { (skipped, count) = ([given[0]], [given[2]]) }
    if let skipped {
      guard skipped.count == 1 else { return nil }
      steps.append("serialize | where row_number() > \(skipped[0].text)")
    }
    if let count {
      guard count.count == 1, count[0].kind == .long else { return nil }
      steps.append("take \(count[0].text)")
    }
    if !groups.hidden.isEmpty { steps.append("project-away " + groups.hidden.joined(separator: ", ")) }
    if !groups.hasGroups, !isDistinct, !isEverything {
      let made = columns.map { $0.steps == nil ? named($0.name, $0.text) : $0.name ?? $0.text }.joined(separator: ", ")
      let extra = columns.filter { $0.steps == nil }.map { named($0.name, $0.text) }.joined(separator: ", ")
      if !keepsAll { steps.append("project " + made) } else if !extra.isEmpty { steps.append("extend " + extra) }
    }
    return steps.joined(separator: " | ")
  }

  private func named(_ name: String?, _ text: String) -> String { name.map { $0 == text ? text : "\($0) = \(text)" } ?? text }

  // MARK: Groups

  private struct Groups {
    var steps: [String] = []
    var hasGroups = false
    var hasKeys = false
    /// Texts by the names under which they go on.
    var names: [String: String] = [:]
    /// Columns that only conditions use.
    var hidden: [String] = []
  }

  private func grouping(_ parts: [String: [Token]], _ columns: inout [Column], _ isEverything: Bool, _ scope: SQLScope) -> Groups? {
    var groups = Groups()
    var keys: [(name: String?, text: String)] = []
    for key in parts["group"].map({ list($0[...]) }) ?? [] {
      if key.count == 1, let first = key.first, first.kind == .long, let number = Int(first.text) {
        guard columns.indices.contains(number - 1), !columns[number - 1].isAggregate else { return nil }
        keys.append((columns[number - 1].name, columns[number - 1].text))
      } else if key.count == 1, let named = columns.first(where: { $0.name != nil && $0.name == key.first?.text && !$0.isAggregate }) {
        keys.append((named.name, named.text))
      } else {
        guard let text = expression(key, scope), !text.isAggregate else { return nil }
        keys.append((columns.first { $0.text == text.text }?.name, text.text))
      }
    }
    groups.hasKeys = !keys.isEmpty
    groups.hasGroups = groups.hasKeys || columns.contains(where: \.isAggregate)
    guard groups.hasGroups else { return parts["having"] == nil ? groups : nil }
    guard !isEverything, !columns.contains(where: { $0.steps != nil }) else { return nil }
    let isOnlyOne = columns.filter(\.isAggregate).count == 1
    for i in columns.indices where columns[i].isAggregate && columns[i].name == nil { columns[i].name = i == 0 || isOnlyOne ? "n" : "n\(i)" }
    guard columns.allSatisfy({ column in column.isAggregate || keys.contains { $0.text == column.text } }) else { return nil }
    for column in columns { groups.names[column.text] = column.name ?? column.text }
    for key in keys { groups.names[key.text] = key.name ?? key.text }
    var condition: String?
    if let having = parts["having"] {
      guard let text = expression(having[...], scope) else { return nil }
      var renamed = text.text
      for call in text.aggregates {
        if groups.names[call] == nil {
          let name = "n\(columns.count + 1)"
          columns.append(Column(name: name, text: call, isAggregate: true))
          groups.names[call] = name
          groups.hidden.append(name)
        }
        renamed = renamed.replacing(call, with: groups.names[call] ?? call)
      }
      condition = renamed
    }
    let aggregates = columns.filter(\.isAggregate).map { "\($0.name ?? "n") = \($0.text)" }.joined(separator: ", ")
    let by = keys.isEmpty ? "" : "by " + keys.map { named($0.name, $0.text) }.joined(separator: ", ")
    groups.steps.append("summarize " + [aggregates, by].filter { !$0.isEmpty }.joined(separator: " "))
    if let condition { groups.steps.append("where \(condition)") }
    return groups
  }

  /// - Parameter names: the names by which results of groups go on; nil without groups.
  private func sorting(_ tokens: ArraySlice<Token>, _ columns: [Column], _ names: [String: String]?, _ scope: SQLScope) -> String? {
    var sorted: [String] = []
    for var key in list(tokens) {
      var direction = " asc"
      var nulls = ""
      if key.count > 2, isWord(key[key.endIndex - 2], "nulls"), let last = key.last, isWord(last, "first") || isWord(last, "last") {
        nulls = " nulls " + last.text.lowercased()
        key = key.dropLast(2)
      }
      if let last = key.last, isWord(last, "desc") || isWord(last, "asc") {
        direction = " " + last.text.lowercased()
        key = key.dropLast()
      }
      let text: String
      if key.count == 1, let first = key.first, first.kind == .long, let number = Int(first.text) {
        guard columns.indices.contains(number - 1) else { return nil }
        text = names == nil ? columns[number - 1].text : columns[number - 1].name ?? columns[number - 1].text
      } else {
        guard let made = expression(key, scope) else { return nil }
        if let names {
          // Only the results of the groups are left to sort by.
          guard let name = names[made.text] ?? (names.values.contains(made.text) ? made.text : nil) else { return nil }
          text = name
        } else {
          text = columns.first { $0.name == made.text && $0.steps == nil }?.text ?? made.text
        }
      }
      sorted.append(text + direction + nulls)
    }
    return sorted.joined(separator: ", ")
  }

  // MARK: Parts

  /// The tokens of each part; nil for a statement of other parts.
  private func split(_ tokens: ArraySlice<Token>) -> [String: [Token]]? {
    var result: [String: [Token]] = [:]
    var part = -1
    var depth = 0
    var skipsBy = false
    let isFromFirst = isWord(tokens.first, "from")
    for token in tokens {
      switch token.kind {
      case .leftParen: depth += 1
      case .rightParen: depth -= 1
      case .pipe, .leftBrace, .command, .commandText: return nil
      default: break
      }
      if depth == 0, token.kind == .word {
        let word = token.text.lowercased()
        if skipsBy {
          guard word == "by" else { return nil }
          skipsBy = false
          continue
        }
        // `FETCH FIRST 5 ROWS ONLY` has no further words that matter.
        if let next = Self.parts.firstIndex(of: word), part >= 0 && Self.parts[part] != "fetch" || part < 0 {
          let isInOrder = next > part || isFromFirst && word == "select" && part == 1
          guard isInOrder, result[word] == nil else { return nil }
          part = next
          result[word] = []
          skipsBy = word == "group" || word == "order"
          continue
        }
        if ["union", "intersect", "except", "qualify", "into", "window"].contains(word) { return nil }
      }
      guard part >= 0 else { return nil }
      result[Self.parts[part], default: []].append(token)
    }
    return result.isEmpty || result.values.contains { $0.isEmpty } ? nil : result
  }

  /// `value`, `value AS name`, `value name`.
  private func column(_ item: ArraySlice<Token>, _ scope: SQLScope) -> Column? {
    var item = item
    var name: String?
    if item.count > 2, let last = item.last, last.kind == .word, isWord(item[item.endIndex - 2], "as") {
      name = KQLName.inQuery(last.text)
      item = item.dropLast(2)
    } else if item.count > 1, let last = item.last, last.kind == .word, !isWord(last, "end"), !isWord(last, "null") {
      let before = item[item.endIndex - 2]
      if before.kind == .rightParen || before.kind == .word && !isWord(before, "interval") && item.count == 2 {
        name = KQLName.inQuery(last.text)
        item = item.dropLast()
      }
    }
    if let place = item.firstIndex(where: { isWord($0, "over") }) { return window(item[..<place], item[(place + 1)...], name, scope) }
    guard let made = expression(item, scope) else { return nil }
    return Column(name: name, text: made.text, isAggregate: made.isAggregate)
  }

  /// `ROW_NUMBER() OVER (PARTITION BY a ORDER BY b DESC)`, and `LAG` and `LEAD` over an order.
  private func window(_ call: ArraySlice<Token>, _ frame: ArraySlice<Token>, _ name: String?, _ scope: SQLScope) -> Column? {
    guard call.count > 2, let function = call.first?.text.lowercased(), frame.first?.kind == .leftParen, Parser.closing(frame) == frame.count else { return nil }
    let inside = frame.dropFirst().dropLast()
    guard let order = inside.firstIndex(where: { isWord($0, "order") }), order + 2 < inside.endIndex, isWord(inside[order + 1], "by"),
      let sorted = sorting(inside[(order + 2)...], [], nil, scope)
    else { return nil }
    var keys: [String] = []
    if isWord(inside.first, "partition") {
      for key in list(inside[..<order].dropFirst(2)) {
        guard let text = expression(key, scope), !text.isAggregate else { return nil }
        keys.append(text.text)
      }
    } else if order != inside.startIndex {
      return nil
    }
    let value: String
    switch function {
    case "row_number" where call.count == 3:
      let restarts = keys.map { "prev(\($0)) != \($0)" }.joined(separator: " or ")
      value = restarts.isEmpty ? "row_number()" : "row_number(1, \(restarts))"
    case "lag" where keys.isEmpty, "lead" where keys.isEmpty:
      guard let argument = expression(call.dropFirst(2).dropLast(), scope) else { return nil }
      value = "\(function == "lag" ? "prev" : "next")(\(argument.text))"
    default: return nil
    }
    let name = name ?? function
    let sortKeys = keys.map { "\($0) asc" } + [sorted]
    return Column(name: name, text: name, isAggregate: false, steps: "sort by \(sortKeys.joined(separator: ", ")) | extend \(name) = \(value)")
  }
}
