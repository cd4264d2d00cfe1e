/// One problem with a user's text or data: a stable code, a sentence and a position.
package struct Diagnostic: Error, Hashable, Sendable {
  /// A place in a text that the user's own text calls, such as the body of a stored function.
  package struct Origin: Hashable, Sendable {
    /// What the text is called.
    package let name: String
    package let text: String
    /// The place in `text`.
    package let span: SourceSpan

    package init(name: String, text: String, span: SourceSpan) {
      self.name = name
      self.text = text
      self.span = span
    }
  }

  package enum Severity: Hashable, Sendable {
    case error
    case warning
  }

  package var severity: Severity
  /// A stable kebab-case name that scripts and tests can rely on.
  package var code: String
  /// One sentence without a final stop, in the user's words.
  package var message: String
  package var span: SourceSpan?
  /// Where the mistake is, when `span` is only the call that led there.
  package var origin: Origin?
  package var notes: [String]
  package var help: String?

  package init(
    _ code: String, _ message: String, at span: SourceSpan? = nil, help: String? = nil,
    notes: [String] = [], severity: Severity = .error
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.span = span
    self.notes = notes
    self.help = help
  }

  /// The same about a text that begins so many bytes earlier.
  package func moved(by bytes: Int) -> Diagnostic {
    var moved = self
    moved.span = span.map { SourceSpan($0.lower + bytes, $0.upper + bytes, in: $0.text) }
    return moved
  }

  /// The same for somebody who does not see the text that it is about.
  package var withoutPlace: Diagnostic {
    var placeless = self
    placeless.span = nil
    return placeless
  }
}
