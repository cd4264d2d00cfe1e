import PlumbDiagnostics

/// `set name = value`: an option for the query that follows.
package struct SetOptionSyntax: Sendable {
  /// Dots as written.
  package var name: NameSyntax
  /// A `.literal` or a `.name`; nil for a bare `set name`.
  package var value: ExpressionSyntax?
  package var span: SourceSpan
}

extension Parser {
  mutating func parseSetStatement() throws(SyntaxFailure) -> SetOptionSyntax {
    let start = index
    advance()
    var name = try parseName("an option")
    while skip(.dot) {
      guard at(.word) else { throw unexpected("an option") }
      let part = advance()
      name.text += "." + part.text
      name.span = SourceSpan.joining(name.span, part.span)
    }
    let value = skip(.assign) ? try parseParameterValue() : nil
    return SetOptionSyntax(name: name, value: value, span: span(from: start))
  }
}

extension Printer {
  mutating func printSetOption(_ node: SetOptionSyntax) {
    write("set \(node.name.text)")
    if let value = node.value {
      write(" = ")
      printExpression(value)
    }
  }
}
