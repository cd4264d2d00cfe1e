import PlumbDiagnostics

/// The name of a pipeline in a question, and where the user wrote it.
package struct PipelineName: Sendable, ExpressibleByStringLiteral {
  package var text: String
  /// Nil for a name from rows.
  package var span: SourceSpan?

  package init(_ text: String, at span: SourceSpan? = nil) {
    self.text = text
    self.span = span
  }

  package init(stringLiteral text: String) { self.init(text) }
}
