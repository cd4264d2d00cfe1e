import PlumbDiagnostics

/// `lineage downstream of X, Y depth 3 as of T`: what depends on pipelines, or what they depend on.
package struct LineageSyntax: WordNode {
  package enum Direction: String, Hashable, Sendable, CaseIterable {
    case upstream, downstream
  }
  package var direction: Direction
  /// Empty after a pipe, where the rows name the pipelines.
  package var pipelines: [PipelineNameSyntax]
  package var depth: ExpressionSyntax?
  package var moment: ExpressionSyntax?
  /// `lineage downstream`.
  package var wordSpan: SourceSpan
  package var span: SourceSpan

  package var call: CallSyntax {
    CallSyntax(
      word: "lineage_\(direction.rawValue)", at: wordSpan, [pipelines.expression],
      named: [("depth", depth), ("as_of", moment)], span: span)
  }

  package func print(to printer: inout Printer) { printer.printLineage(self) }
}

extension WordDeclaration {
  static let lineage = WordDeclaration(
    "lineage",
    starts: { $0.token(after: 1).kind == .word && $0.isName(after: 1) },
    first: Form(
      usages: [
        Usage([.either(["upstream", "downstream"]), "of", .pipelines, .depth, .moment]),
        Usage(["path", "from", .value(.pipeline, "a"), "to", .value(.pipeline, "b"), .moment]),
        Usage(["critical", "path", "to", .value(.pipeline, "a"), .moment]),
      ],
      summary: "Finds what pipelines depend on, or what depends on them; also `lineage path from a to b` and `lineage critical path to a`.",
      examples: [
        "lineage downstream of entra-signin-eastus depth 2",
        "lineage path from entra-signin-eastus to hunting-store-eastus",
        "lineage critical path to soc-dashboard-eastus",
      ]
    ) { parser, start throws(SyntaxFailure) in try parser.parseLineageSource(from: start) },
    piped: Form(
      usages: [Usage([.either(["upstream", "downstream"]), .depth, .moment])],
      summary: "Finds what the pipelines of the rows depend on, or what depends on them.",
      examples: [#"pipelines | where status == "failed" | lineage downstream depth 1"#]
    ) { parser, start throws(SyntaxFailure) in try parser.parseLineageOperator(from: start) }
  )
}

extension Parser {
  mutating func parseLineageSource(from start: Int) throws(SyntaxFailure) -> any WordNode {
    if let direction = LineageSyntax.Direction(rawValue: token.text) {
      advance()
      let wordSpan = span(from: start)
      if ["from", "for", "to", "to:", "by"].contains(token.text), isPipelineName(after: 1) {
        var ahead = self
        ahead.advance()
        throw unexpected("`of`", help: "write `lineage \(direction.rawValue) of \(ahead.exampleName)`")
      }
      try expectWord(
        "of", "and the names of pipelines", help: "write `lineage \(direction.rawValue) of \(exampleName)`")
      let pipelines = try parsePipelineNameList()
      let (depth, moment) = try readReach()
      return LineageSyntax(
        direction: direction, pipelines: pipelines, depth: depth, moment: moment, wordSpan: wordSpan,
        span: span(from: start))
    }
    if atWord("path") { return try parseLineagePath(from: start) }
    if atWord("critical") { return try parseCriticalPath(from: start) }
    throw unknownLineage(["upstream", "downstream", "path", "critical"])
  }

  mutating func parseLineageOperator(from start: Int) throws(SyntaxFailure) -> LineageSyntax {
    guard at(.word), let direction = LineageSyntax.Direction(rawValue: token.text) else {
      if atWord("path") || atWord("critical") {
        throw fail(
          "misplaced-word", "`lineage \(token.text)` starts a query and cannot follow a pipe", at: token.span,
          help: "after a pipe use `lineage upstream` or `lineage downstream`")
      }
      throw unknownLineage(["upstream", "downstream"])
    }
    advance()
    let wordSpan = span(from: start)
    if atWord("of") { throw misplacedNames("`of` and the names") }
    let (depth, moment) = try readReach()
    return LineageSyntax(
      direction: direction, pipelines: [], depth: depth, moment: moment, wordSpan: wordSpan, span: span(from: start))
  }

  /// `depth N as of T`, both or one or none.
  mutating func readReach() throws(SyntaxFailure) -> (depth: ExpressionSyntax?, moment: ExpressionSyntax?) {
    var depth: ExpressionSyntax?
    if skipWord("depth") { depth = try parseStepCount() }
    let moment = try readMoment()
    if moment != nil, atWord("depth") {
      throw fail("unexpected-text", "`depth` must come before `as of`", at: token.span)
    }
    return (depth, moment)
  }

  /// A number, a name that means one, or an expression in brackets.
  mutating func parseStepCount() throws(SyntaxFailure) -> ExpressionSyntax {
    if at(.leftParen) {
      let start = index
      let nesting = try enter(.leftParen)
      let inner = try parseExpression()
      try leave(nesting)
      return .parenthesized(ParenthesizedSyntax(expression: inner, span: span(from: start)))
    }
    if at(.long) { return .literal(try parseLiteral()) }
    if atName, !atWord("as") { return .name(try parseName("a number of steps")) }
    throw unexpected("a whole number of steps", help: "write `depth 3`")
  }

  /// After a pipe the rows name the pipelines.
  mutating func misplacedNames(_ what: String) -> SyntaxFailure {
    fail(
      "misplaced-name", "the rows before the pipe already name the pipelines", at: token.span,
      help: "remove \(what), or start the query with this step")
  }

  /// The name found here, if it can be one, for an example that the user can copy.
  var exampleName: String {
    var ahead = self
    guard isPipelineName(after: 0), let name = try? ahead.parsePipelineName() else { return "NAME" }
    return text(in: name.span)
  }

  private mutating func unknownLineage(_ known: [String]) -> SyntaxFailure {
    let choices = "one of \(known.map { "`\($0)`" }.joined(separator: ", "))"
    guard at(.word), token.text != "of" else { return unexpected(choices, help: "write `lineage downstream of NAME`") }
    return fail(
      "unknown-lineage", "unknown form `lineage \(token.text)`", at: token.span,
      help: Suggestion.nearest(to: token.text, in: known)
        ?? (known.count > 2 && exampleName != "NAME" ? "write `lineage downstream of \(exampleName)` or `lineage upstream of \(exampleName)`" : "`lineage` expects \(choices)"))
  }
}

extension Printer {
  mutating func printLineage(_ node: LineageSyntax) {
    write("lineage \(node.direction.rawValue)")
    if !node.pipelines.isEmpty {
      write(" of ")
      printPipelineNames(node.pipelines)
    }
    printClause("depth", node.depth)
    printClause("as of", node.moment)
  }
}
