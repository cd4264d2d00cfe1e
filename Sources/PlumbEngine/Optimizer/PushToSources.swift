extension RewriteRule {
  /// Moves work to sources of foreign rows where they can do it: conditions, the first rows, their order, a count.
  ///
  /// Conditions stay with the scan, which tests them again. Only a count is left entirely to a source that tests all of them.
  static let pushToSources = RewriteRule(name: "SourcePushdown") { plan, _ in
    plan.rewritingUpwards { plan in
      if let scan = plan.as(ScanPlan.self) { return .scan(scan.askingForConditions()) }
      if let limit = plan.as(LimitPlan.self), let scan = limit.input.as(ScanPlan.self) {
        return .limit(.scan(scan.asking(for: limit.count, in: []) ?? scan), limit.count)
      }
      if let top = plan.as(TopPlan.self), let input = top.input.asking(for: top.count, by: top.keys) {
        return .top(input, top.keys, top.count)
      }
      return plan.as(AggregatePlan.self)?.counting.map { .aggregate($0) } ?? plan
    }
  }
}

extension ScanPlan {
  /// The scan's request to a source of foreign rows.
  var request: ExternalRequest {
    var request = external
    request.columns = columns
    return request
  }

  fileprivate func askingForConditions() -> ScanPlan {
    guard let rows = table.external, !filters.isEmpty else { return self }
    var scan = self
    scan.external.conditions += ownConditions.filter {
      switch rows.help(with: $0) {
      case .nothing: false
      case .some, .all: true
      }
    }
    return scan
  }

  /// The filters over the table's columns rather than the scan's.
  private var ownConditions: [BoundExpression] { filters.map { $0.mappingColumns { columns[$0] } } }

  /// Whether the source returns exactly the rows that pass.
  private func isExact(_ rows: any ExternalRows) -> Bool {
    ownConditions.allSatisfy {
      switch rows.help(with: $0) {
      case .nothing, .some: false
      case .all: true
      }
    }
  }

  /// The scan that reads only the first rows; nil if the source cannot know which these are.
  fileprivate func asking(for count: Int, in order: [ExternalOrder]) -> ScanPlan? {
    guard let rows = table.external, isExact(rows), order.allSatisfy({ rows.canSort(by: $0.column) }),
      external.limit == nil
    else { return nil }
    var scan = self
    scan.external.order = order
    scan.external.limit = count
    return scan
  }

  /// The scan that reads nothing, since the source counts the rows that pass; nil if it cannot.
  fileprivate var counted: ScanPlan? {
    guard let rows = table.external, isExact(rows), external.limit == nil else { return nil }
    var scan = self
    scan.filters = []
    return scan
  }
}

extension LogicalPlan {
  /// The plan whose scan returns only the best rows; nil if its source cannot sort them.
  fileprivate func asking(for count: Int, by keys: [SortKey]) -> LogicalPlan? {
    if let scan = self.as(ScanPlan.self) {
      var order: [ExternalOrder] = []
      for key in keys {
        guard case .column(let index, _, _) = key.expression else { return nil }
        order.append(
          ExternalOrder(column: scan.columns[index], isDescending: key.isDescending, nullsFirst: key.nullsFirst))
      }
      return scan.asking(for: count, in: order).map { .scan($0) }
    }
    guard node.traits.isRowwise, node.traits.keepsCount, inputs.count == 1 else { return nil }
    var below = keys
    for place in keys.indices {
      guard let expression = keys[place].expression.substituting(columns: node.origin) else { return nil }
      below[place].expression = expression
    }
    return inputs[0].asking(for: count, by: below).map { input in mappingInputs { _ in input } }
  }

  /// The plan with as many rows, of which only their number is known; nil if it is not a scan that counts.
  fileprivate var countedScan: LogicalPlan? {
    if let scan = self.as(ScanPlan.self) { return scan.counted.map { .scan($0) } }
    return node.traits.keepsCount ? inputs.first?.countedScan : nil
  }
}

extension AggregatePlan {
  /// The same count over a source that counts; nil if it is not a count of foreign rows.
  fileprivate var counting: AggregatePlan? {
    guard keys.isEmpty, !aggregates.isEmpty,
      aggregates.allSatisfy({ $0.aggregate.traits.contains(.countsEveryRow) && $0.aggregate.arguments.isEmpty }),
      let counted = input.countedScan
    else { return nil }
    var plan = self
    plan.input = counted
    return plan
  }
}
