import PlumbDiagnostics

/// `declare pattern name ...`: read for its name only.
public struct DeclarePatternSyntax: Sendable {
  public var name: NameSyntax
  /// The whole statement as written.
  public var text: String
  public var span: SourceSpan
}

extension Parser {
  mutating func parseDeclarePatternStatement() throws(SyntaxFailure) -> DeclarePatternSyntax {
    let start = index
    advance()
    advance()
    let name = try parseName("a pattern's name")
    var braces = 0
    while !at(.end), !(at(.semicolon) && braces == 0) {
      if at(.leftBrace) { braces += 1 }
      if at(.rightBrace) { braces -= 1 }
      advance()
    }
    let span = span(from: start)
    return DeclarePatternSyntax(name: name, text: text(in: span), span: span)
  }
}

extension Printer {
  mutating func printDeclarePattern(_ node: DeclarePatternSyntax) {
    write(node.text)
  }
}
