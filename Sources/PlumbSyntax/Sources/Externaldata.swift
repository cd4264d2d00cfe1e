import PlumbDiagnostics

/// `externaldata(a: string) ["file"] with (format="csv")`: rows from files.
package struct ExternaldataSyntax: Sendable {
  package var schema: SchemaSyntax
  package var locations: [ExpressionSyntax]
  package var properties: [ParameterSyntax]
  package var span: SourceSpan
}

extension ExternaldataSyntax {
  static let source = SourceDeclaration(
    "externaldata", aliases: ["external_data"], usage: #"externaldata(name: type, ...)["path"]"#,
    summary: "Reads a file as a table.",
    examples: [#"externaldata(id: long, name: string)["tasks.csv"]"#],
    clauses: ["with"], starts: { $0.token(after: 1).kind == .leftParen }
  ) { parser throws(SyntaxFailure) in .externaldata(try parser.parseExternaldataSource()) }
}

extension Parser {
  mutating func parseExternaldataSource() throws(SyntaxFailure) -> ExternaldataSyntax {
    let start = index
    advance()
    let schema = try parseSchema()
    let nesting = try enter(.leftBracket, "before the files")
    var locations = [try parseExpression()]
    while skip(.comma), !isClosing(nesting) { locations.append(try parseExpression()) }
    try leave(nesting)
    let properties = skipWord("with") ? try parsePropertyList() : []
    return ExternaldataSyntax(
      schema: schema, locations: locations, properties: properties, span: span(from: start))
  }
}

extension ExternaldataSyntax {
  /// Kusto's newer form for files, which reads as `externaldata` does.
  static let inlineTable = SourceDeclaration(
    "inline_external_table", usage: #"inline_external_table(name: type, ...) kind=storage dataformat=csv ("path")"#,
    summary: "Reads files as a table; the same as `externaldata`.",
    examples: [#"inline_external_table(id: long, name: string) kind=storage dataformat=csv ("tasks.csv")"#],
    clauses: ["kind", "partition", "pathformat", "dataformat", "with"],
    starts: { $0.token(after: 1).kind == .leftParen || $0.atWord("kind", after: 1) }
  ) { parser throws(SyntaxFailure) in .externaldata(try parser.parseInlineExternalTable()) }
}

extension Parser {
  /// `inline_external_table (a: long) kind=storage dataformat=csv ("file") with (...)` as the `externaldata` it means.
  mutating func parseInlineExternalTable() throws(SyntaxFailure) -> ExternaldataSyntax {
    let start = index
    advance()
    let schema = at(.leftParen) ? try parseSchema() : nil
    let kind = try readOption("kind", "such as `kind=storage`, for files, or `kind=delta`")
    if skipWord("partition") {
      throw fail(
        "unsupported-option", "partitions of `inline_external_table` are not supported", at: token(before: 1).span,
        help: "name the files themselves")
    }
    if atWord("pathformat") {
      throw fail("unsupported-option", "`pathformat` is not supported", at: token.span, help: "name the files themselves")
    }
    var properties: [ParameterSyntax] = []
    if atWord("dataformat") {
      var format = try readOption("dataformat", "such as `dataformat=csv`")
      format.name.text = "format"
      properties = [format]
    }
    guard let schema else {
      throw fail(
        "missing-schema", "`inline_external_table` needs the columns here", at: span(from: start),
        help: "write `inline_external_table(name: type, ...) kind=delta (...)`")
    }
    if properties.isEmpty {
      properties = [
        ParameterSyntax(
          name: NameSyntax(text: "format", span: kind.span, isQuoted: false), value: kind.value, span: kind.span)
      ]
    }
    let nesting = try enter(.leftParen, "before the files")
    var locations = [try parseExpression()]
    while skip(.comma), !isClosing(nesting) { locations.append(try parseExpression()) }
    try leave(nesting)
    if skipWord("with") { properties += try parsePropertyList() }
    return ExternaldataSyntax(schema: schema, locations: locations, properties: properties, span: span(from: start))
  }

  /// `name = value`, which must be here.
  private mutating func readOption(_ name: String, _ expectation: String) throws(SyntaxFailure) -> ParameterSyntax {
    guard atWord(name) else { throw unexpected("`\(name)`", help: expectation) }
    if let option = try readParameters([name]).first { return option }
    advance()
    throw unexpected("`=` after `\(name)`", help: expectation)
  }
}

extension Printer {
  mutating func printExternaldata(_ node: ExternaldataSyntax) {
    write("externaldata")
    printSchema(node.schema)
    write(" [")
    list(node.locations) { $0.printExpression($1) }
    write("]")
    printProperties(node.properties)
  }
}
