extension RewriteRule {
  /// Conditions move towards the rows they test: through projections and sorts, into unions, joins and scans.
  ///
  /// On their way constants take the place of columns, and what is made of them alone becomes its value.
  static let pushFilters = RewriteRule(name: "FilterPushdown") { plan, context in
    foldConstants.apply(plan.node.pushing([]), context)
  }
}

extension Array {
  /// The elements for which `isFirst` is true, and the others; both in order.
  func divided(_ isFirst: (Element) -> Bool) -> ([Element], [Element]) {
    (filter(isFirst), filter { !isFirst($0) })
  }
}
