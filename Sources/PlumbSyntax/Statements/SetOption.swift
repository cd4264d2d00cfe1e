import PlumbDiagnostics

/// `set name = value`: an option for the query that follows.
package struct SetOptionSyntax: Sendable {
  /// Dots as written.
  package var name: NameSyntax
  /// A `.literal` or a `.name`; nil for a bare `set name`.
  package var value: ExpressionSyntax?
  package var span: SourceSpan
}

extension SetOptionSyntax {
  static let statement = StatementDeclaration(
    "set", usage: "set name = value;",
    summary: "Sets an option of the queries after it, such as `query_now`.",
    examples: ["set query_now = datetime(2024-05-01); print now()"],
    starts: { $0.token(after: 1).kind == .word }
  ) { parser throws(SyntaxFailure) in .setOption(try parser.parseSetStatement()) }
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
