import PlumbDiagnostics

/// A name as the user means it: without quotes and brackets.
package struct NameSyntax: Hashable, Sendable {
  package var text: String
  package var span: SourceSpan
  /// Whether it was written as `['...']`, which makes it a name whatever it spells.
  package var isQuoted: Bool
}

/// A name that may have `*` in it: `col*`, `*_id`.
package struct NamePatternSyntax: Hashable, Sendable {
  package var text: String
  package var span: SourceSpan
  /// A quoted pattern is a plain name, even with a star in it.
  package var isQuoted: Bool

  package var hasWildcard: Bool { !isQuoted && text.utf8.contains(UInt8(ascii: "*")) }
}
