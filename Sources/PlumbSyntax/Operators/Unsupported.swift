import PlumbDiagnostics

/// A Kusto operator that Plumb does not support: its name, so that it can be rejected by name.
package struct UnsupportedOperatorSyntax: Sendable {
  package var name: String
  package var nameSpan: SourceSpan
  /// The text of the whole operator.
  package var text: String
  package var span: SourceSpan
}

extension UnsupportedOperatorSyntax: OperatorNode {
  package static let declarations = [
    "execute-and-cache", "execute_and_cache", "graph-where-edges", "graph-where-nodes", "macro-expand", "nearest",
    "project-smart",
  ].map { name in
    OperatorDeclaration.unsupported(name) { parser, start throws(SyntaxFailure) in
      parser.readUnsupported(name, from: start)
    }
  }

  package func print(to printer: inout Printer) { printer.write(text) }
}

extension Parser {
  /// Skips the operator's operands, whatever they are.
  mutating func readUnsupported(_ name: String, from start: Int) -> UnsupportedOperatorSyntax {
    let nameSpan = span(from: start)
    var brackets = 0
    while !at(.end) {
      switch token.kind {
      case .leftParen, .leftBracket, .leftBrace: brackets += 1
      case .rightParen, .rightBracket, .rightBrace: brackets -= 1
      case .pipe, .semicolon:
        if brackets == 0 { brackets = -1 }
      default: break
      }
      if brackets < 0 { break }
      advance()
    }
    let span = span(from: start)
    return UnsupportedOperatorSyntax(name: name, nameSpan: nameSpan, text: text(in: span), span: span)
  }
}
