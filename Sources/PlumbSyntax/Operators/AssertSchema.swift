import PlumbDiagnostics

/// `assert-schema (a: long, b: string)`: fails unless the columns are these.
package struct AssertSchemaSyntax: Sendable {
  package var schema: SchemaSyntax
  package var span: SourceSpan
}

extension AssertSchemaSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "assert-schema", usage: "assert-schema (column: type, ...)",
      summary: "Ends with an error unless the columns are these.",
      examples: ["pipelines | project name, tier | assert-schema (name: string, tier: long)"]
    ) { parser, start throws(SyntaxFailure) in try parser.parseAssertSchemaOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printAssertSchema(self) }
}

extension Parser {
  mutating func parseAssertSchemaOperator(from start: Int) throws(SyntaxFailure) -> AssertSchemaSyntax {
    let schema = try parseSchema()
    return AssertSchemaSyntax(schema: schema, span: span(from: start))
  }
}

extension Printer {
  mutating func printAssertSchema(_ node: AssertSchemaSyntax) {
    write("assert-schema ")
    printSchema(node.schema)
  }
}
