import PlumbDiagnostics

/// `externaldata(a: string) ["file"] with (format="csv")`: rows from files.
package struct ExternaldataSyntax: Sendable {
  package var schema: SchemaSyntax
  package var locations: [ExpressionSyntax]
  package var properties: [ParameterSyntax]
  package var span: SourceSpan
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
