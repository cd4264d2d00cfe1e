import PlumbDiagnostics

/// `summarize n = count() by a, bin(t, 1h)`: one row for each group.
package struct SummarizeSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  /// May be empty if there are groups.
  package var aggregates: [NamedExpressionSyntax]
  package var groups: [NamedExpressionSyntax]
  package var span: SourceSpan
}

extension SummarizeSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "summarize", usage: "summarize name = aggregate(), ... [by column, ...]",
      summary: "Computes aggregates over groups of rows.",
      examples: [#"runs | summarize failed = countif(status == "failed") by source"#],
      traits: .aggregates
    ) { parser, start throws(SyntaxFailure) in try parser.parseSummarizeOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printSummarize(self) }
}

extension Parser {
  mutating func parseSummarizeOperator(from start: Int) throws(SyntaxFailure) -> SummarizeSyntax {
    let parameters = try readParameters()
    let aggregates = atWord("by") ? [] : try parseNamedExpressionList()
    let groups = skipWord("by") ? try parseNamedExpressionList() : []
    return SummarizeSyntax(parameters: parameters, aggregates: aggregates, groups: groups, span: span(from: start))
  }
}

extension Printer {
  mutating func printSummarize(_ node: SummarizeSyntax) {
    write("summarize")
    for parameter in node.parameters {
      write(" ")
      printParameter(parameter)
    }
    if !node.aggregates.isEmpty {
      write(" ")
      printColumns(node.aggregates)
    }
    if !node.groups.isEmpty {
      write(" by ")
      printColumns(node.groups)
    }
  }
}
