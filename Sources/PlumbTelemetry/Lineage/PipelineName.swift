import PlumbDiagnostics

/// The name of a pipeline that was asked about, and where the user wrote it.
public struct PipelineName: Sendable, ExpressibleByStringLiteral {
  public var text: String
  /// Nil for a name that came from rows.
  public var span: SourceSpan?

  public init(_ text: String, at span: SourceSpan? = nil) {
    self.text = text
    self.span = span
  }

  public init(stringLiteral text: String) { self.init(text) }
}
