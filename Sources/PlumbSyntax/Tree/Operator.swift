import PlumbDiagnostics

/// One step after a `|`.
package indirect enum OperatorSyntax: Sendable {
  case asName(AsSyntax)
  case assertSchema(AssertSchemaSyntax)
  case consume(ConsumeSyntax)
  case count(CountSyntax)
  case distinct(DistinctSyntax)
  case evaluate(EvaluateSyntax)
  case extend(ExtendSyntax)
  case facet(FacetSyntax)
  case fork(ForkSyntax)
  case getSchema(GetSchemaSyntax)
  case invoke(InvokeSyntax)
  case join(JoinSyntax)
  case lookup(LookupSyntax)
  case makeSeries(MakeSeriesSyntax)
  case mvApply(MvApplySyntax)
  case mvExpand(MvExpandSyntax)
  case parse(ParseSyntax)
  case parseKV(ParseKVSyntax)
  case partition(PartitionSyntax)
  case project(ProjectSyntax)
  case projectAway(ProjectAwaySyntax)
  case projectByNames(ProjectByNamesSyntax)
  case projectKeep(ProjectKeepSyntax)
  case projectRename(ProjectRenameSyntax)
  case projectReorder(ProjectReorderSyntax)
  case reduce(ReduceSyntax)
  case render(RenderSyntax)
  case sample(SampleSyntax)
  case sampleDistinct(SampleDistinctSyntax)
  case scan(ScanSyntax)
  case search(SearchSyntax)
  case serialize(SerializeSyntax)
  case sort(SortSyntax)
  case summarize(SummarizeSyntax)
  case take(TakeSyntax)
  case top(TopSyntax)
  case topHitters(TopHittersSyntax)
  case topNested(TopNestedSyntax)
  case union(UnionSyntax)
  case filter(WhereSyntax)
  case makeGraph(MakeGraphSyntax)
  case graphMatch(GraphMatchSyntax)
  case graphToTable(GraphToTableSyntax)
  case graphMarkComponents(GraphMarkComponentsSyntax)
  /// `lineage downstream`, `predict risk` and their kin.
  case word(WordSyntax)
  /// A Kusto operator that Plumb knows by name only.
  case unsupported(UnsupportedOperatorSyntax)

  package var span: SourceSpan {
    switch self {
    case .asName(let node): node.span
    case .assertSchema(let node): node.span
    case .consume(let node): node.span
    case .count(let node): node.span
    case .distinct(let node): node.span
    case .evaluate(let node): node.span
    case .extend(let node): node.span
    case .facet(let node): node.span
    case .fork(let node): node.span
    case .getSchema(let node): node.span
    case .invoke(let node): node.span
    case .join(let node): node.span
    case .lookup(let node): node.span
    case .makeSeries(let node): node.span
    case .mvApply(let node): node.span
    case .mvExpand(let node): node.span
    case .parse(let node): node.span
    case .parseKV(let node): node.span
    case .partition(let node): node.span
    case .project(let node): node.span
    case .projectAway(let node): node.span
    case .projectByNames(let node): node.span
    case .projectKeep(let node): node.span
    case .projectRename(let node): node.span
    case .projectReorder(let node): node.span
    case .reduce(let node): node.span
    case .render(let node): node.span
    case .sample(let node): node.span
    case .sampleDistinct(let node): node.span
    case .scan(let node): node.span
    case .search(let node): node.span
    case .serialize(let node): node.span
    case .sort(let node): node.span
    case .summarize(let node): node.span
    case .take(let node): node.span
    case .top(let node): node.span
    case .topHitters(let node): node.span
    case .topNested(let node): node.span
    case .union(let node): node.span
    case .filter(let node): node.span
    case .makeGraph(let node): node.span
    case .graphMatch(let node): node.span
    case .graphToTable(let node): node.span
    case .graphMarkComponents(let node): node.span
    case .word(let node): node.span
    case .unsupported(let node): node.span
    }
  }
}
