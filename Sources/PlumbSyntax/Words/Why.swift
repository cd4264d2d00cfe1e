import PlumbDiagnostics

/// `why X at T`: the most likely cause of a pipeline's trouble; source and operator.
package struct WhySyntax: WordNode {
  /// Nil after a pipe, where a row names the pipeline.
  package var pipeline: PipelineNameSyntax?
  package var moment: ExpressionSyntax?
  package var wordSpan: SourceSpan
  package var span: SourceSpan

  package var call: CallSyntax {
    CallSyntax(word: "why", at: wordSpan, [pipeline?.expression], named: [("at", moment)], span: span)
  }

  package func print(to printer: inout Printer) { printer.printWhy(self) }
}

extension WordDeclaration {
  static let why = WordDeclaration(
    "why",
    starts: { $0.isPipelineName(after: 1) },
    first: Form(
      usages: [Usage([.value(.pipeline, "pipeline"), .optional(["at", .value(.expression, "t")])])],
      summary: "Explains what most likely causes a pipeline's trouble.",
      examples: ["why office-exchange-westeurope"]
    ) { parser, start throws(SyntaxFailure) in try parser.parseWhySource(from: start) },
    piped: Form(
      usages: [Usage([.optional(["at", .value(.expression, "t")])])],
      summary: "Explains what most likely causes the trouble of the row's pipeline.",
      examples: [#"pipelines | where status == "failed" | top 1 by freshness | why"#]
    ) { parser, start throws(SyntaxFailure) in try parser.parseWhyOperator(from: start) }
  )
}

extension Parser {
  mutating func parseWhySource(from start: Int) throws(SyntaxFailure) -> WhySyntax {
    let wordSpan = span(from: start)
    let pipeline = try parsePipelineName()
    let moment = try readTime()
    return WhySyntax(pipeline: pipeline, moment: moment, wordSpan: wordSpan, span: span(from: start))
  }

  mutating func parseWhyOperator(from start: Int) throws(SyntaxFailure) -> WhySyntax {
    let wordSpan = span(from: start)
    if isPipelineName(after: 0), !atWord("at"), !atWord("as") { throw misplacedNames("the name") }
    let moment = try readTime()
    return WhySyntax(pipeline: nil, moment: moment, wordSpan: wordSpan, span: span(from: start))
  }

  /// The expression of `at T`, or nil.
  private mutating func readTime() throws(SyntaxFailure) -> ExpressionSyntax? {
    if atWord("as") {
      throw fail("unexpected-text", "`why` uses `at`, not `as of`", at: token.span, help: "write `at ago(1d)`")
    }
    return skipWord("at") ? try readOperand("a moment", "at ago(1d)") : nil
  }
}

extension Printer {
  mutating func printWhy(_ node: WhySyntax) {
    write("why")
    if let pipeline = node.pipeline {
      write(" ")
      printPipelineName(pipeline)
    }
    printClause("at", node.moment)
  }
}
