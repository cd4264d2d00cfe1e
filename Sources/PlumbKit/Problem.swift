import PlumbDiagnostics

/// One problem with a text, a file or an option.
public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
  package let diagnostic: Diagnostic
  /// The text that the position refers to, and the name of its file.
  private let source: String
  private let name: String?

  package init(_ diagnostic: Diagnostic, in source: String = "", name: String? = nil) {
    self.diagnostic = diagnostic
    self.source = source
    self.name = name
  }

  /// A stable kebab-case name, such as `unknown-column`.
  public var code: String { diagnostic.code }

  /// One sentence without a final stop.
  public var message: String { diagnostic.message }

  /// What to do instead, if Plumb knows.
  public var help: String? { diagnostic.help }

  /// The position in the text, in UTF-8 offsets.
  public var range: Range<Int>? { diagnostic.span.map { $0.lower..<$0.upper } }

  /// The message with the line of the text and a mark under the position.
  public var description: String { DiagnosticRenderer().render(diagnostic, source: source, name: name) }
}

/// All problems with a text.
public struct Problems: Error, Sendable, CustomStringConvertible {
  public let list: [Problem]

  /// The descriptions of all problems, one below the other.
  public var description: String { list.map(\.description).joined(separator: "\n") }

  /// The problem, whichever part of Plumb found it.
  package init(_ error: any Error, in source: String = "") {
    switch error {
    case let problems as Problems: list = problems.list
    case let sourced as SourcedDiagnostics: list = sourced.list.map { Problem($0, in: sourced.source, name: sourced.name) }
    case let diagnostics as Diagnostics: list = diagnostics.list.map { Problem($0, in: source) }
    case let diagnostic as Diagnostic: list = [Problem(diagnostic, in: source)]
    case is Stopped: list = [Problem(Diagnostic("cancelled", "the work was cancelled"))]
    default: list = [Problem(Diagnostic("failed", "\(error)"))]
    }
  }
}
