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
