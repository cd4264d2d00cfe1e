import PlumbDiagnostics

/// `parse-kv x as (a: long) with (pair_delimiter=";")`: extracts columns from `key=value` text.
package struct ParseKVSyntax: Sendable {
  package var expression: ExpressionSyntax
  package var keys: SchemaSyntax
  package var properties: [ParameterSyntax]
  package var span: SourceSpan
}

extension ParseKVSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "parse-kv", usage: "parse-kv column as (key:type, ...) with (...)",
      summary: "Extracts `key=value` pairs from a text.",
      examples: [#"print line = "code=7 zone=west" | parse-kv line as (code: long, zone: string) with (pair_delimiter=" ", kv_delimiter="=")"#],
      clauses: ["as", "with"]
    ) { parser, start throws(SyntaxFailure) in try parser.parseParseKVOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printParseKV(self) }
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
