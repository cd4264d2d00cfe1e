/// Groups and their aggregates. Output: the keys, then the results of each aggregate.
package struct AggregatePlan: Sendable {
  package var input: LogicalPlan
  package var keys: [NamedExpression]
  package var aggregates: [NamedAggregate]

  package init(input: LogicalPlan, keys: [NamedExpression], aggregates: [NamedAggregate]) {
    self.input = input
    self.keys = keys
    self.aggregates = aggregates
  }
}

/// An aggregate and the names of its result columns.
package struct NamedAggregate: Sendable {
  package var names: [String]
  package var aggregate: BoundAggregate

  package init(_ names: [String], _ aggregate: BoundAggregate) {
    self.names = names
    self.aggregate = aggregate
  }

  var columns: [ColumnInfo] { zip(names, aggregate.results).map { ColumnInfo($0, $1) } }

  func text(_ schema: Schema) -> String {
    let arguments = aggregate.arguments.map { $0.text(schema) }.joined(separator: ", ")
    return "\(names.joined(separator: ", ")) = \(aggregate.name)(\(arguments))"
  }
}

extension [NamedAggregate] {
  func mapping(_ change: (BoundExpression) -> BoundExpression) -> [NamedAggregate] {
    map { named in
      var named = named
      named.aggregate.arguments = named.aggregate.arguments.map(change)
      return named
    }
  }
}

extension AggregatePlan: UnaryPlanNode {
  static let traits = PlanTraits(order: .lost, readsDictionaries: true)

  package var schema: Schema { keys.map(\.column) + aggregates.flatMap(\.columns) }

  var label: String {
    let by = keys.isEmpty ? "" : "by " + keys.map { $0.text(input.schema) }.joined(separator: ", ")
    let results = aggregates.map { $0.text(input.schema) }.joined(separator: ", ")
    return "Aggregate: " + results + (results.isEmpty || by.isEmpty ? "" : " ") + by
  }

  var form: PlanForm { .aggregate(self) }
  var rowEstimate: Int { keys.isEmpty ? 1 : input.node.rowEstimate / 10 + 1 }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {
    keys = keys.mapping { change($0, input) }
    aggregates = aggregates.mapping { change($0, input) }
  }

  func origin(ofColumn index: Int) -> BoundExpression? { index < keys.count ? keys[index].expression : nil }

  func keeping(_ needed: Set<Int>) -> PrunedPlan {
    // All keys stay, since they define the groups.
    var kept = Array(keys.indices)
    var plan = self
    plan.aggregates = []
    var start = keys.count
    for named in aggregates {
      let range = start..<start + named.names.count
      start = range.upperBound
      guard range.contains(where: needed.contains) else { continue }
      kept += range
      plan.aggregates.append(named)
    }
    let below = input.node.keeping(plan.columnsRead)
    plan.mapExpressions { expression, _ in expression.moved(below.places) }
    plan.input = below.plan
    return PrunedPlan(.aggregate(plan), keeping: kept)
  }

  func pushing(_ filters: [BoundExpression]) -> LogicalPlan {
    // A condition on keys alone selects whole groups.
    let (low, high) = filters.divided { filter in
      !keys.isEmpty && !filter.isVolatile && !filter.columns.isEmpty
        && filter.columns.allSatisfy { $0 < keys.count && keys[$0].expression.isCheap }
    }
    var plan = self
    plan.input = input.node.pushing(low.map { $0.substituting { keys[$0].expression } })
    return LogicalPlan.aggregate(plan).filtered(by: high)
  }

  func carrying(_ input: CarryingPlan) -> CarryingPlan? {
    let grouped = LogicalPlan.aggregate(
      AggregatePlan(input: input.plan, keys: keys + input.columns, aggregates: aggregates))
    let carried = keys.count..<keys.count + input.places.count
    let order = Array(keys.indices) + Array(carried.upperBound..<grouped.schema.count) + Array(carried)
    var result = input
    result.plan = grouped.picking(order, names: order.map { grouped.schema[$0].name })
    result.places = carried.indices.map { $0 - keys.count + schema.count }
    return result
  }

  func physical() -> PhysicalNode {
    let below = input.node.physical()
    let keys = keys.map(\.expression)
    let bounds = keys.map { $0.bounds(over: input) }
    let aggregates = aggregates.map(\.aggregate)
    let statistics = StatisticsPlan(self)
    return PhysicalNode(label, [below]) { run in
      var pipeline = try below.pipeline(run)
      if let statistics, run.context.tuning.usesStatistics, let source = pipeline.source as? TableSource {
        pipeline.source = source.usingStatistics(statistics)
      }
      let sink = AggregateSink(keys: keys, bounds: bounds, aggregates: aggregates, run.context)
      let inOrder = pipeline.isOrdered && aggregates.contains(where: \.dependsOnOrder)
      try pipeline.run(into: sink, run.context, workers: inOrder ? 1 : nil)
      return Pipeline(source: try sink.finish())
    }
  }
}

extension LogicalPlan {
  package static func aggregate(_ plan: AggregatePlan) -> LogicalPlan { LogicalPlan(plan) }
}
