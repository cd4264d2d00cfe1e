import PlumbDiagnostics

/// `parse x with "a=" a: long * "b=" b`: extracts columns from a text; also `parse-where`.
package struct ParseSyntax: Sendable {
  /// `parse-where` drops the rows that do not match.
  package var dropsUnmatched: Bool
  /// `kind` and `flags`.
  package var parameters: [ParameterSyntax]
  package var expression: ExpressionSyntax
  package var parts: [ParsePartSyntax]
  package var span: SourceSpan
}

package enum ParsePartSyntax: Sendable {
  case text(String, SourceSpan)
  case star(SourceSpan)
  case column(NameSyntax, TypeSyntax?)
}

extension ParseSyntax: OperatorNode {
  static let settings: [OperatorDeclaration.Setting] = ["kind", "flags"]

  package static let declarations = [
    OperatorDeclaration(
      "parse", usage: #"parse column with "text" name:type ..."#,
      summary: "Extracts columns from a text by the words in it.",
      examples: [#"print line = "took 12 ms" | parse line with "took " milliseconds:long " ms""#],
      clauses: ["with"], settings: settings
    ) { parser, start throws(SyntaxFailure) in try parser.parseParseOperator(from: start, dropsUnmatched: false) },
    OperatorDeclaration(
      "parse-where", usage: "parse-where column with ...",
      summary: "Extracts columns like `parse`, and keeps only the rows that match.",
      examples: [#"errors | parse-where message with what ": " * | summarize count() by what"#],
      clauses: ["with"], settings: settings
    ) { parser, start throws(SyntaxFailure) in try parser.parseParseOperator(from: start, dropsUnmatched: true) },
  ]

  package func print(to printer: inout Printer) { printer.printParse(self) }
}

extension Parser {
  mutating func parseParseOperator(
    from start: Int, dropsUnmatched: Bool
  ) throws(SyntaxFailure) -> ParseSyntax {
    let parameters = try readSettings(ParseSyntax.settings)
    let expression = try parseExpression()
    try expectWord("with", "and a pattern", help: "write `parse text with \"a=\" a \" b=\" b`")
    var parts = [try parseParsePart()]
    while at(.star) || at(.string) || atName, !isAfterEmptyLine { parts.append(try parseParsePart()) }
    return ParseSyntax(
      dropsUnmatched: dropsUnmatched, parameters: parameters, expression: expression, parts: parts,
      span: span(from: start))
  }

  /// A text, `*`, or a column for what is between its neighbours.
  private mutating func parseParsePart() throws(SyntaxFailure) -> ParsePartSyntax {
    if at(.star) { return .star(advance().span) }
    if at(.string) {
      let literal = try parseStringLiteral()
      guard case .string(let text, _) = literal.value else { throw SyntaxFailure() }
      return .text(text, literal.span)
    }
    let name = try parseName("a text, `*` or a column")
    return .column(name, skip(.colon) ? try parseType() : nil)
  }
}

extension Printer {
  mutating func printParse(_ node: ParseSyntax) {
    write(node.dropsUnmatched ? "parse-where " : "parse ")
    printParameters(node.parameters)
    printExpression(node.expression)
    write(" with ")
    list(node.parts, separator: " ") { printer, part in
      switch part {
      case .star: printer.write("*")
      case .text(let text, _): printer.printString(text)
      case .column(let name, let type):
        printer.printName(name)
        if let type { printer.write(":\(type.type.rawValue)") }
      }
    }
  }
}
