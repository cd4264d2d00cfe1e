import PlumbDiagnostics

/// A tabular expression: the source of the rows, and the operators that they are piped through.
package struct QuerySyntax: Sendable {
  package var source: SourceSyntax
  package var operators: [any OperatorNode]
  package var span: SourceSpan

  package init(source: SourceSyntax, operators: [any OperatorNode], span: SourceSpan) {
    self.source = source
    self.operators = operators
    self.span = span
  }
}

/// The source of a query's rows.
package indirect enum SourceSyntax: Sendable {
  /// A table, view or variable.
  case name(NameSyntax)
  /// `Logs*`; only inside `union`, `search` and `find`.
  case pattern(NamePatternSyntax)
  /// A table function: `f(1)`, `table("x")`, `materialize(T | take 5)`.
  case call(CallSyntax)
  /// `database("x").T`.
  case path(EntityPathSyntax)
  /// `(T | take 5)`.
  case parenthesized(QuerySyntax, SourceSpan)
  case print(PrintSyntax)
  case range(RangeSyntax)
  case datatable(DatatableSyntax)
  case externaldata(ExternaldataSyntax)
  case union(UnionSyntax)
  case search(SearchSyntax)
  case find(FindSyntax)
  case macroExpand(MacroExpandSyntax)
  /// `evaluate plugin(...)` at the start of a query.
  case evaluate(EvaluateSyntax)
  /// `lineage downstream of X`, `predict risk` and other words.
  case word(WordSyntax)
  /// The rows of the enclosing operator: `fork`, `facet` and similar operators start their
  /// inner queries with an operator, not with a table.
  case implied(SourceSpan)

  package var span: SourceSpan {
    switch self {
    case .name(let node): node.span
    case .pattern(let node): node.span
    case .call(let node): node.span
    case .path(let node): node.span
    case .parenthesized(_, let span): span
    case .print(let node): node.span
    case .range(let node): node.span
    case .datatable(let node): node.span
    case .externaldata(let node): node.span
    case .union(let node): node.span
    case .search(let node): node.span
    case .find(let node): node.span
    case .macroExpand(let node): node.span
    case .evaluate(let node): node.span
    case .word(let node): node.span
    case .implied(let span): span
    }
  }
}
