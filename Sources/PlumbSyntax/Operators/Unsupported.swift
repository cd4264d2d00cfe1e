import PlumbDiagnostics

/// An operator of Kusto's that Plumb does not have: its name, so that it can be refused by name.
public struct UnsupportedOperatorSyntax: Sendable {
  public var name: String
  public var nameSpan: SourceSpan
  /// The text of the whole operator.
  public var text: String
  public var span: SourceSpan
}
