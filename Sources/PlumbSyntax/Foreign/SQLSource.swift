import PlumbDiagnostics

/// The tables of a selection: their short names, and the columns that a join renames.
struct SQLScope {
  /// Short names of tables, and the names of those without one.
  var aliases: Set<String> = []
  /// `p.status`, which a join calls `status1`.
  var renamed: [String: String] = [:]

  init() {}
}

extension SQLReader {
  /// `runs r LEFT JOIN pipelines p ON r.pipeline = p.pipeline`, and a selection in brackets.
  ///
  /// - Parameter columns: the whole selection, which says what columns are read of each table.
  func source(_ tokens: ArraySlice<Token>, columns: ArraySlice<Token>) -> (text: String, scope: SQLScope)? {
    var rest = tokens
    var scope = SQLScope()
    guard let first = table(&rest, &scope) else { return nil }
    var text = first.text
    while !rest.isEmpty {
      var kind = "inner"
      words: while let next = rest.first, next.kind == .word {
        rest = rest.dropFirst()
        switch next.text.lowercased() {
        case "join": break words
        case "left": kind = "leftouter"
        case "right": kind = "rightouter"
        case "full": kind = "fullouter"
        case "inner", "outer": break
        default: return nil
        }
      }
      guard let other = table(&rest, &scope), let condition = rest.first else { return nil }
      rest = rest.dropFirst()
      let end = rest.firstIndex { token in ["join", "left", "right", "full", "inner", "cross", "natural"].contains(token.text.lowercased()) && token.kind == .word } ?? rest.endIndex
      let part = rest[..<end]
      rest = rest[end...]
      let on: String
      if isWord(condition, "using"), part.first?.kind == .leftParen, part.last?.kind == .rightParen {
        on = list(part.dropFirst().dropLast()).map { $0.map(\.text).joined() }.joined(separator: ", ")
      } else if isWord(condition, "on"), let pairs = pairs(part, right: other.alias) {
        on = pairs.map { $0 == $1 ? $0 : "$left.\($0) == $right.\($1)" }.joined(separator: ", ")
      } else {
        return nil
      }
      text += " | join kind=\(kind) (\(other.text)) on \(on)"
      rename(other.alias, columns, &scope)
    }
    return (text, scope)
  }

  /// A name with or without that of its schema, or a selection in brackets, and its short name.
  private func table(_ rest: inout ArraySlice<Token>, _ scope: inout SQLScope) -> (text: String, alias: String)? {
    var text: String
    var alias: String
    guard let first = rest.first else { return nil }
    if first.kind == .leftParen {
      guard let length = Parser.closing(rest), let query = inner?.compound(rest.dropFirst().prefix(length - 2)) else { return nil }
      (text, alias) = (query, "")
      rest = rest.dropFirst(length)
    } else {
      guard first.kind == .word else { return nil }
      (text, alias) = (first.text, first.text)
      rest = rest.dropFirst()
      while rest.count > 1, rest.first?.kind == .dot, rest[rest.startIndex + 1].kind == .word {
        (text, alias) = (rest[rest.startIndex + 1].text, rest[rest.startIndex + 1].text)
        rest = rest.dropFirst(2)
      }
      text = KQLName.inQuery(text)
    }
    scope.aliases.insert(alias.lowercased())
    if isWord(rest.first, "as") { rest = rest.dropFirst() }
    if let next = rest.first, next.kind == .word, !["join", "left", "right", "full", "inner", "cross", "natural", "on", "using", "outer"].contains(next.text.lowercased()) {
      alias = next.text
      rest = rest.dropFirst()
    }
    scope.aliases.insert(alias.lowercased())
    return (text, alias)
  }

  /// `a.x = b.y AND ...`: the columns on the left and on the right.
  private func pairs(_ tokens: ArraySlice<Token>, right: String) -> [(String, String)]? {
    var pairs: [(String, String)] = []
    for part in tokens.split(whereSeparator: { isWord($0, "and") }) {
      let tokens = Array(part)
      guard tokens.count == 7, tokens[3].kind == .assign, tokens[1].kind == .dot, tokens[5].kind == .dot else { return nil }
      let isTurned = tokens[0].text.lowercased() == right.lowercased()
      guard isTurned || tokens[4].text.lowercased() == right.lowercased() else { return nil }
      let (one, other) = (KQLName.inQuery(tokens[2].text), KQLName.inQuery(tokens[6].text))
      pairs.append(isTurned ? (other, one) : (one, other))
    }
    return pairs.isEmpty ? nil : pairs
  }

  /// A column that is read of both sides gets a number on the right.
  private func rename(_ alias: String, _ columns: ArraySlice<Token>, _ scope: inout SQLScope) {
    var byTable: [String: Set<String>] = [:]
    for place in columns.indices.dropFirst().dropLast() where columns[place].kind == .dot {
      byTable[columns[place - 1].text.lowercased(), default: []].insert(columns[place + 1].text)
    }
    let others = byTable.filter { $0.key != alias.lowercased() }.values.reduce(into: Set<String>()) { $0.formUnion($1) }
    for column in byTable[alias.lowercased()] ?? [] where others.contains(column) { scope.renamed["\(alias.lowercased()).\(column)"] = "\(column)1" }
  }
}
