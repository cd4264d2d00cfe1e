import PlumbDiagnostics

/// An operator of Kusto's that Plumb does not have: its name, so that it can be refused by name.
package struct UnsupportedOperatorSyntax: Sendable {
  package var name: String
  package var nameSpan: SourceSpan
  /// The text of the whole operator.
  package var text: String
  package var span: SourceSpan
}

extension Parser {
  /// Passes over the operator's operands, whatever they are.
  mutating func readUnsupported(_ word: (text: String, span: SourceSpan)) -> UnsupportedOperatorSyntax {
    let start = index
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
    return UnsupportedOperatorSyntax(name: word.text, nameSpan: word.span, text: text(in: span), span: span)
  }
}
