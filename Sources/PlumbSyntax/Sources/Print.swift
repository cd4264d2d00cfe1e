import PlumbDiagnostics

/// `print a, b = 2`: one row of values.
package struct PrintSyntax: Sendable {
  package var columns: [NamedExpressionSyntax]
  package var span: SourceSpan

  /// The value of one expression.
  package init(value: ExpressionSyntax) {
    self.init(columns: [NamedExpressionSyntax(names: [], expression: value, span: value.span)], span: value.span)
  }

  init(columns: [NamedExpressionSyntax], span: SourceSpan) {
    self.columns = columns
    self.span = span
  }
}

extension PrintSyntax {
  static let source = SourceDeclaration(
    "print", usage: "print name = expression, ...",
    summary: "Computes one row of values.",
    examples: ["print tomorrow = now() + 1d"],
    starts: { $0.startsOperand(after: 1) }
  ) { parser throws(SyntaxFailure) in .print(try parser.parsePrintSource()) }
}

extension Parser {
  mutating func parsePrintSource() throws(SyntaxFailure) -> PrintSyntax {
    let start = index
    advance()
    let columns = try parseNamedExpressionList()
    return PrintSyntax(columns: columns, span: span(from: start))
  }
}

extension Printer {
  mutating func printPrint(_ node: PrintSyntax) {
    write("print ")
    printColumns(node.columns)
  }
}
