import PlumbDiagnostics

/// The kind of model that `using` names.
package struct ModelSyntax: Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case tree, forest, boosting
  }
  package var kind: Kind
  package var span: SourceSpan

  var expression: ExpressionSyntax { .text(kind.rawValue, at: span) }
}

/// `predict risk within 2h using tree as of T`: which pipelines will fail next; source and operator.
package struct PredictRiskSyntax: WordNode {
  package var horizon: ExpressionSyntax?
  package var model: ModelSyntax?
  package var moment: ExpressionSyntax?
  package var wordSpan: SourceSpan
  package var span: SourceSpan

  package var call: CallSyntax {
    CallSyntax(
      word: "predict_risk", at: wordSpan, [],
      named: [("within", horizon), ("using", model?.expression), ("as_of", moment)], span: span)
  }

  package func print(to printer: inout Printer) { printer.printPredictRisk(self) }
}

/// `predict quality within 2h using tree`: how good the model is, compared with its baselines.
package struct PredictQualitySyntax: WordNode {
  package var horizon: ExpressionSyntax?
  package var model: ModelSyntax?
  package var wordSpan: SourceSpan
  package var span: SourceSpan

  package var call: CallSyntax {
    CallSyntax(
      word: "predict_quality", at: wordSpan, [], named: [("within", horizon), ("using", model?.expression)],
      span: span)
  }

  package func print(to printer: inout Printer) { printer.printPredictQuality(self) }
}

extension WordDeclaration {
  static let predict = WordDeclaration(
    "predict",
    details: """
      `risk` is the probability that a run fails within the horizon, which is two hours unless `within` says otherwise, counted \
      from the moment of `as of` or from now. `low` and `high` bound its 95 % interval: of a hundred such intervals about 95 \
      contain the true rate. `lift` is the risk divided by the average risk of all pipelines: 3 means three times as likely. \
      `reasons` are the conditions on the way through the model. `flip` names the smallest change of one feature that would turn \
      the prediction; `path` is the way through the tree.
      """,
    starts: { $0.token(after: 1).kind == .word && $0.isName(after: 1) },
    first: Form(
      usages: [
        Usage(["risk", .optional(["within", .value(.expression, "2h")]), .optional(["using", .either(ModelSyntax.Kind.allCases.map(\.rawValue))]), .moment]),
        Usage(["quality", .optional(["within", .value(.expression, "2h")]), .optional(["using", .either(ModelSyntax.Kind.allCases.map(\.rawValue))])]),
      ],
      summary: "Predicts which pipelines will fail next; `predict quality` says how good the model is.",
      examples: [
        "predict risk within 2h | top 5",
        "predict quality",
      ]
    ) { parser, start throws(SyntaxFailure) in try parser.parsePredictSource(from: start) },
    piped: Form(
      usages: [
        Usage(["risk", .optional(["within", .value(.expression, "2h")]), .optional(["using", .either(ModelSyntax.Kind.allCases.map(\.rawValue))]), .moment]),
      ],
      summary: "Predicts which of the pipelines of the rows will fail next.",
      examples: ["pipelines | where tier == 1 | predict risk | top 5"]
    ) { parser, start throws(SyntaxFailure) in try parser.parsePredictOperator(from: start) }
  )
}

extension Parser {
  mutating func parsePredictSource(from start: Int) throws(SyntaxFailure) -> any WordNode {
    if atWord("risk") { return try parsePredictRisk(from: start) }
    if atWord("quality") { return try parsePredictQuality(from: start) }
    throw unknownPrediction(["risk", "quality"])
  }

  mutating func parsePredictOperator(from start: Int) throws(SyntaxFailure) -> PredictRiskSyntax {
    if atWord("quality") {
      throw fail(
        "misplaced-word", "`predict quality` starts a query and cannot follow a pipe", at: token.span,
        help: "after a pipe use `predict risk`")
    }
    guard atWord("risk") else { throw unknownPrediction(["risk"]) }
    return try parsePredictRisk(from: start)
  }

  mutating func parsePredictRisk(from start: Int) throws(SyntaxFailure) -> PredictRiskSyntax {
    try expectWord("risk", "after `predict`")
    let wordSpan = span(from: start)
    let horizon = try readHorizon()
    let model = try readModel()
    let moment = try readMoment()
    return PredictRiskSyntax(
      horizon: horizon, model: model, moment: moment, wordSpan: wordSpan, span: span(from: start))
  }

  mutating func parsePredictQuality(from start: Int) throws(SyntaxFailure) -> PredictQualitySyntax {
    try expectWord("quality", "after `predict`")
    let wordSpan = span(from: start)
    let horizon = try readHorizon()
    let model = try readModel()
    return PredictQualitySyntax(horizon: horizon, model: model, wordSpan: wordSpan, span: span(from: start))
  }

  private mutating func readHorizon() throws(SyntaxFailure) -> ExpressionSyntax? {
    if ["in", "for", "over", "next", "during", "horizon"].contains(token.text), at(.word) {
      throw unexpected("`within`", help: "write `within 2h`")
    }
    guard skipWord("within") else { return nil }
    let horizon = try readOperand("a timespan", "within 2h")
    if let hint = unitHint { throw unexpected("a timespan such as `2h`", help: hint) }
    return horizon
  }

  private mutating func readModel() throws(SyntaxFailure) -> ModelSyntax? {
    guard skipWord("using") else { return nil }
    let known = ModelSyntax.Kind.allCases.map(\.rawValue)
    guard at(.word) else { throw unexpected("`tree`, `forest` or `boosting`", help: "write `using boosting`") }
    guard let kind = ModelSyntax.Kind(rawValue: token.text) else {
      throw fail(
        "unknown-model", "unknown model kind `\(token.text)`", at: token.span,
        help: Suggestion.nearest(to: token.text, in: known) ?? "write `using tree`, `using forest` or `using boosting`")
    }
    let model = ModelSyntax(kind: kind, span: advance().span)
    if atWord("within") { throw fail("unexpected-text", "`within` must come before `using`", at: token.span) }
    return model
  }

  private mutating func unknownPrediction(_ known: [String]) -> SyntaxFailure {
    let example = known.map { "`predict \($0)`" }.joined(separator: " or ")
    guard at(.word) else { return unexpected("what to predict", help: "write \(example)") }
    return fail(
      "unknown-prediction", "cannot predict `\(token.text)`", at: token.span,
      help: Suggestion.nearest(to: token.text, in: known) ?? "write \(example)")
  }
}

extension Printer {
  mutating func printPredictRisk(_ node: PredictRiskSyntax) {
    write("predict risk")
    printClause("within", node.horizon)
    if let model = node.model { write(" using \(model.kind.rawValue)") }
    printClause("as of", node.moment)
  }

  mutating func printPredictQuality(_ node: PredictQualitySyntax) {
    write("predict quality")
    printClause("within", node.horizon)
    if let model = node.model { write(" using \(model.kind.rawValue)") }
  }
}
