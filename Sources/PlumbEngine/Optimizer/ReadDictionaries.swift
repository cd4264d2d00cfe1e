extension RewriteRule {
  /// An expression over one dictionary column is evaluated once per entry, if there are fewer entries than rows.
  static let readDictionaries = RewriteRule(name: "DictionaryLift") { plan, _ in
    plan.rewritingUpwards { plan in
      guard plan.node.traits.readsDictionaries else { return plan }
      return plan.mappingExpressions { expression, input in expression.lifting(over: input) }
    }
  }
}

extension BoundExpression {
  /// The expression with its largest parts over one dictionary column lifted.
  fileprivate func lifting(over input: LogicalPlan) -> BoundExpression {
    guard case .call(var call) = self else { return self }
    let columns = self.columns
    if columns.count == 1, let index = columns.first, !isVolatile, !isLifted,
      case .codes(let dictionary) = input.node.bounds(ofColumn: index), dictionary.count &* 4 <= input.scannedRows
    {
      let type = input.schema[index].type
      return .lifted(DictionaryLift(mappingColumns { _ in 0 }, inputType: type), over: index)
    }
    call.arguments = call.arguments.map { $0.lifting(over: input) }
    return .call(call)
  }

  private var isLifted: Bool {
    var found = false
    visit { if case .lifted = $0 { found = true } }
    return found
  }
}

extension LogicalPlan {
  /// The number of rows of the largest table below.
  fileprivate var scannedRows: Int {
    if let scan = self.as(ScanPlan.self) { return scan.table.rowEstimate }
    return inputs.reduce(0) { Swift.max($0, $1.scannedRows) }
  }
}
