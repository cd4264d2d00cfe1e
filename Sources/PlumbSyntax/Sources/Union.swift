import PlumbDiagnostics

/// `union kind=outer T1, T2*, (T3 | where x)`: the rows of several tables; source and operator.
package struct UnionSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  /// Each a source, which may be a `.pattern`.
  package var tables: [SourceSyntax]
  package var span: SourceSpan
}

extension Parser {
  mutating func parseUnionOperator(from start: Int) throws(SyntaxFailure) -> UnionSyntax {
    let parameters = try readParameters("kind", "withsource", "with_source", "isfuzzy")
    var tables = [try parseTablePattern()]
    while skip(.comma) { tables.append(try parseTablePattern()) }
    return UnionSyntax(parameters: parameters, tables: tables, span: span(from: start))
  }

  /// At the start of a query.
  mutating func parseUnionSource() throws(SyntaxFailure) -> UnionSyntax {
    let start = index
    advance()
    return try parseUnionOperator(from: start)
  }
}

extension Printer {
  mutating func printUnion(_ node: UnionSyntax) {
    write("union ")
    printParameters(node.parameters)
    list(node.tables) { $0.printSource($1) }
  }
}
