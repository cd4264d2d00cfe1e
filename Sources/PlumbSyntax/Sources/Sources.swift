import PlumbDiagnostics

/// Queries: a source, and operators after pipes.
extension Parser {
  mutating func parseQuery() throws(SyntaxFailure) -> QuerySyntax {
    let start = index
    let outer = try enterQuery()
    let source: SourceSyntax
    do throws(SyntaxFailure) {
      source = try parseSource()
    } catch {
      // Without its source the query is lost, but its operators may contain more errors.
      if depth == 0, !at(.end) {
        recover(from: start)
        if at(.pipe) {
          _ = try parsePipes(QuerySyntax(source: .implied(.none), operators: [], span: .none))
        }
      }
      throw error
    }
    let query = try parsePipes(QuerySyntax(source: source, operators: [], span: source.span))
    leaveQuery(outer)
    return query
  }

  /// The following operators; outside brackets an error in one does not end the rest.
  mutating func parsePipes(_ query: QuerySyntax) throws(SyntaxFailure) -> QuerySyntax {
    var query = query
    let lower = query.span.lower
    while at(.pipe) {
      let start = index
      advance()
      do throws(SyntaxFailure) {
        if query.operators.count >= Self.maximumOperators {
          throw fail(
            "too-many-operators", "this query is too long: the limit is \(Self.maximumOperators) operators",
            at: tokenAtPipe(start), help: "name parts of it with `let`")
        }
        query.operators.append(try parseOperator())
      } catch {
        if depth > 0 { throw error }
        reset(depth: 0, tallest: 0)
        let isLost = hasManyDiagnostics || query.operators.count >= Self.maximumOperators
        recover(from: start, stopsAtPipe: !isLost)
      }
    }
    query.span = SourceSpan(lower, max(query.span.upper, token(before: 1).upper), in: token.source)
    return query
  }

  private func tokenAtPipe(_ start: Int) -> SourceSpan { token(before: index - start).span }

  /// A query without its source: `take 5 | count`, in the brackets of `fork` and similar operators.
  mutating func parseImpliedQuery() throws(SyntaxFailure) -> QuerySyntax {
    let start = SourceSpan(token.lower, token.lower, in: token.source)
    var query = QuerySyntax(source: .implied(start), operators: [], span: start)
    let outer = try enterQuery()
    _ = skip(.pipe)
    query.operators.append(try parseOperator())
    query = try parsePipes(query)
    leaveQuery(outer)
    return query
  }

  mutating func parseSource() throws(SyntaxFailure) -> SourceSyntax {
    if depth == 0, let foreign = foreignStart {
      forgiveQuestionMark()
      throw fail("foreign-statement", "KQL has no statement `\(token.text)`", at: token.span, help: sqlQuery ?? foreign)
    }
    if atSourceKeyword || atWordBeforeQuotedName { return try parseKeywordSource() }
    if depth == 0, isSQL { throw unexpectedSource() }
    return try parseTableOperand()
  }

  /// What to write for a statement of SQL that begins with another word than `SELECT`.
  private var sqlQuery: String? {
    guard ["with", "from", "explain"].contains(token.text.lowercased()), let query = SQLTranslation(self).query else { return nil }
    return "write `\(query)`"
  }

  private mutating func parseKeywordSource() throws(SyntaxFailure) -> SourceSyntax {
    guard let declaration = sourceDeclaration else { throw unexpectedSource() }
    return try declaration.parse(&self)
  }

  /// The source whose keyword starts here, which may be words joined by dashes.
  private var sourceDeclaration: SourceDeclaration? {
    guard at(.word) else { return nil }
    if token(after: 1).kind == .minus, isAdjacent(after: 1), token(after: 2).kind == .word, isAdjacent(after: 2) {
      return SourceDeclaration.named("\(token.text)-\(token(after: 2).text)") ?? SourceDeclaration.named(token.text)
    }
    return SourceDeclaration.named(token.text)
  }

  /// Whether a source that is a keyword starts here, rather than a table or column of that name.
  var atSourceKeyword: Bool { sourceDeclaration?.starts(self) == true }

