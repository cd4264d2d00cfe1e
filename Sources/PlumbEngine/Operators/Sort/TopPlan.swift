/// The first rows in the order of the keys, sorted.
struct TopPlan: UnaryPlanNode {
  static let traits = PlanTraits(order: .made, passesColumns: true, readsDictionaries: true)

  var input: LogicalPlan
  var keys: [SortKey]
  var count: Int

  var schema: Schema { input.schema }
  var label: String { "Top: \(count) by " + keys.text(input.schema) }
  var form: PlanForm { .top(keys, count) }
  var rowEstimate: Int { Swift.min(count, input.node.rowEstimate) }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {
    keys = keys.mapping { change($0, input) }
  }

  func physical() -> PhysicalNode {
    let types = input.schema.map(\.type)
    let scanned = keys.first?.expression.scannedColumn(of: input)
    return materialising { run, pipeline in
      var pipeline = pipeline
      var bound: TopBound?
      let rowsLieInTable =
        (pipeline.source as? TableSource)?.isInMemory ?? false && pipeline.steps.allSatisfy { $0 is FilterStep }
      if let source = pipeline.source as? TableSource, let key = keys.first, let column = scanned, count > 0 {
        let made = TopBound(column: column, isDescending: key.isDescending, nullsFirst: key.nullsFirst)
        pipeline.source = source.bestFirst(made)
        bound = made
      }
      let sink = TopSink(
        keys: keys, limit: count, types: types, bound: bound, rowsLieInTable: rowsLieInTable, run.context)
      try pipeline.run(into: sink, run.context)
      return try sink.finish()
    }
  }
}

extension LogicalPlan {
  package static func top(_ input: LogicalPlan, _ keys: [SortKey], _ count: Int) -> LogicalPlan {
    LogicalPlan(TopPlan(input: input, keys: keys, count: count))
  }
}
