import PlumbDiagnostics

/// `lineage path from A to B`: a shortest path for data from one pipeline to another.
package struct LineagePathSyntax: WordNode {
  package var from: PipelineNameSyntax
  package var to: PipelineNameSyntax
  package var moment: ExpressionSyntax?
  package var wordSpan: SourceSpan
  package var span: SourceSpan

  package var call: CallSyntax {
    CallSyntax(
      word: "lineage_path", at: wordSpan, [from.expression, to.expression], named: [("as_of", moment)], span: span)
  }

  package func print(to printer: inout Printer) { printer.printLineagePath(self) }
}

/// `lineage critical path to X`: the slowest chain of pipelines up to one.
package struct CriticalPathSyntax: WordNode {
  package var pipeline: PipelineNameSyntax
  package var moment: ExpressionSyntax?
  package var wordSpan: SourceSpan
  package var span: SourceSpan

  package var call: CallSyntax {
    CallSyntax(
      word: "lineage_critical_path", at: wordSpan, [pipeline.expression], named: [("as_of", moment)], span: span)
  }

  package func print(to printer: inout Printer) { printer.printCriticalPath(self) }
}

extension Parser {
  mutating func parseLineagePath(from start: Int) throws(SyntaxFailure) -> LineagePathSyntax {
    let help = "write `lineage path from A to B`"
    try expectWord("path", "after `lineage`")
    let wordSpan = span(from: start)
    try expectWord("from", "and the name of a pipeline", help: help)
    let from = try parsePipelineName()
    try expectWord("to", "and the name of a pipeline", help: help)
    let to = try parsePipelineName()
    let moment = try readMoment()
    return LineagePathSyntax(from: from, to: to, moment: moment, wordSpan: wordSpan, span: span(from: start))
  }

  mutating func parseCriticalPath(from start: Int) throws(SyntaxFailure) -> CriticalPathSyntax {
    let help = "write `lineage critical path to NAME`"
    try expectWord("critical", "after `lineage`")
    try expectWord("path", "after `critical`", help: help)
    let wordSpan = span(from: start)
    try expectWord("to", "and the name of a pipeline", help: help)
    let pipeline = try parsePipelineName()
    let moment = try readMoment()
    return CriticalPathSyntax(pipeline: pipeline, moment: moment, wordSpan: wordSpan, span: span(from: start))
  }
}

extension Printer {
  mutating func printLineagePath(_ node: LineagePathSyntax) {
    write("lineage path from ")
    printPipelineName(node.from)
    write(" to ")
    printPipelineName(node.to)
    printClause("as of", node.moment)
  }

  mutating func printCriticalPath(_ node: CriticalPathSyntax) {
    write("lineage critical path to ")
    printPipelineName(node.pipeline)
    printClause("as of", node.moment)
  }
}
