extension RewriteRule {
  /// An expression over columns with few values is evaluated once per combination of them, if there are fewer combinations than rows.
  static let readDictionaries = RewriteRule(name: "DictionaryLift") { plan, _ in
    plan.rewritingUpwards { plan in
      guard plan.node.traits.readsDictionaries else { return plan }
      return plan.mappingExpressions { expression, input in expression.lifting(over: input) }
    }
  }
}

extension BoundExpression {
  /// The expression with its largest parts over columns with few values lifted.
  fileprivate func lifting(over input: LogicalPlan) -> BoundExpression {
    guard case .call(var call) = self else { return self }
    if let lifted = lifted(over: input) { return lifted }
    call.arguments = call.arguments.map { $0.lifting(over: input) }
    return .call(call)
  }

  private func lifted(over input: LogicalPlan) -> BoundExpression? {
    let columns = self.columns.sorted()
    guard 1...4 ~= columns.count, !isVolatile, !isLifted else { return nil }
    var inputs: [DictionaryLift.Input] = []
    var sizes: [Int] = []
    for column in columns {
      let type = input.schema[column].type
      switch input.node.bounds(ofColumn: column) {
      case .codes(let dictionary):
        inputs.append(.init(type: type, domain: .texts))
        sizes.append(dictionary.count)
      case .words(let range) where range.upperBound.subtractingReportingOverflow(range.lowerBound).partialValue & ~0xFFF == 0:
        inputs.append(.init(type: type, domain: .words(range)))
        sizes.append(range.count &+ 1)
      case .unknown where type == .bool:
        inputs.append(.init(type: type, domain: .bools))
        sizes.append(3)
      case .words, .reals, .unknown:
        guard type.lane == .bytes, let size = input.codeCount(ofColumn: column) else { return nil }
        inputs.append(.init(type: type, domain: .texts))
        sizes.append(size)
      }
    }
    if columns.count == 1, case .texts = inputs[0].domain {
      guard sizes[0] &* 4 <= input.scannedRows else { return nil }
    } else {
      // Kernels over numbers are as fast as a look-up.
      guard makesTexts, let combinations = DictionaryLift.combinations(sizes), combinations &* 4 <= input.scannedRows else { return nil }
    }
    let places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
    let combinations = sizes.reduce(1, *)
    return .lifted(DictionaryLift(mappingColumns { places[$0] ?? 0 }, inputs: inputs, combinations: combinations), over: columns)
  }

  /// Whether a part of the expression makes texts or dynamic values.
  private var makesTexts: Bool {
    var found = false
    visit { if case .call(let call) = $0, call.type.lane == .bytes { found = true } }
    return found
  }

  private var isLifted: Bool {
    var found = false
    visit { if case .lifted = $0 { found = true } }
    return found
  }
}

extension LogicalPlan {
  /// The maximum number of codes of a column that a step below computes once per combination, and which is therefore coded; nil for
  /// other columns.
  fileprivate func codeCount(ofColumn column: Int) -> Int? {
    guard let input = inputs.first, let origin = node.origin(ofColumn: column) else { return nil }
    switch origin {
    case .column(let index, _, _): return input.codeCount(ofColumn: index)
    case .lifted(let lift, _): return lift.combinations
    case .literal, .call: return nil
    }
  }

  /// The number of rows of the largest table below.
  fileprivate var scannedRows: Int {
    if let scan = self.as(ScanPlan.self) { return scan.table.rowEstimate }
    return inputs.reduce(0) { Swift.max($0, $1.scannedRows) }
  }
}
