import PlumbDiagnostics

/// `lookup kind=leftouter (D) on a`: adds the columns of a small table.
package struct LookupSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var right: SourceSyntax
  package var conditions: [ExpressionSyntax]
  package var span: SourceSpan
}

extension LookupSyntax: OperatorNode {
  static let settings: [OperatorDeclaration.Setting] = [OperatorDeclaration.Setting("kind", ["leftouter", "inner"])]

  package static let declarations = [
    OperatorDeclaration(
      "lookup", usage: "lookup [kind = leftouter] (Table) on column, ...",
      summary: "Adds the columns of a small table by key.",
      examples: ["errors | lookup (pipelines | project pipeline = name, owner) on pipeline | summarize count() by owner"],
      clauses: ["on"], settings: settings, operands: .join
    ) { parser, start throws(SyntaxFailure) in try parser.parseLookupOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printLookup(self) }
}

extension Parser {
  mutating func parseLookupOperator(from start: Int) throws(SyntaxFailure) -> LookupSyntax {
    let parameters = try readSettings(LookupSyntax.settings)
    let right = try parseTableOperand()
    let conditions = skipWord("on") ? try parseExpressionList() : []
    return LookupSyntax(parameters: parameters, right: right, conditions: conditions, span: span(from: start))
  }
}

extension Printer {
  mutating func printLookup(_ node: LookupSyntax) {
    write("lookup ")
    printParameters(node.parameters)
    printSource(node.right)
    if !node.conditions.isEmpty {
      write(" on ")
      list(node.conditions) { $0.printExpression($1) }
    }
  }
}
