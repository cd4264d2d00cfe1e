import PlumbDiagnostics

/// `assert-schema (a: long, b: string)`: fails unless the columns are these.
package struct AssertSchemaSyntax: Sendable {
  package var schema: SchemaSyntax
  package var span: SourceSpan
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
