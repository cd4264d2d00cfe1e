import PlumbDiagnostics

/// `serialize n = row_number()`: fixes the order of rows, and adds columns that rely on it.
package struct SerializeSyntax: Sendable {
  package var columns: [NamedExpressionSyntax]
  package var span: SourceSpan
}

extension SerializeSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "serialize", usage: "serialize [name = expression, ...]",
      summary: "Marks the rows as ordered, for `prev`, `next` and `row_number`.",
      examples: ["runs | serialize n = row_number() | take 5"]
    ) { parser, start throws(SyntaxFailure) in try parser.parseSerializeOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printSerialize(self) }
}

extension Parser {
  mutating func parseSerializeOperator(from start: Int) throws(SyntaxFailure) -> SerializeSyntax {
    switch token.kind {
    case .pipe, .end, .semicolon, .rightParen, .rightBrace, .comma:
      return SerializeSyntax(columns: [], span: span(from: start))
    default:
      let columns = try parseNamedExpressionList()
      return SerializeSyntax(columns: columns, span: span(from: start))
    }
  }
}

extension Printer {
  mutating func printSerialize(_ node: SerializeSyntax) {
    write("serialize")
    guard !node.columns.isEmpty else { return }
    write(" ")
    printColumns(node.columns)
  }
}
