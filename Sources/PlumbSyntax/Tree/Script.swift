import PlumbDiagnostics

/// A parsed text: statements in the order in which they were written.
package struct ScriptSyntax: Sendable {
  package var statements: [StatementSyntax]
  /// In the order of the text; the printer puts them back where they belong.
  package var comments: [CommentSyntax]
  package var span: SourceSpan

  package init(statements: [StatementSyntax], comments: [CommentSyntax], span: SourceSpan) {
    self.statements = statements
    self.comments = comments
    self.span = span
  }
}

/// A `//` comment, with its slashes and without the line feed.
package struct CommentSyntax: Sendable {
  package var text: String
  package var span: SourceSpan
  /// Whether other text precedes it on its line.
  package var isTrailing: Bool
}

/// One statement of a script, as far as it could be read.
package struct ScriptPart: Sendable {
  /// Nil, or incomplete, where there are mistakes.
  package var statement: StatementSyntax?
  package var span: SourceSpan
  package var mistakes: [Diagnostic] = []
}

/// The result of `parse`: as much of a tree as the text allowed, and its errors.
package struct ParseResult: Sendable {
  package var script: ScriptSyntax
  package var diagnostics: [Diagnostic]

  /// The statements in the order of the text, with the mistakes in each.
  package var parts: [ScriptPart]

  /// Whether the first error is that the text ends where more should follow.
  var endsTooEarly = false

  /// Whether more text must follow before there is something to run: the text ends too early, or it only prepares
  /// for a query, as `let` does.
  package var isUnfinished: Bool {
    if hasErrors { return endsTooEarly }
    switch script.statements.last {
    case nil, .query, .command: return false
    case .letBinding, .setOption, .declareQueryParameters, .declarePattern, .aliasDatabase, .restrictAccess: return true
    }
  }

  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
