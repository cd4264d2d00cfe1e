/// Rows of a table: the columns read, and the conjuncts that the scan itself tests.
package struct ScanPlan: Sendable {
  package let table: Table
  /// Indices into the table's schema, in output order.
  package var columns: [Int]
  /// Conjuncts over the output columns.
  package var filters: [BoundExpression]
  /// The request to a source of foreign rows; its columns are those of the scan.
  var external = ExternalRequest(columns: [])

  package init(table: Table, columns: [Int]? = nil, filters: [BoundExpression] = []) {
    self.table = table
    self.columns = columns ?? Array(table.schema.indices)
    self.filters = filters
  }
}

extension ScanPlan: SourcePlanNode {
  static let traits = PlanTraits(order: .lost, readsDictionaries: true)

  package var schema: Schema { columns.map { table.schema[$0] } }

  var label: String {
    let all = columns == Array(table.schema.indices)
    let read = all ? "" : " [" + schema.map(\.name).joined(separator: ", ") + "]"
    let tests = filters.map { $0.text(schema) }.joined(separator: " and ")
    return "Scan: \(table.name)\(read)" + (tests.isEmpty ? "" : " (\(tests))") + wishText
  }

  /// What the request asks for beyond columns.
  private var wishText: String {
    var wishes = external.conditions.map { $0.text(table.schema) }
    if wishes.count > 1 { wishes = [wishes.joined(separator: " and ")] }
    if let limit = external.limit { wishes.append("first \(limit)") }
    if !external.order.isEmpty {
      let keys = external.order.map { table.schema[$0.column].name + ($0.isDescending ? " desc" : " asc") }
      wishes[wishes.count - 1] += " by " + keys.joined(separator: ", ")
    }
    return wishes.isEmpty ? "" : " requesting " + wishes.joined(separator: ", ")
  }

  var form: PlanForm { .scan(self) }
  var rowEstimate: Int { filters.isEmpty ? table.rowEstimate : table.rowEstimate / 4 + 1 }
  var knownRowCount: Int? { filters.isEmpty && table.external == nil ? table.rowCount : nil }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {
    if filters.isEmpty { return }
    let bare = LogicalPlan.scan(ScanPlan(table: table, columns: columns))
    filters = filters.map { change($0, bare) }
  }

  func bounds(ofColumn index: Int) -> KeyBounds {
    let column = columns[index]
    switch table.schema[column].type.lane {
    case .word: return table.facts(column).zone.words.map { .words($0) } ?? .unknown
    case .bytes: return table.facts(column).dictionary.map { .codes($0) } ?? .unknown
    case .byte, .float, .wide: return .unknown
    }
  }

  func keeping(_ needed: Set<Int>) -> PrunedPlan {
    let read = filters.reduce(into: needed) { $0.formUnion($1.columns) }
    let kept = columns.indices.filter { read.contains($0) }
    var scan = self
    scan.columns = kept.map { columns[$0] }
    let places = PrunedPlan.places(of: kept)
    scan.filters = filters.map { $0.moved(places) }
    return PrunedPlan(.scan(scan), places)
  }

  func pushing(_ filters: [BoundExpression]) -> LogicalPlan {
    var scan = self
    scan.filters += filters
    return .scan(scan)
  }

  func physical() -> PhysicalNode {
    if let rows = table.external {
      let request = request
      let source = PhysicalNode(rows.text(of: request)) { run in
        Pipeline(source: ExternalSource(rows, request, run.context), isOrdered: false)
      }
      return PhysicalNode(label, [source]) { run in
        let pipeline = try source.pipeline(run)
        return filters.isEmpty ? pipeline : pipeline.adding(FilterStep(conjuncts: filters))
      }
    }
    return PhysicalNode(label) { _ in
      var pipeline = Pipeline(source: TableSource(self, filters: filters), isOrdered: false)
      if !filters.isEmpty { pipeline.steps.append(FilterStep(conjuncts: filters, isOfScan: true)) }
      return pipeline
    }
  }
}

extension LogicalPlan {
  package static func scan(_ scan: ScanPlan) -> LogicalPlan { LogicalPlan(scan) }
}

extension BoundExpression {
  /// The table's column that the expression reads, if `input` passes it on from a scan unchanged.
  func scannedColumn(of input: LogicalPlan) -> Int? {
    guard case .column(let index, _, _) = self else { return nil }
    if let scan = input.as(ScanPlan.self) { return scan.columns[index] }
    guard let below = input.inputs.first else { return nil }
    return input.node.origin(ofColumn: index)?.scannedColumn(of: below)
  }
}
