import PlumbDiagnostics

/// A management command, kept as it was written: `.show tables`.
public struct CommandSyntax: Sendable {
  /// From the dot to the end, without surrounding white space.
  public var text: String
  public var span: SourceSpan
}
