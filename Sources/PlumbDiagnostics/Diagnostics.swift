
/// All problems with a text, in the order in which they were found.
package struct Diagnostics: Error, Sendable {
  package let list: [Diagnostic]

  package init(_ list: [Diagnostic]) { self.list = list }
}

/// Errors in a text other than the one that was typed, such as a file that belongs to it.
package struct SourcedDiagnostics: Error, Sendable {
  package let list: [Diagnostic]
  package let source: String
  /// The file's name, if it has one.
  package var name: String?

  package init(list: [Diagnostic], source: String, name: String? = nil) {
    self.list = list
    self.source = source
    self.name = name
  }
}
