/// All operators. To add one, write its file in `Operators/` and name its node here.
package typealias KnownOperators = OperatorSet<
  AsSyntax, AssertSchemaSyntax, ConsumeSyntax, CountSyntax, DistinctSyntax, EvaluateSyntax, ExtendSyntax, FacetSyntax,
  ForkSyntax, GetSchemaSyntax, GraphMarkComponentsSyntax, GraphMatchSyntax, GraphToTableSyntax, InvokeSyntax, JoinSyntax,
  LookupSyntax, MakeGraphSyntax, MakeSeriesSyntax, MvApplySyntax, MvExpandSyntax, ParseSyntax, ParseKVSyntax,
  PartitionSyntax, ProjectSyntax, ProjectAwaySyntax, ProjectByNamesSyntax, ProjectKeepSyntax, ProjectRenameSyntax,
  ProjectReorderSyntax, ReduceSyntax, RenderSyntax, SampleSyntax, SampleDistinctSyntax, ScanSyntax, SearchSyntax,
  SerializeSyntax, SortSyntax, SummarizeSyntax, TakeSyntax, TopSyntax, TopHittersSyntax, TopNestedSyntax, UnionSyntax,
  WhereSyntax, WordSyntax, UnsupportedOperatorSyntax
>
