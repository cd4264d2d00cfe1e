import PlumbDiagnostics

/// `distinct a, b` or `distinct *`: each combination once.
package struct DistinctSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  /// `.star` alone for all columns.
  package var columns: [NamedExpressionSyntax]
  package var span: SourceSpan
}

extension DistinctSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "distinct", usage: "distinct column, ...",
      summary: "Keeps each combination of values once.",
      examples: ["runs | distinct source, status"],
      operands: .columns
    ) { parser, start throws(SyntaxFailure) in try parser.parseDistinctOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printDistinct(self) }
}

extension Parser {
  mutating func parseDistinctOperator(from start: Int) throws(SyntaxFailure) -> DistinctSyntax {
    let parameters = try readParameters()
    let columns = try parseNamedExpressionList()
    return DistinctSyntax(parameters: parameters, columns: columns, span: span(from: start))
  }
}

extension Printer {
  mutating func printDistinct(_ node: DistinctSyntax) {
    write("distinct ")
    printParameters(node.parameters)
    printColumns(node.columns)
  }
}
