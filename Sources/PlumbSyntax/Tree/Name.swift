import PlumbDiagnostics

/// A name as the user means it: quotes and brackets are taken off.
public struct NameSyntax: Hashable, Sendable {
  public var text: String
  public var span: SourceSpan
  /// Whether it stood as `['...']`, which makes it a name whatever it spells.
  public var isQuoted: Bool
}

/// A name that may have `*` in it: `col*`, `*_id`.
public struct NamePatternSyntax: Hashable, Sendable {
  public var text: String
  public var span: SourceSpan
  /// A quoted pattern is a plain name, even with a star in it.
  public var isQuoted: Bool

  public var hasWildcard: Bool { !isQuoted && text.utf8.contains(UInt8(ascii: "*")) }
}
