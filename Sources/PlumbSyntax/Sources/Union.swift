import PlumbDiagnostics

/// `union kind=outer T1, T2*, (T3 | where x)`: the rows of several tables; source and operator.
package struct UnionSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  /// Each a source, which may be a `.pattern`.
  package var tables: [SourceSyntax]
  package var span: SourceSpan
}

extension UnionSyntax: OperatorNode {
  static let settings: [OperatorDeclaration.Setting] = ["kind", "withsource", "with_source", "isfuzzy"]

  package static let declarations = [
    OperatorDeclaration(
      "union", usage: "union Table, ...",
      summary: "Appends the rows of other tables.",
      examples: [#"runs | where status == "failed" | union (runs | where status == "cancelled") | count"#],
      settings: settings, operands: .tables
    ) { parser, start throws(SyntaxFailure) in try parser.parseUnionOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printUnion(self) }
}

extension UnionSyntax {
  static let source = SourceDeclaration(
    "union", usage: "union Table, ...",
    summary: "Returns the rows of several tables.",
    examples: ["union runs, errors | summarize count() by pipeline"],
    settings: settings, starts: { $0.isName(after: 1) || [.leftParen, .star].contains($0.token(after: 1).kind) }
  ) { parser throws(SyntaxFailure) in .union(try parser.parseUnionSource()) }
}

extension Parser {
  mutating func parseUnionOperator(from start: Int) throws(SyntaxFailure) -> UnionSyntax {
    let parameters = try readSettings(UnionSyntax.settings)
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
