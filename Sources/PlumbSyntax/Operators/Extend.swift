import PlumbDiagnostics

/// `extend a = x, y`: adds columns.
package struct ExtendSyntax: Sendable {
  package var columns: [NamedExpressionSyntax]
  package var span: SourceSpan
}

extension ExtendSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "extend", usage: "extend name = expression, ...",
      summary: "Adds columns, or replaces those of the same name.",
      examples: ["runs | extend minutes = duration / 1m | top 5 by minutes"]
    ) { parser, start throws(SyntaxFailure) in try parser.parseExtendOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printExtend(self) }
}

extension Parser {
  mutating func parseExtendOperator(from start: Int) throws(SyntaxFailure) -> ExtendSyntax {
    let columns = try parseNamedExpressionList()
    return ExtendSyntax(columns: columns, span: span(from: start))
  }
}

extension Printer {
  mutating func printExtend(_ node: ExtendSyntax) {
    write("extend ")
    printColumns(node.columns)
  }
}
