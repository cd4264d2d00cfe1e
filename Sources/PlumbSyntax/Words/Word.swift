import PlumbDiagnostics

/// A word of the pipeline vocabulary with its operands; it stands for a call of a table function.
///
/// The words are reserved only where a source or an operator starts and what follows makes them one: a table
/// called `slow` or a column called `why` stays what it is.
package enum WordSyntax: Sendable {
  case lineage(LineageSyntax)
  case lineagePath(LineagePathSyntax)
  case criticalPath(CriticalPathSyntax)
  case blast(BlastSyntax)
  case predictRisk(PredictRiskSyntax)
  case predictQuality(PredictQualitySyntax)
  case judgement(JudgementSyntax)
  case why(WhySyntax)
  case compare(CompareSyntax)

  package var span: SourceSpan { call.span }

  /// The call that the word stands for; the rows before a pipe are no argument of it.
  package var call: CallSyntax {
    switch self {
    case .lineage(let node): node.call
    case .lineagePath(let node): node.call
    case .criticalPath(let node): node.call
    case .blast(let node): node.call
    case .predictRisk(let node): node.call
    case .predictQuality(let node): node.call
    case .judgement(let node): node.call
    case .why(let node): node.call
    case .compare(let node): node.call
    }
  }
}

extension Parser {
  /// Whether a word starts here that is a source, rather than a table or column of that name.
  var atWordSource: Bool {
    switch token.text {
    case "lineage", "predict": return token(after: 1).kind == .word && isName(after: 1)
    case "blast", "why": return isPipelineName(after: 1)
    case "slow", "stale", "volume": return atWord("as", after: 1) && atWord("of", after: 2)
    case "compare": return atComparison
    default: return false
    }
  }

  /// Where only a query can stand, `why ["a name"]` is no element of a column called `why`.
  var atWordBeforeQuotedName: Bool {
    (atWord("blast") || atWord("why")) && isName(after: 1)
  }

  mutating func parseWordSource() throws(SyntaxFailure) -> WordSyntax {
    switch token.text {
    case "lineage": return try parseLineageSource()
    case "blast": return .blast(try parseBlastSource())
    case "predict": return try parsePredictSource()
    case "why": return .why(try parseWhySource())
    case "compare": return .compare(try parseCompareSource())
    default: return .judgement(try parseJudgementSource())
    }
  }

  /// The expression of `as of T`, or nil.
  mutating func readMoment() throws(SyntaxFailure) -> ExpressionSyntax? {
    guard atWord("as") else { return nil }
    advance()
    try expectWord("of", "after `as`", help: "write `as of ago(1d)`")
    return try readOperand("a moment", "as of ago(1d)")
  }

  /// The expression after a clause's word; `example` shows one when it is missing.
  mutating func readOperand(_ purpose: String, _ example: String) throws(SyntaxFailure) -> ExpressionSyntax {
    switch token.kind {
    case .pipe, .end, .semicolon, .rightParen, .comma: throw unexpected(purpose, help: "write `\(example)`")
    default: return try parseExpression()
    }
  }
}

extension Printer {
  mutating func printWord(_ word: WordSyntax) {
    switch word {
    case .lineage(let node): printLineage(node)
    case .lineagePath(let node): printLineagePath(node)
    case .criticalPath(let node): printCriticalPath(node)
    case .blast(let node): printBlast(node)
    case .predictRisk(let node): printPredictRisk(node)
    case .predictQuality(let node): printPredictQuality(node)
    case .judgement(let node): printJudgement(node)
    case .why(let node): printWhy(node)
    case .compare(let node): printCompare(node)
    }
  }

  /// ` word expression`, or nothing.
  mutating func printClause(_ word: String, _ expression: ExpressionSyntax?) {
    guard let expression else { return }
    write(" \(word) ")
    printExpression(expression)
  }
}

extension CallSyntax {
  /// The call that a word stands for; arguments that were not written are left out.
  init(
    word name: String, at wordSpan: SourceSpan, _ arguments: [ExpressionSyntax?],
    named: [(String, ExpressionSyntax?)] = [], span: SourceSpan
  ) {
    let placed = arguments.compactMap { $0 }.map { ArgumentSyntax(name: nil, value: $0, span: $0.span) }
    let labelled = named.compactMap { label, value in
      value.map { ArgumentSyntax(name: NameSyntax(naming: label, at: $0.span), value: $0, span: $0.span) }
    }
    self.init(name: NameSyntax(naming: name, at: wordSpan), arguments: placed + labelled, span: span)
  }
}

extension ExpressionSyntax {
  /// A string as an expression.
  static func text(_ text: String, at span: SourceSpan) -> ExpressionSyntax {
    .literal(LiteralSyntax(value: .string(text, isHidden: false), span: span))
  }

  /// An array of strings as an expression.
  static func texts(_ texts: [(text: String, span: SourceSpan)], at span: SourceSpan) -> ExpressionSyntax {
    let elements = texts.map { text, span in
      DynamicSyntax.scalar(LiteralSyntax(value: .string(text, isHidden: false), span: span))
    }
    return .literal(LiteralSyntax(value: .dynamic(.array(elements, span)), span: span))
  }
}
