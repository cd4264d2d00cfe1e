@testable import PlumbSyntax
import PlumbDiagnostics
import Testing

/// A name as Plumb prints it is that name wherever one may stand, whatever word it is.
struct ReadBackTests {
  /// Every word that means something somewhere.
  static let words: [String] = {
    var words = ReservedWords.all
    words.formUnion(TypeName.types.keys)
    words.formUnion(TypedLiteralKeyword.types.keys)
    words.formUnion(TimespanSuffix.units.keys)
    words.formUnion(EntityQualifier.names)
    for step in OperatorDeclaration.all {
      words.formUnion([step.keyword] + step.aliases + step.clauses + step.settings.map(\.name))
      words.formUnion(step.settings.flatMap(\.values))
    }
    for source in SourceDeclaration.all { words.formUnion([source.keyword] + source.aliases + source.clauses) }
    for statement in StatementDeclaration.all { words.formUnion([statement.keyword] + statement.clauses) }
    words.formUnion(ChartDeclaration.all.map(\.name) + ChartDeclaration.undrawn + ChartProperty.all.map(\.name))
    words.formUnion(["not", "typeof", "dynamic", "regex", "hint", "h", "H", "view", "pack", "pack_all", "toscalar", "materialize"])
    words.formUnion(["input", "select", "$left", "$right", "$table", "1st", "365", "2d", "1e5", "0x1F", "naïve", "東", "a b", "", "it's"])
    return words.sorted()
  }()

  /// Texts with `N` for the name.
  static let places = [
    "N", "N | count", "(N) | count", "(N | take 1) | count", "T | project N", "T | project a, N, b", "T | project x = N",
    "T | project N = x", "T | extend N = N + 1", "T | where N", "T | where N == 1", "T | where not(N)", "T | where (N)",
    "T | where a and N and b", "T | where N has 'x'", "T | where x in (N)", "T | where N in (1, 2)", "T | where f(N in (1))",
    "T | where (N in (1))", "T | where x has_any (N)", "T | where N between (1 .. 2)", "T | where x between (N .. N)",
    "T | where -N > 1", "T | where N.a == 1", "T | where a[N] == 1", "T | where N['x'] == 1", "T | where N[0] == 1",
    "T | extend y = f(N)", "T | extend y = f(N, 1)", "T | extend y = f(1, N)", "T | extend y = f(N == 1)",
    "T | extend y = f(N - 1)", "T | extend y = f(N * 2)", "print f(N)", "print N = 1", "print x = N",
    "T | summarize N = count() by a", "T | summarize count() by N", "T | summarize max(N) by N, a", "T | sort by N",
    "T | sort by N asc nulls last, a", "T | top 5 by N desc", "T | distinct N, a", "T | project-away N, a",
    "T | project-keep N", "T | project-rename N = a", "T | project-rename a = N", "T | project-reorder N asc, a",
    "T | mv-expand N", "T | mv-expand x = N to typeof(long)", "T | join (N) on N", "T | join N on a", "T | lookup (N) on N",
    "T | join (U) on $left.N == $right.N", "T | union N, a", "union N, (N | take 1)", "T | as N", "T | invoke N()",
    "T | parse N with 'a' N:long 'b'", "T | sample-distinct 5 of N", "T | top-hitters 5 of N by N",
    "T | top-nested 3 of N by count()", "T | make-series N = count() on N step 1 by N", "T | partition by N (take 1)",
    "T | serialize N = row_number()", "T | search N: 'x'", "T | search N == 1", "search in (N) 'x'", "find in (N) where N == 1",
    "find where N == 1 project N, a", "T | evaluate bag_unpack(N)", "T | evaluate N(a)", "let N = 1; print N",
    "let N = T; N | count", "let f = (N: long) { N + 1 }; print f(1)", "let N = () { 1 }; print N()",
    "datatable(N: long, a: string)[1, 'x'] | count", "datatable(a: long, N: string)[1, 'x']", "range N from 1 to 5 step 1",
    "T | assert-schema (N: long)", "T | render timechart with (xcolumn=N, ycolumns=N, a)", "database('d').N",
    "declare query_parameters(N: long = 1); print N", "T | scan declare (N: long) with (step s: N > 1 => N = s.N;)",
    "edges | make-graph N --> N with N on N | graph-match (N)-[e]->(b) project N", "T | parse-kv x as (N: long)",
    "compare (ago(2h) .. ago(1h)) with (ago(1h) .. now()) by N, a", "T | facet by N", "T | reduce by N",
    "T | project strcat(N, 'x')", "T | extend N", "T | where isnotnull(N) or N", "T | project iff(N, N, N)",
    "toscalar(N | count)", "print toscalar(N)", "T | where x in (N | project N)", "let x = N; print x", "let x = (N); print x",
  ]

  /// Where a setting of the operator may stand, its name is the setting.
  private static let settings = ["T | make-series N = count() on N step 1 by N": ["kind"]]

  @Test(arguments: places)
  func everyWordReadsBack(place: String) {
    let parts = place.split(separator: /\bN\b/, omittingEmptySubsequences: false)
    // The same with a name that means nothing shows what is wanted.
    let plain = parse(parts.joined(separator: "zzz"))
    #expect(plain.diagnostics.isEmpty, "\(place)")
    let wanted = print(plain.script).split(separator: "zzz", omittingEmptySubsequences: false)
    var lost: [String] = []
    for word in Self.words {
      let name = KQLName.inQuery(word)
      let found = parse(parts.joined(separator: name))
      let isLost = !found.diagnostics.isEmpty || print(found.script) != wanted.joined(separator: name)
      if isLost, Self.settings[place]?.contains(name) != true { lost.append(name) }
    }
    #expect(lost == [], "\(place)")
  }
}
