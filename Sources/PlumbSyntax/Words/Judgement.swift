import PlumbDiagnostics

/// `slow as of T`, `stale`, `volume`: pipelines against their own history; source and operator.
///
/// Without `as of` the source is a plain name, so that a table called `slow` is found first.
package struct JudgementSyntax: Sendable {
  package enum Measure: String, Hashable, Sendable {
    case slow, stale, volume
  }
  package var measure: Measure
  package var moment: ExpressionSyntax?
  package var wordSpan: SourceSpan
  package var span: SourceSpan

  var call: CallSyntax {
    CallSyntax(word: measure.rawValue, at: wordSpan, [], named: [("as_of", moment)], span: span)
  }
}

extension Parser {
  mutating func parseJudgementSource() throws(SyntaxFailure) -> JudgementSyntax {
    let start = index
    let measure = JudgementSyntax.Measure(rawValue: advance().text) ?? .slow
    return try parseJudgementOperator(measure, from: start)
  }

  mutating func parseJudgementOperator(
    _ measure: JudgementSyntax.Measure, from start: Int
  ) throws(SyntaxFailure) -> JudgementSyntax {
    let wordSpan = span(from: start)
    let moment = try readMoment()
    return JudgementSyntax(measure: measure, moment: moment, wordSpan: wordSpan, span: span(from: start))
  }
}

extension Printer {
  mutating func printJudgement(_ node: JudgementSyntax) {
    write(node.measure.rawValue)
    printClause("as of", node.moment)
  }
}
