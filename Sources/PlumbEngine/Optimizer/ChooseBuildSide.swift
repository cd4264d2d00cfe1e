extension RewriteRule {
  /// An inner join keeps its smaller side in memory.
  static let chooseBuildSide = RewriteRule(name: "BuildSide") { plan, _ in
    plan.rewritingUpwards { node in
      guard case .join(var join) = node, join.kind == .inner else { return node }
      join.buildsLeft = join.left.rowEstimate < join.right.rowEstimate
      return .join(join)
    }
  }

  /// Of several conditions the cheap ones run first.
  static let orderConjuncts = RewriteRule(name: "ConditionOrder") { plan, _ in
    plan.rewritingUpwards { node in
      switch node {
      case .scan(var scan):
        scan.filters = scan.filters.cheapestFirst
        return .scan(scan)
      case .filter(let input, let predicate):
        guard let ordered = BoundExpression.conjunction(predicate.conjuncts.cheapestFirst) else { return node }
        return .filter(input, ordered)
      default: return node
      }
    }
  }
}

extension LogicalPlan {
  /// A guess at the number of rows.
  var rowEstimate: Int {
    switch self {
    case .scan(let scan): scan.filters.isEmpty ? scan.table.rowEstimate : scan.table.rowEstimate / 4 + 1
    case .series(let series): series.count
    case .input: 1000
    case .filter(let input, _): input.rowEstimate / 4 + 1
    case .project(let input, _), .sort(let input, _), .window(let input, _): input.rowEstimate
    case .aggregate(let plan): plan.keys.isEmpty ? 1 : plan.input.rowEstimate / 10 + 1
    case .limit(let input, let count), .top(let input, _, let count): Swift.min(count, input.rowEstimate)
    case .join(let join): Swift.max(join.left.rowEstimate, join.right.rowEstimate)
    case .union(let inputs, _): inputs.reduce(0) { $0 &+ $1.rowEstimate }
    case .expand(let plan): plan.input.rowEstimate &* 4
    case .partition(let plan): plan.input.rowEstimate
    case .whole(let plan): plan.input.rowEstimate
    }
  }
}

extension [BoundExpression] {
  fileprivate var cheapestFirst: [BoundExpression] {
    enumerated().sorted { ($0.element.costGuess, $0.offset) < ($1.element.costGuess, $1.offset) }.map(\.element)
  }
}

extension BoundExpression {
  /// A rough cost per row, for ordering conditions.
  fileprivate var costGuess: Int {
    switch self {
    case .column, .literal: return 0
    case .lifted: return 1
    case .call(let call):
      let own: Int
      switch call.name {
      case "==", "!=", "<", "<=", ">", ">=", "between", "and", "or", "not", "+", "-", "*", "isnull", "isnotnull":
        own = call.arguments.contains { $0.type.lane == .bytes } ? 4 : 1
      case "matches regex", "extract", "extract_all", "replace_regex": own = 40
      default: own = 10
      }
      return call.arguments.reduce(own) { $0 &+ $1.costGuess }
    }
  }
}
