/// The nine kinds of `join`, and `lookup`'s two as inner and left outer.
package enum JoinKind: String, Sendable, CaseIterable {
  /// Inner, after the left side is reduced to one row for each distinct key.
  case innerUnique = "innerunique"
  case inner
  case leftOuter = "leftouter"
  case rightOuter = "rightouter"
  case fullOuter = "fullouter"
  case leftSemi = "leftsemi"
  case rightSemi = "rightsemi"
  case leftAnti = "leftanti"
  case rightAnti = "rightanti"
}

/// Output: the left columns, then the right ones; only one side for semi and anti joins.
package struct JoinPlan: Sendable {
  package var kind: JoinKind
  package var left: LogicalPlan
  package var right: LogicalPlan
  /// Pairs of equal type; `left` indexes the left schema and `right` the right one.
  package var keys: [(left: BoundExpression, right: BoundExpression)]
  /// The names of the output columns, after the binder has made them distinct.
  package var names: [String]
  /// Whether the hash table is built over the left side; the optimiser decides.
  package var buildsLeft = false

  package init(
    kind: JoinKind, left: LogicalPlan, right: LogicalPlan,
    keys: [(left: BoundExpression, right: BoundExpression)], names: [String]
  ) {
    self.kind = kind
    self.left = left
    self.right = right
    self.keys = keys
    self.names = names
  }
}

extension JoinPlan: PlanNode {
  static let traits = PlanTraits(order: .kept)

  var inputs: [LogicalPlan] {
    get { [left, right] }
    set { (left, right) = (newValue[0], newValue[1]) }
  }

  package var schema: Schema { zip(names, columnTypes).map { ColumnInfo($0, $1) } }

  private var columnTypes: [ScalarType] {
    switch kind {
    case .leftSemi, .leftAnti: left.schema.map(\.type)
    case .rightSemi, .rightAnti: right.schema.map(\.type)
    case .innerUnique, .inner, .leftOuter, .rightOuter, .fullOuter:
      left.schema.map(\.type) + right.schema.map(\.type)
    }
  }

  var label: String {
    let tests = keys.map { "\($0.left.text(left.schema)) == \($0.right.text(right.schema))" }
    return "Join: \(kind.rawValue) on \(tests.joined(separator: ", "))" + (buildsLeft ? ", build left" : "")
  }

  var form: PlanForm { .join(self) }

  var rowEstimate: Int { Swift.max(left.node.rowEstimate, right.node.rowEstimate) }

  mutating func mapExpressions(_ change: (BoundExpression, LogicalPlan) -> BoundExpression) {
    keys = keys.map { (change($0.left, left), change($0.right, right)) }
  }

  func keeping(_ needed: Set<Int>) -> PrunedPlan {
    let width = left.schema.count
    let onlyRight = kind == .rightSemi || kind == .rightAnti
    let onlyLeft = kind == .leftSemi || kind == .leftAnti
    var leftNeeded = Set<Int>(), rightNeeded = Set<Int>()
    for index in needed {
      if onlyRight { rightNeeded.insert(index) } else if index < width { leftNeeded.insert(index) } else { rightNeeded.insert(index - width) }
    }
    for key in keys {
      leftNeeded.formUnion(key.left.columns)
      rightNeeded.formUnion(key.right.columns)
    }
    let newLeft = left.node.keeping(leftNeeded), newRight = right.node.keeping(rightNeeded)
    var join = self
    join.left = newLeft.plan
    join.right = newRight.plan
    join.keys = keys.map { ($0.left.moved(newLeft.places), $0.right.moved(newRight.places)) }
    let newWidth = newLeft.plan.schema.count
    var places = onlyRight ? newRight.places : newLeft.places
    if !onlyRight, !onlyLeft { for (old, new) in newRight.places { places[width + old] = newWidth + new } }
    join.names = [String](repeating: "", count: join.columnTypes.count)
    for (old, new) in places { join.names[new] = names[old] }
    return PrunedPlan(.join(join), places)
  }

