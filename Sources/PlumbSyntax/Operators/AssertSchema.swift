import PlumbDiagnostics

/// `assert-schema (a: long, b: string)`: fails unless the columns are these.
public struct AssertSchemaSyntax: Sendable {
  public var schema: SchemaSyntax
  public var span: SourceSpan
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
