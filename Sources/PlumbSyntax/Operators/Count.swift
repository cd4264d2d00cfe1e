import PlumbDiagnostics

/// `count`: how many rows.
public struct CountSyntax: Sendable {
  public var span: SourceSpan
}

extension Parser {
  func parseCountOperator(from start: Int) -> CountSyntax {
    CountSyntax(span: span(from: start))
  }
}
