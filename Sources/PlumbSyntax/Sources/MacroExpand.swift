import PlumbDiagnostics

/// `macro-expand entity_group [a, b] as X (X.T | where y)`: the rows of a query over several databases or tables.
package struct MacroExpandSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var group: EntityGroupSyntax
  /// What the body calls each of them.
  package var name: NameSyntax
  /// The query, after `let` statements of its own.
  package var body: FunctionSyntax
  package var span: SourceSpan
}

/// Several databases or tables: `entity_group [a, b]`, or the name that `let` gives to such a list.
package enum EntityGroupSyntax: Sendable {
  case name(NameSyntax)
  case entities([ExpressionSyntax], SourceSpan)
}

extension MacroExpandSyntax {
  static let settings: [OperatorDeclaration.Setting] = ["kind", "isfuzzy"]

  static let source = SourceDeclaration(
    "macro-expand", usage: "macro-expand entity_group [Database, ...] as X (X.Table | ...)",
    summary: "Returns the rows of one query over several databases or tables.",
    examples: ["macro-expand entity_group [runs, errors] as X (X | summarize n = count() by pipeline) | summarize sum(n) by pipeline"],
    clauses: ["as", "entity_group"], settings: settings,
    starts: { $0.token(after: 3).kind == .word || $0.isName(after: 3) }
  ) { parser throws(SyntaxFailure) in .macroExpand(try parser.parseMacroExpandSource()) }
}

extension Parser {
  mutating func parseMacroExpandSource() throws(SyntaxFailure) -> MacroExpandSyntax {
    let start = index
    // `macro`, `-`, `expand`.
    for _ in 0..<3 { advance() }
    let parameters = try readSettings(MacroExpandSyntax.settings)
    let group: EntityGroupSyntax
    let name: NameSyntax
    if atWord("in", after: nameLength(after: 0)) {
      name = try parseName("a name for each database")
      advance()
      group = try parseEntityGroup()
    } else {
      group = try parseEntityGroup()
      try expectWord("as", "and a name for each database")
      name = try parseName("a name for each database")
    }
    let bodyStart = index
    let nesting = try enter(.leftParen, "before the query")
    let (statements, result) = try parseBody()
    try leave(nesting)
    let body = FunctionSyntax(
      isView: false, parameters: [], statements: statements, result: result, bodySpan: span(from: bodyStart),
      span: span(from: bodyStart))
    return MacroExpandSyntax(parameters: parameters, group: group, name: name, body: body, span: span(from: start))
  }

  /// Whether `entity_group [` starts here.
  var startsEntityGroup: Bool { atWord("entity_group") && token(after: 1).kind == .leftBracket }

  mutating func parseEntityGroup() throws(SyntaxFailure) -> EntityGroupSyntax {
    guard startsEntityGroup else { return .name(try parseName("a group of databases")) }
    let start = index
    advance()
    let nesting = try enter(.leftBracket, "before the databases")
    var entities = [try parseExpression()]
    while skip(.comma), !isClosing(nesting) { entities.append(try parseExpression()) }
    try leave(nesting)
    return .entities(entities, span(from: start))
  }
}

extension Printer {
  mutating func printMacroExpand(_ node: MacroExpandSyntax) {
    write("macro-expand ")
    printParameters(node.parameters)
    printEntityGroup(node.group)
    write(" as ")
    printName(node.name)
    write(" (")
    printBody(node.body)
    write(")")
  }

  mutating func printEntityGroup(_ group: EntityGroupSyntax) {
    switch group {
    case .name(let name): printName(name)
    case .entities(let entities, _):
      write("entity_group [")
      list(entities) { $0.printExpression($1) }
      write("]")
    }
  }
}