  /// Whether a value or a name starts there.
  func startsOperand(after distance: Int) -> Bool {
    let token = token(after: distance)
    switch token.kind {
    case .long, .real, .timespan, .string, .typedLiteral, .leftParen, .minus, .plus, .star: return true
    case .word:
      return isName(after: distance) || ReservedWords.booleans[token.text] != nil || token.text == "null"
    default: return isName(after: distance)
    }
  }

  /// A table combined with others: a name, a call, a query in brackets.
  mutating func parseTableOperand() throws(SyntaxFailure) -> SourceSyntax {
    if at(.leftParen) {
      let start = index
      let nesting = try enter(.leftParen)
      let query = try parseQuery()
      try leave(nesting)
      return .parenthesized(query, span(from: start))
    }
    if atWrittenTable { return try parseKeywordSource() }
    guard atName, ReservedWords.booleans[token.text] == nil else { throw unexpectedSource() }
    switch try parseReference() {
    case .name(let name):
      // `database.table`
      guard skip(.dot) else { return .name(name) }
      let table = try parseName("a table")
      return .path(
        EntityPathSyntax(
          qualifiers: [], database: name, entity: .name(table), span: SourceSpan.joining(name.span, table.span)))
    case .call(let call):
      // `pattern("x").name`: not a database, but a path.
      guard skip(.dot) else { return .call(call) }
      let name = try parseName("a table")
      return .path(
        EntityPathSyntax(
          qualifiers: [call], entity: .name(name), span: SourceSpan.joining(call.span, name.span)))
    case .path(let path): return .path(path)
    case .literal, .unary, .binary, .logical, .between, .membership, .member, .element, .star,
      .parenthesized, .query:
      throw unexpectedSource()
    }
  }

  /// `select a from t`, or an operator's name with its operands where the table should be.
  private var isSQL: Bool {
    guard at(.word) else { return false }
    let next = token(after: 1).kind
    if token.text.lowercased() == "select" { return next != .pipe && next != .end && next != .semicolon }
    guard let word = operatorWord, let declaration = OperatorDeclaration.named(word.text), declaration.isSupported,
      !declaration.traits.contains(.isWord)
    else { return false }
    switch next {
    case .word, .long, .string, .minus, .star: return true
    default: return false
    }
  }

  /// A table operand, or a name with `*` in it.
  mutating func parseTablePattern() throws(SyntaxFailure) -> SourceSyntax {
    if startsTablePattern { return .pattern(try parseNamePattern("a table")) }
    if let path = readPathOfPattern() { return .path(path) }
    return try parseTableOperand()
  }

  /// Whether `*` or `T*` starts here.
  private var startsTablePattern: Bool { at(.star) || at(.word) && token(after: 1).kind == .star && isAdjacent(after: 1) }

  /// `d.T*`, `database("d").T*`; nil if something else starts here.
  private mutating func readPathOfPattern() -> EntityPathSyntax? {
    var trial = self
    var qualifiers: [CallSyntax] = []
    while trial.at(.word), EntityQualifier.names.contains(trial.token.text), trial.token(after: 1).kind == .leftParen {
      guard let name = try? trial.parseName("a database"), let call = try? trial.parseCall(name), trial.skip(.dot) else { return nil }
      qualifiers.append(call)
    }
    var database: NameSyntax?
    if qualifiers.isEmpty {
      guard trial.atName, let name = try? trial.parseName("a database"), trial.skip(.dot) else { return nil }
      database = name
    }
    guard trial.startsTablePattern, let pattern = try? trial.parseNamePattern("a table"),
      trial.diagnostics.count == diagnostics.count
    else { return nil }
    let lower = database?.span ?? qualifiers.first?.span ?? pattern.span
    self = trial
    return EntityPathSyntax(
      qualifiers: qualifiers, database: database, entity: .pattern(pattern), span: SourceSpan.joining(lower, pattern.span))
  }

  /// `(T, U*)`
  mutating func parseTablePatternList() throws(SyntaxFailure) -> [SourceSyntax] {
    var tables: [SourceSyntax] = []
    let nesting = try enter(.leftParen, "before the tables")
    repeat { tables.append(try parseTablePattern()) } while skip(.comma)
    try leave(nesting)
    return tables
  }
}
