import PlumbDiagnostics

/// `getschema`: the columns and their types, as rows.
package struct GetSchemaSyntax: Sendable {
  package var span: SourceSpan
}

extension Parser {
  func parseGetSchemaOperator(from start: Int) -> GetSchemaSyntax {
    GetSchemaSyntax(span: span(from: start))
  }
}
