import PlumbDiagnostics

/// `serialize n = row_number()`: fixes the order of rows, and adds columns that rely on it.
package struct SerializeSyntax: Sendable {
  package var columns: [NamedExpressionSyntax]
  package var span: SourceSpan
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
