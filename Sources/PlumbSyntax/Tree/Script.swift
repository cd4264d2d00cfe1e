import PlumbDiagnostics

/// A text as the parser read it: statements in the order they were written.
public struct ScriptSyntax: Sendable {
  public var statements: [StatementSyntax]
  public var span: SourceSpan
}

/// What `parse` gives back: as much of a tree as the text allowed, and what was wrong with it.
public struct ParseResult: Sendable {
  public var script: ScriptSyntax
  public var diagnostics: [Diagnostic]

  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
