import PlumbDiagnostics

/// `parse-kv x as (a: long) with (pair_delimiter=";")`: columns out of `key=value` text.
package struct ParseKVSyntax: Sendable {
  package var expression: ExpressionSyntax
  package var keys: SchemaSyntax
  package var properties: [ParameterSyntax]
  package var span: SourceSpan
}

extension Parser {
  mutating func parseParseKVOperator(from start: Int) throws(SyntaxFailure) -> ParseKVSyntax {
    let expression = try parseExpression()
    try expectWord("as", "and the keys", help: "write `parse-kv text as (key: type)`")
    let keys = try parseSchema()
    let properties = skipWord("with") ? try parsePropertyList() : []
    return ParseKVSyntax(expression: expression, keys: keys, properties: properties, span: span(from: start))
  }
}

extension Printer {
  mutating func printParseKV(_ node: ParseKVSyntax) {
    write("parse-kv ")
    printExpression(node.expression)
    write(" as ")
    printSchema(node.keys)
    printProperties(node.properties)
  }
}
