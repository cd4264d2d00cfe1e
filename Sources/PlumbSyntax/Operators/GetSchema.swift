import PlumbDiagnostics

/// `getschema`: the columns and their types, as rows.
public struct GetSchemaSyntax: Sendable {
  public var span: SourceSpan
}

extension Parser {
  func parseGetSchemaOperator(from start: Int) -> GetSchemaSyntax {
    GetSchemaSyntax(span: span(from: start))
  }
}
