import PlumbDiagnostics

/// `why X at T`: what a pipeline's trouble most likely comes from.
public struct WhySyntax: Sendable {
  public var pipeline: PipelineNameSyntax
  public var moment: ExpressionSyntax?
  public var wordSpan: SourceSpan
  public var span: SourceSpan

  var call: CallSyntax {
    CallSyntax(word: "why", at: wordSpan, [pipeline.expression], named: [("at", moment)], span: span)
  }
}

extension Parser {
  mutating func parseWhySource() throws(SyntaxFailure) -> WhySyntax {
    let start = index
    advance()
    let wordSpan = span(from: start)
    let pipeline = try parsePipelineName()
    if atWord("as") {
      throw fail("unexpected-text", "`why` takes `at`, not `as of`", at: token.span, help: "write `at ago(1d)`")
    }
    let moment = skipWord("at") ? try readOperand("a moment", "at ago(1d)") : nil
    return WhySyntax(pipeline: pipeline, moment: moment, wordSpan: wordSpan, span: span(from: start))
  }
}

extension Printer {
  mutating func printWhy(_ node: WhySyntax) {
    write("why ")
    printPipelineName(node.pipeline)
    printClause("at", node.moment)
  }
}
