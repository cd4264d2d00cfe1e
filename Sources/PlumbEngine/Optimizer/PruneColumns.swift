extension RewriteRule {
  /// Columns that nothing reads are not scanned, computed or carried along.
  static let pruneColumns = RewriteRule(name: "ColumnPruning") { plan, _ in pruning(plan) }
}

/// The plan pruned inside, with its output as it was.
private func pruning(_ plan: LogicalPlan) -> LogicalPlan {
  let all = Set(plan.schema.indices)
  let (pruned, places) = plan.keeping(all)
  // Only identity keeps the output as it is; anything else is put in order again.
  if pruned.schema.count == all.count, all.allSatisfy({ places[$0] == $0 }) { return pruned }
  return pruned.picking(plan.schema.indices.map { places[$0] ?? $0 }, names: plan.schema.map(\.name))
}

extension LogicalPlan {
  /// The plan with at least the `needed` output columns, and where each old column that is kept now stands.
  fileprivate func keeping(_ needed: Set<Int>) -> (LogicalPlan, [Int: Int]) {
    switch self {
    case .scan(var scan):
      let read = scan.filters.reduce(into: needed) { $0.formUnion($1.columns) }
      let kept = scan.columns.indices.filter { read.contains($0) }
      let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
      scan.filters = scan.filters.map { $0.moved(places) }
      scan.columns = kept.map { scan.columns[$0] }
      return (.scan(scan), places)
    case .filter(let input, let predicate):
      let (below, places) = input.keeping(needed.union(predicate.columns))
      return (.filter(below, predicate.moved(places)), places)
    case .project(let input, let columns):
      let kept = columns.indices.filter { needed.contains($0) }
      let read = kept.reduce(into: Set<Int>()) { $0.formUnion(columns[$1].expression.columns) }
      let (below, places) = input.keeping(read)
      let moved = kept.map { NamedExpression(columns[$0].name, columns[$0].expression.moved(places)) }
      return (.project(below, moved), Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) }))
    case .aggregate(let plan): return keeping(needed, of: plan)
    case .sort(let input, let keys):
      let (below, places) = input.keeping(keys.reduce(into: needed) { $0.formUnion($1.expression.columns) })
      return (.sort(below, keys.mapping { $0.moved(places) }), places)
    case .top(let input, let keys, let count):
      let (below, places) = input.keeping(keys.reduce(into: needed) { $0.formUnion($1.expression.columns) })
      return (.top(below, keys.mapping { $0.moved(places) }, count), places)
    case .limit(let input, let count):
      let (below, places) = input.keeping(needed)
      return (.limit(below, count), places)
    case .join(let join): return keeping(needed, of: join)
    case .union(let inputs, let schema):
      let kept = schema.indices.filter { needed.contains($0) }
      let pruned = inputs.map { input -> LogicalPlan in
        let (below, places) = input.keeping(needed)
        return below.picking(kept.map { places[$0] ?? $0 }, names: kept.map { schema[$0].name })
      }
      return (
        .union(pruned, kept.map { schema[$0] }),
        Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
      )
    case .window(let input, let columns):
      let width = input.schema.count
      var read = Set(needed.filter { $0 < width })
      // A later column may read an earlier one, so all are kept.
      for column in columns { for argument in column.arguments { read.formUnion(argument.columns.filter { $0 < width }) } }
      let (below, places) = input.keeping(read)
      let newWidth = below.schema.count
      var moved = places
      for index in columns.indices { moved[width + index] = newWidth + index }
      let changed = columns.map { column -> WindowColumn in
        var column = column
        column.arguments = column.arguments.map { $0.moved(moved) }
        return column
      }
      return (.window(below, changed), moved)
    case .expand(let plan): return keeping(needed, of: plan)
    case .series: return (self, identityPlaces)
    case .input(let schema):
      let kept = schema.indices.filter { needed.contains($0) }
      return (
        .input(kept.map { schema[$0] }), Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
      )
    case .partition(let plan): return keeping(needed, of: plan)
    case .whole(var plan):
      plan.input = pruning(plan.input)
      return (.whole(plan), identityPlaces)
    }
  }

  private var identityPlaces: [Int: Int] {
    Dictionary(uniqueKeysWithValues: schema.indices.map { ($0, $0) })
  }

  /// These columns in this order.
  fileprivate func picking(_ indices: [Int], names: [String]) -> LogicalPlan {
    let schema = self.schema
    if indices == Array(schema.indices), names == schema.map(\.name) { return self }
    return .project(
      self,
      zip(indices, names).map { NamedExpression($1, .column($0, schema[$0].type, .none)) })
  }

  private func keeping(_ needed: Set<Int>, of aggregate: AggregatePlan) -> (LogicalPlan, [Int: Int]) {
    var plan = aggregate
    var places: [Int: Int] = [:]
    for index in plan.keys.indices { places[index] = index }
    var old = plan.keys.count, new = plan.keys.count
    plan.aggregates = []
    for named in aggregate.aggregates {
      let range = old..<old + named.names.count
      old = range.upperBound
      guard range.contains(where: { needed.contains($0) }) else { continue }
      for index in range {
        places[index] = new
        new += 1
      }
      plan.aggregates.append(named)
    }
    var read = plan.keys.reduce(into: Set<Int>()) { $0.formUnion($1.expression.columns) }
    for named in plan.aggregates {
      for argument in named.aggregate.arguments { read.formUnion(argument.columns) }
    }
    let (below, moved) = plan.input.keeping(read)
    plan.input = below
    plan.keys = plan.keys.map { NamedExpression($0.name, $0.expression.moved(moved)) }
    plan.aggregates = plan.aggregates.map { named in
      var aggregate = named.aggregate
      aggregate.arguments = aggregate.arguments.map { $0.moved(moved) }
      return NamedAggregate(named.names, aggregate)
    }
    return (.aggregate(plan), places)
  }

  private func keeping(_ needed: Set<Int>, of original: JoinPlan) -> (LogicalPlan, [Int: Int]) {
    var join = original
    let leftWidth = join.left.schema.count
    let onlyRight = join.kind == .rightSemi || join.kind == .rightAnti
    let onlyLeft = join.kind == .leftSemi || join.kind == .leftAnti
    var left = Set<Int>(), right = Set<Int>()
    for index in needed {
      if onlyRight { right.insert(index) } else if index < leftWidth { left.insert(index) } else { right.insert(index - leftWidth) }
    }
    for key in join.keys {
      left.formUnion(key.left.columns)
      right.formUnion(key.right.columns)
    }
    let (newLeft, leftPlaces) = join.left.keeping(left)
    let (newRight, rightPlaces) = join.right.keeping(right)
    join.left = newLeft
    join.right = newRight
    join.keys = join.keys.map { ($0.left.moved(leftPlaces), $0.right.moved(rightPlaces)) }
    var places: [Int: Int] = [:]
    let newWidth = newLeft.schema.count
    if onlyRight {
      places = rightPlaces
    } else {
      places = leftPlaces
      if !onlyLeft { for (old, new) in rightPlaces { places[leftWidth + old] = newWidth + new } }
    }
    let width = onlyRight ? newRight.schema.count : onlyLeft ? newWidth : newWidth + newRight.schema.count
    var names = [String](repeating: "", count: width)
    for (old, new) in places { names[new] = original.names[old] }
    join.names = names
    return (.join(join), places)
  }

  private func keeping(_ needed: Set<Int>, of original: PartitionPlan) -> (LogicalPlan, [Int: Int]) {
    var partition = original
    let schema = partition.input.schema
    let (inner, places) = partition.plan.keeping(needed)
    let leaves = inner.inputLeaves
    guard leaves.count == 1, let leaf = leaves.first else {
      partition.input = pruning(partition.input)
      return (.partition(partition), identityPlaces)
    }
    // The inner plan reads its columns first; those that only the key reads follow.
    let names = Dictionary(schema.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var kept = leaf.compactMap { names[$0.name] }
    guard kept.count == leaf.count, names.count == schema.count else {
      partition.input = pruning(partition.input)
      return (.partition(partition), identityPlaces)
    }
    kept += partition.key.columns.sorted().filter { !kept.contains($0) }
    let (below, moved) = partition.input.keeping(Set(kept))
    partition.input = below.picking(kept.map { moved[$0] ?? $0 }, names: kept.map { schema[$0].name })
    partition.key = partition.key.moved(Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) }))
    partition.plan = inner
    return (.partition(partition), places)
  }

  /// The schemas of the `.input` leaves of the plan.
  private var inputLeaves: [Schema] {
    if case .input(let schema) = self { return [schema] }
    return inputs.flatMap(\.inputLeaves)
  }

  private func keeping(_ needed: Set<Int>, of original: ExpandPlan) -> (LogicalPlan, [Int: Int]) {
    var plan = original
    let width = plan.input.schema.count
    var read = Set(needed.filter { $0 < width })
    for column in plan.columns {
      read.formUnion(column.expression.columns)
      if let index = column.replaces { read.insert(index) }
    }
    let (below, moved) = plan.input.keeping(read)
    plan.input = below
    plan.columns = plan.columns.map { column in
      var column = column
      column.expression = column.expression.moved(moved)
      column.replaces = column.replaces.flatMap { moved[$0] }
      return column
    }
    var places = moved
    let added = original.schema.count - width
    for index in 0..<added { places[width + index] = below.schema.count + index }
    return (.expand(plan), places)
  }
}

extension ExpandPlan {
  fileprivate var schema: Schema { LogicalPlan.expand(self).schema }
}

extension BoundExpression {
  fileprivate func moved(_ places: [Int: Int]) -> BoundExpression { mappingColumns { places[$0] ?? $0 } }
}
