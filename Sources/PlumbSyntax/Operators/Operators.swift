import PlumbDiagnostics

/// The way from an operator's word to the function that reads it.
extension Parser {
  /// What stands after a `|`, up to the next.
  mutating func parseOperator() throws(SyntaxFailure) -> OperatorSyntax {
    let start = index
    guard let word = operatorWord else {
      if at(.pipe) || at(.end) || at(.semicolon) {
        throw fail(
          "missing-operator", "there is no operator after this `|`", at: token(before: 1).span,
          help: "such as `where`, `summarize` or `take`")
      }
      throw unexpected("an operator", help: "such as `where`, `summarize` or `take`")
    }
    if OperatorKeyword.unsupported.contains(word.text) { return .unsupported(readUnsupported(word)) }
    guard let keyword = OperatorKeyword(rawValue: word.text) ?? OperatorKeyword.aliases[word.text] else {
      throw unknownOperator(word)
    }
    while index == start || token.lower < word.span.upper { advance() }
    let node = try parseOperator(keyword, from: start)
    switch token.kind {
    case .pipe, .end: break
    case .semicolon where depth == 0: break
    case .semicolon, .rightParen, .rightBrace, .rightBracket, .comma:
      if depth == 0 { throw unexpectedAfterOperator(keyword) }
    default:
      throw unexpectedAfterOperator(keyword)
    }
    return node
  }

  /// The operands, behind the operator's word.
  private mutating func parseOperator(
    _ keyword: OperatorKeyword, from start: Int
  ) throws(SyntaxFailure) -> OperatorSyntax {
    switch keyword {
    case .as: .asName(try parseAsOperator(from: start))
    case .assertSchema: .assertSchema(try parseAssertSchemaOperator(from: start))
    case .blast: .word(.blast(try parseBlastOperator(from: start)))
    case .consume: .consume(try parseConsumeOperator(from: start))
    case .count: .count(parseCountOperator(from: start))
    case .distinct: .distinct(try parseDistinctOperator(from: start))
    case .evaluate: .evaluate(try parseEvaluateOperator(from: start))
    case .extend: .extend(try parseExtendOperator(from: start))
    case .facet: .facet(try parseFacetOperator(from: start))
    case .fork: .fork(try parseForkOperator(from: start))
    case .getSchema: .getSchema(parseGetSchemaOperator(from: start))
    case .graphMarkComponents: .graphMarkComponents(try parseGraphMarkComponentsOperator(from: start))
    case .graphMatch: .graphMatch(try parseGraphMatchOperator(from: start, isShortestPaths: false))
    case .graphShortestPaths: .graphMatch(try parseGraphMatchOperator(from: start, isShortestPaths: true))
    case .graphToTable: .graphToTable(try parseGraphToTableOperator(from: start))
    case .invoke: .invoke(try parseInvokeOperator(from: start))
    case .join: .join(try parseJoinOperator(from: start))
    case .limit, .take: .take(try parseTakeOperator(from: start))
    case .lineage: .word(.lineage(try parseLineageOperator(from: start)))
    case .lookup: .lookup(try parseLookupOperator(from: start))
    case .makeGraph: .makeGraph(try parseMakeGraphOperator(from: start))
    case .makeSeries: .makeSeries(try parseMakeSeriesOperator(from: start))
    case .mvApply: .mvApply(try parseMvApplyOperator(from: start))
    case .mvExpand: .mvExpand(try parseMvExpandOperator(from: start))
    case .order, .sort: .sort(try parseSortOperator(from: start))
    case .parse: .parse(try parseParseOperator(from: start, dropsUnmatched: false))
    case .parseKV: .parseKV(try parseParseKVOperator(from: start))
    case .parseWhere: .parse(try parseParseOperator(from: start, dropsUnmatched: true))
    case .partition: .partition(try parsePartitionOperator(from: start))
    case .predict: .word(.predictRisk(try parsePredictOperator(from: start)))
    case .project: .project(try parseProjectOperator(from: start))
    case .projectAway: .projectAway(try parseProjectAwayOperator(from: start))
    case .projectByNames: .projectByNames(try parseProjectByNamesOperator(from: start))
    case .projectKeep: .projectKeep(try parseProjectKeepOperator(from: start))
    case .projectRename: .projectRename(try parseProjectRenameOperator(from: start))
    case .projectReorder: .projectReorder(try parseProjectReorderOperator(from: start))
    case .reduce: .reduce(try parseReduceOperator(from: start))
    case .render: .render(try parseRenderOperator(from: start))
    case .sample: .sample(try parseSampleOperator(from: start))
    case .sampleDistinct: .sampleDistinct(try parseSampleDistinctOperator(from: start))
    case .scan: .scan(try parseScanOperator(from: start))
    case .search: .search(try parseSearchOperator(from: start))
    case .serialize: .serialize(try parseSerializeOperator(from: start))
    case .slow: .word(.judgement(try parseJudgementOperator(.slow, from: start)))
    case .stale: .word(.judgement(try parseJudgementOperator(.stale, from: start)))
    case .summarize: .summarize(try parseSummarizeOperator(from: start))
    case .top: .top(try parseTopOperator(from: start))
    case .topHitters: .topHitters(try parseTopHittersOperator(from: start))
    case .topNested: .topNested(try parseTopNestedOperator(from: start))
    case .union: .union(try parseUnionOperator(from: start))
    case .volume: .word(.judgement(try parseJudgementOperator(.volume, from: start)))
    case .why: .word(.why(try parseWhyOperator(from: start)))
    case .filter, .where: .filter(try parseWhereOperator(from: start))
    }
  }

  /// How many rows an operator is asked for.
  mutating func readCount(_ keyword: String) throws(SyntaxFailure) -> ExpressionSyntax {
    switch token.kind {
    case .pipe, .end, .semicolon, .rightParen:
      throw unexpected("the number of rows", help: "write `\(keyword) 10`")
    default: return try parseExpression()
    }
  }
}
