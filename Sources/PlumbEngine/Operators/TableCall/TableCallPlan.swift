import PlumbDiagnostics

/// A function of the catalog that computes a table when the plan runs, and not before.
package struct TableCallPlan: Sendable {
  /// The call, as `explain` shows it.
  let text: String
  package let schema: Schema
  /// The rows that the function is given; nil when it is called without any.
  let input: LogicalPlan?
  /// Computes the rows in their order, from those that it is given.
  let rows: @Sendable (Table?, ExecutionContext) throws -> Table

  package init(
    text: String, schema: Schema, input: LogicalPlan?,
    rows: @escaping @Sendable (Table?, ExecutionContext) throws -> Table
  ) {
    self.text = text
    self.schema = schema
    self.input = input
    self.rows = rows
  }
}

extension TableCallPlan: PlanNode {
  static let traits = PlanTraits(order: .made)

  var inputs: [LogicalPlan] {
    get { input.map { [$0] } ?? [] }
    set { self = TableCallPlan(text: text, schema: schema, input: newValue.first, rows: rows) }
  }

  var label: String { "Call: \(text)" }

  /// Such functions answer with a screen or a few of rows.
  var rowEstimate: Int { input?.node.rowEstimate ?? 1_000 }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {}

  func physical() -> PhysicalNode {
    let below = input?.node.physical()
    let inputSchema = input?.schema ?? []
    return PhysicalNode(label, below.map { [$0] } ?? []) { run in
      let given = try below.map { node in
        Table(name: "input", QueryResult(schema: inputSchema, chunks: try node.pipeline(run).collect(run.context)))
      }
      let table = try rows(given, run.context)
      guard table.schema == schema else {
        throw Diagnostic("failed", "`\(text)` gave other columns than it says it has")
      }
      let chunks = try table.groups.map { Chunk(try $0.columns, count: $0.count) }
      return Pipeline(source: LazyChunkSource(cutting: chunks), isOrdered: true)
    }
  }
}

extension LogicalPlan {
  package static func tableCall(_ plan: TableCallPlan) -> LogicalPlan { LogicalPlan(plan) }
}
