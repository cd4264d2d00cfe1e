import PlumbDiagnostics

/// `declare pattern name = (a: string)[b: string] { ("x").["y"] = { query }; ... }`: tables defined under texts.
package struct DeclarePatternSyntax: Sendable {
  package var name: NameSyntax
  /// What the pattern maps; nil if it is declared without a meaning.
  package var mapping: PatternMappingSyntax?
  package var span: SourceSpan
}

/// The parameters of a pattern and the meaning of their values.
package struct PatternMappingSyntax: Sendable {
  package var parameters: [FunctionParameterSyntax]
  /// The parameter in square brackets, whose value follows a dot.
  package var path: FunctionParameterSyntax?
  package var definitions: [PatternDefinitionSyntax]
}

/// `("x").["y"] = { query }`
package struct PatternDefinitionSyntax: Sendable {
  package var arguments: [LiteralSyntax]
  package var path: NameSyntax?
  /// A function without parameters.
  package var body: FunctionSyntax
  package var span: SourceSpan
}

extension DeclarePatternSyntax {
  static let statement = StatementDeclaration(
    "declare", usage: "declare pattern name = (parameter: string)[path: string] { (value).[path] = { query }; ... };",
    summary: "Names queries that are selected by values.",
    examples: [#"declare pattern state = (code: string) { ("f") = { runs | where status == "failed" }; }; state("f") | count"#],
    clauses: ["pattern"], starts: { $0.atWord("pattern", after: 1) }
  ) { parser throws(SyntaxFailure) in .declarePattern(try parser.parseDeclarePatternStatement()) }
}

extension Parser {
  mutating func parseDeclarePatternStatement() throws(SyntaxFailure) -> DeclarePatternSyntax {
    let start = index
    advance()
    advance()
    let name = try parseName("a pattern's name")
    let mapping = skip(.assign) ? try parsePatternMapping() : nil
    return DeclarePatternSyntax(name: name, mapping: mapping, span: span(from: start))
  }

  private mutating func parsePatternMapping() throws(SyntaxFailure) -> PatternMappingSyntax {
    let parameters = try parseFunctionParameterList()
    var path: FunctionParameterSyntax?
    if at(.leftBracket) {
      let nesting = try enter(.leftBracket)
      path = try parseFunctionParameter()
      try leave(nesting)
    }
    var definitions: [PatternDefinitionSyntax] = []
    let nesting = try enter(.leftBrace, "and the pattern's definitions")
    while !isClosing(nesting) {
      definitions.append(try parsePatternDefinition())
      if !isClosing(nesting) { try expect(.semicolon, ";", "after the definition") }
      while skip(.semicolon) {}
    }
    try leave(nesting)
    return PatternMappingSyntax(parameters: parameters, path: path, definitions: definitions)
  }

  private mutating func parsePatternDefinition() throws(SyntaxFailure) -> PatternDefinitionSyntax {
    let start = index
    var arguments: [LiteralSyntax] = []
    let nesting = try enter(.leftParen, "before the values of the pattern's parameters")
    repeat { arguments.append(try parsePatternValue()) } while skip(.comma)
    try leave(nesting)
    let path = skip(.dot) ? try parseName("a value in square brackets") : nil
    try expect(.assign, "=", "and a query in braces")
    let body = try parseFunctionBody(of: [], from: index)
    return PatternDefinitionSyntax(arguments: arguments, path: path, body: body, span: span(from: start))
  }

  private mutating func parsePatternValue() throws(SyntaxFailure) -> LiteralSyntax {
    guard at(.string) else { throw unexpected("a text", help: "the values of a pattern must be strings such as \"x\"") }
    let token = advance()
    let (text, isHidden) = readString(token)
    return LiteralSyntax(value: .string(text, isHidden: isHidden), span: token.span)
  }
}

extension Printer {
  mutating func printDeclarePattern(_ node: DeclarePatternSyntax) {
    write("declare pattern ")
    printName(node.name)
    guard let mapping = node.mapping else { return }
    write(" = ")
    printFunctionParameters(mapping.parameters)
    if let path = mapping.path {
      write("[")
      printFunctionParameter(path)
      write("]")
    }
    write(" {")
    indented { printer in
      for definition in mapping.definitions {
        printer.newLine(before: definition.span.lower)
        printer.printPatternDefinition(definition)
      }
    }
    newLine(before: node.span.upper)
    write("}")
  }

  private mutating func printPatternDefinition(_ node: PatternDefinitionSyntax) {
    write("(")
    list(node.arguments) { printer, argument in printer.printLiteral(argument) }
    write(")")
    if let path = node.path {
      write(".")
      printName(path)
    }
    write(" =")
    printFunctionBody(node.body)
    write(";")
  }
}
