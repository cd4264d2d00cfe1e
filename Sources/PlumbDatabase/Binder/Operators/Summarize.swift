import PlumbEngine
import PlumbSyntax

extension SummarizeSyntax: OperatorBinding {
  /// `summarize`: the group columns, then the aggregates and expressions over them.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let rows = place.groups(of: input, for: "`summarize`")
    var names = NameMaker(used: (groups + aggregates).flatMap { $0.names.map(\.text) })
    try (groups + aggregates).checkDuplicates()
    let keys = try rows.keys(for: "`by`").groupKeys(groups, &names)
    rows.leaveOutOfStar(keys)
    var columns: [GroupColumn] = []
    var hasFailed = false
    for item in aggregates {
      let made = place.attempt { try rows.columns(item, &names) }
      if let made { columns += made } else { hasFailed = true }
    }
    if hasFailed { throw AlreadyReported() }
    return input.with(try rows.aggregating(input.plan, by: keys, columns), isSerialized: false).after("summarize")
  }
}
