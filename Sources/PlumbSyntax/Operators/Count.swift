import PlumbDiagnostics

/// `count`: how many rows.
package struct CountSyntax: Sendable {
  package var span: SourceSpan
}

extension Parser {
  func parseCountOperator(from start: Int) -> CountSyntax {
    CountSyntax(span: span(from: start))
  }
}
