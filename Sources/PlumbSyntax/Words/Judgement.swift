import PlumbDiagnostics

/// `slow as of T`, `stale`, `volume`: pipelines compared with their own history; source and operator.
///
/// Without `as of` the source is a plain name, so that a table called `slow` takes precedence.
package struct JudgementSyntax: WordNode {
  package enum Measure: String, Hashable, Sendable {
    case slow, stale, volume
  }
  package var measure: Measure
  package var moment: ExpressionSyntax?
  package var wordSpan: SourceSpan
  package var span: SourceSpan

  package var call: CallSyntax {
    CallSyntax(word: measure.rawValue, at: wordSpan, [], named: [("as_of", moment)], span: span)
  }

  package func print(to printer: inout Printer) { printer.printJudgement(self) }
}

extension WordDeclaration {
  static let slow = judgement(
    .slow, "Lists pipelines that take longer than they usually do.",
    piped: "Keeps the pipelines that take longer than they usually do.")
  static let stale = judgement(
    .stale, "Lists pipelines whose data is older than it usually is.",
    piped: "Keeps the pipelines whose data is older than it usually is.")
  static let volume = judgement(
    .volume, "Lists pipelines that deliver more or fewer records than they usually do.",
    piped: "Keeps the pipelines that deliver more or fewer records than they usually do.")

  private static func judgement(
    _ measure: JudgementSyntax.Measure, _ summary: String, piped: String
  ) -> WordDeclaration {
    let word = measure.rawValue
    let usages = [Usage([.moment])]
    let parse: @Sendable (inout Parser, Int) throws(SyntaxFailure) -> any WordNode = { parser, start throws(SyntaxFailure) in
      try parser.parseJudgement(measure, from: start)
    }
    return WordDeclaration(
      word, starts: { $0.atWord("as", after: 1) && ($0.atWord("of", after: 2) || $0.token(after: 2).kind == .end) },
      first: Form(usages: usages, summary: summary, examples: ["\(word) | where tier == 1"], parse: parse),
      piped: Form(
        usages: usages, summary: piped, examples: ["pipelines | where tier == 1 | \(word)"], parse: parse))
  }
}

extension Parser {
  mutating func parseJudgement(
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
