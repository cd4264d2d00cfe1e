import PlumbDiagnostics

/// `count`, `count as rows`: how many rows.
package struct CountSyntax: Sendable {
  /// What the column is called; `Count` when not written.
  package var name: NameSyntax?
  package var span: SourceSpan
}

extension CountSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "count", usage: "count",
      summary: "Counts the rows.",
      examples: [#"runs | where status == "failed" | count"#],
      clauses: ["as"], operands: .nothing,
      mistake: { parser in
        switch parser.token.kind {
        case .leftParen, .star: ("`count` takes nothing here", "write `| count`, or `summarize count() by column`")
        case .word where parser.atWord("by"): ("`count` has no `by`", "write `summarize count() by column`")
        default: nil
        }
      }
    ) { parser, start throws(SyntaxFailure) in try parser.parseCountOperator(from: start) },
  ]

  package func print(to printer: inout Printer) {
    printer.write("count")
    guard let name else { return }
    printer.write(" as ")
    printer.printName(name)
  }
}

extension Parser {
  mutating func parseCountOperator(from start: Int) throws(SyntaxFailure) -> CountSyntax {
    let name = skipWord("as") ? try parseName("a name for the column") : nil
    return CountSyntax(name: name, span: span(from: start))
  }
}