  func pushing(_ filters: [BoundExpression]) -> LogicalPlan {
    let leftCount = left.schema.count
    let sides = filterableSides
    var low: (left: [BoundExpression], right: [BoundExpression]) = ([], []), high: [BoundExpression] = []
    for filter in filters {
      let columns = filter.columns
      if columns.isEmpty || filter.isVolatile {
        high.append(filter)
      } else if sides.left, sides.isOneSided || columns.allSatisfy({ $0 < leftCount }) {
        low.left.append(filter)
      } else if sides.right, sides.isOneSided || columns.allSatisfy({ $0 >= leftCount }) {
        low.right.append(sides.isOneSided ? filter : filter.mappingColumns { $0 - leftCount })
      } else {
        high.append(filter)
      }
    }
    var join = self
    join.left = left.node.pushing(low.left)
    join.right = right.node.pushing(low.right)
    return LogicalPlan.join(join).filtered(by: high)
  }

  /// The sides whose columns a condition after the join may test before it.
  private var filterableSides: (left: Bool, right: Bool, isOneSided: Bool) {
    switch kind {
    case .inner: (true, true, false)
    // Which row of a key is first must be decided before rows are dropped.
    case .innerUnique: (false, true, false)
    case .leftOuter: (true, false, false)
    case .rightOuter: (false, true, false)
    case .fullOuter: (false, false, false)
    case .leftSemi, .leftAnti: (true, false, true)
    case .rightSemi, .rightAnti: (false, true, true)
    }
  }

  func physical() -> PhysicalNode {
    let left = self.left.node.physical(), right = self.right.node.physical()
    let leftKeys = keys.map(\.left), rightKeys = keys.map(\.right)
    let buildsLeft: Bool
    switch kind {
    case .innerUnique, .rightOuter, .rightSemi, .rightAnti: buildsLeft = true
    case .leftOuter, .fullOuter, .leftSemi, .leftAnti: buildsLeft = false
    case .inner: buildsLeft = self.buildsLeft
    }
    let mode: JoinStep.Mode
    switch kind {
    case .innerUnique, .inner: mode = .pairs(outer: false)
    case .leftOuter, .rightOuter, .fullOuter: mode = .pairs(outer: true)
    case .leftSemi, .rightSemi: mode = .filter(matching: true)
    case .leftAnti, .rightAnti: mode = .filter(matching: false)
    }
    let leftTypes = self.left.schema.map(\.type), rightTypes = self.right.schema.map(\.type)
    return PhysicalNode(label, [left, right]) { run in
      let context = run.context
      let build = try (buildsLeft ? left : right).pipeline(run)
      var buildChunk = try build.whole(buildsLeft ? leftTypes : rightTypes, context)
      if case .pairs(outer: true) = mode { buildChunk = buildChunk.includingEmptyTexts() }
      let buildKeys = try (buildsLeft ? leftKeys : rightKeys).map { try $0.evaluate(buildChunk, context) }
      let layout = KeyLayout(leftKeys.map(\.type), bounds: leftKeys.map { _ in .unknown })
      let table = try JoinTable(
        buildChunk, keys: buildKeys, layout: layout, firstOnly: kind == .innerUnique, context)
      let step = JoinStep(
        table: table, keys: buildsLeft ? rightKeys : leftKeys, mode: mode, probeIsLeft: !buildsLeft,
        marksMatches: kind == .fullOuter)
      let probe = try (buildsLeft ? right : left).pipeline(run).adding(step)
      guard kind == .fullOuter else { return probe }
      var chunks = try probe.collect(context)
      let alone = table.unmatchedRows()
      if alone.count > 0 {
        let missing = leftTypes.map { Vector.constant(.null($0), count: alone.count) }
        let rest = buildChunk.selecting(alone).vectors()
        chunks.append(Chunk(missing + rest, count: alone.count))
      }
      return Pipeline(source: LazyChunkSource(chunks))
    }
  }
}

extension LogicalPlan {
  package static func join(_ join: JoinPlan) -> LogicalPlan { LogicalPlan(join) }
}
