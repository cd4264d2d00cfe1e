import PlumbDiagnostics

/// One statement of a script.
package enum StatementSyntax: Sendable {
  case query(QueryStatementSyntax)
  case letBinding(LetSyntax)
  case setOption(SetOptionSyntax)
  case declareQueryParameters(DeclareQueryParametersSyntax)
  case declarePattern(DeclarePatternSyntax)
  case aliasDatabase(AliasDatabaseSyntax)
  case restrictAccess(RestrictAccessSyntax)
  case command(CommandSyntax)

  package var span: SourceSpan {
    switch self {
    case .query(let node): node.span
    case .letBinding(let node): node.span
    case .setOption(let node): node.span
    case .declareQueryParameters(let node): node.span
    case .declarePattern(let node): node.span
    case .aliasDatabase(let node): node.span
    case .restrictAccess(let node): node.span
    case .command(let node): node.span
    }
  }

  /// Whether its line ends it, and a `;` might be a part of it.
  var endsWithLine: Bool { if case .command(let command) = self { command.isLine } else { false } }
}
