/// One thing that is wrong with a user's text or data: a stable code, a sentence and a place.
public struct Diagnostic: Error, Hashable, Sendable {
  public enum Severity: Hashable, Sendable {
    case error
    case warning
  }

  public var severity: Severity
  /// A stable kebab-case name that scripts and tests can rely on.
  public var code: String
  /// One sentence without a final stop, in the user's words.
  public var message: String
  public var span: SourceSpan?
  public var notes: [String]
  public var help: String?

  public init(
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
}
