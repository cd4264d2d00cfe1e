extension RewriteRule {
  /// Conditions move towards the rows they test: through projections and sorts, into unions, joins and scans.
  static let pushFilters = RewriteRule(name: "FilterPushdown") { plan, _ in plan.node.pushing([]) }
}

extension Array {
  /// The elements for which `isFirst` is true, and the others; both in order.
  func divided(_ isFirst: (Element) -> Bool) -> ([Element], [Element]) {
    (filter(isFirst), filter { !isFirst($0) })
  }
}
