import PlumbDiagnostics

/// `count`: how many rows.
package struct CountSyntax: Sendable {
  package var span: SourceSpan
}

extension CountSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "count", usage: "count",
      summary: "Counts the rows.",
      examples: [#"runs | where status == "failed" | count"#],
      operands: .nothing
    ) { parser, start throws(SyntaxFailure) in parser.parseCountOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.write("count") }
}

extension Parser {
  func parseCountOperator(from start: Int) -> CountSyntax {
    CountSyntax(span: span(from: start))
  }
}
