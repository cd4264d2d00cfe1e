/// A rewrite of a plan into a cheaper one with the same rows.
package struct RewriteRule: Sendable {
  let name: String
  let apply: @Sendable (LogicalPlan, ExecutionContext) -> LogicalPlan

  /// The rules in the order in which they run, each once.
  static let all: [RewriteRule] = [
    foldConstants, mergeProjections, readPackedValues, pushFilters, fuseTop, pushLimits, answerFromMetadata, pushToSources, pruneColumns,
    pushToEngines, chooseBuildSide, orderConjuncts, readDictionaries,
  ]

  /// The names of all rules, in order.
  package static var names: [String] { all.map(\.name) }
}

/// The plan after all rewrite rules; `trace` is called with the plan before them and after each that changed it.
package func optimize(
  _ plan: LogicalPlan, _ context: ExecutionContext,
  trace: ((_ rule: String, _ plan: LogicalPlan) -> Void)? = nil
) -> LogicalPlan {
  var current = plan
  let rules = RewriteRule.all.filter { !context.tuning.disabledRules.contains($0.name) }
  guard let trace else {
    for rule in rules { current = rule.apply(current, context) }
    return current
  }
  var outline = current.outline
  trace("Initial", current)
  for rule in rules {
    current = rule.apply(current, context)
    let next = current.outline
    if next != outline { trace(rule.name, current) }
    outline = next
  }
  return current
}
