import PlumbDiagnostics

/// `blast X, Y depth 3 as of T`: everyone affected when pipelines stop; source and operator.
package struct BlastSyntax: WordNode {
  /// Empty after a pipe, where the rows name the pipelines.
  package var pipelines: [PipelineNameSyntax]
  package var depth: ExpressionSyntax?
  package var moment: ExpressionSyntax?
  package var wordSpan: SourceSpan
  package var span: SourceSpan

  package var call: CallSyntax {
    CallSyntax(
      word: "blast", at: wordSpan, [pipelines.expression], named: [("depth", depth), ("as_of", moment)], span: span)
  }

  package func print(to printer: inout Printer) { printer.printBlast(self) }
}

extension WordDeclaration {
  static let blast = WordDeclaration(
    "blast",
    starts: { $0.isPipelineName(after: 1) },
    first: Form(
      usages: [Usage([.pipelines, .depth, .moment])],
      summary: "Lists everyone who is affected when pipelines stop.",
      examples: ["blast entra-signin-eastus"]
    ) { parser, start throws(SyntaxFailure) in try parser.parseBlastSource(from: start) },
    piped: Form(
      usages: [Usage([.depth, .moment])],
      summary: "Lists everyone who is affected when the pipelines of the rows stop.",
      examples: [#"pipelines | where status == "failed" | blast"#]
    ) { parser, start throws(SyntaxFailure) in try parser.parseBlastOperator(from: start) }
  )
}

extension Parser {
  mutating func parseBlastSource(from start: Int) throws(SyntaxFailure) -> BlastSyntax {
    let wordSpan = span(from: start)
    let pipelines = try parsePipelineNameList()
    let (depth, moment) = try readReach()
    return BlastSyntax(
      pipelines: pipelines, depth: depth, moment: moment, wordSpan: wordSpan, span: span(from: start))
  }

  mutating func parseBlastOperator(from start: Int) throws(SyntaxFailure) -> BlastSyntax {
    let wordSpan = span(from: start)
    if isPipelineName(after: 0), !atWord("depth"), !atWord("as") { throw misplacedNames("the names") }
    let (depth, moment) = try readReach()
    return BlastSyntax(pipelines: [], depth: depth, moment: moment, wordSpan: wordSpan, span: span(from: start))
  }
}

extension Printer {
  mutating func printBlast(_ node: BlastSyntax) {
    write("blast")
    if !node.pipelines.isEmpty {
      write(" ")
      printPipelineNames(node.pipelines)
    }
    printClause("depth", node.depth)
    printClause("as of", node.moment)
  }
}
