import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension TopNestedSyntax: OperatorBinding {
  /// `top-nested`: the top values of a column, then within each of them the top values of the next column.
  ///
  /// Each level aggregates the rows that its outer levels kept, and keeps the best within each outer value.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    var names = NameMaker()
    var rows = input
    var found: Relation?
    // How many columns of `found` are values, and where each level's value and aggregate are.
    var outputs: [(value: Int, aggregate: Int)] = []
    for level in levels {
      if let others = level.others {
        throw Diagnostic("unsupported-others", "`with others` is not supported", at: others.span)
      }
      let ranked = try rankedLevel(level, rows, outer: outputs, found: found, &names, at: place)
      found = ranked.relation
      outputs = ranked.outputs
      rows = try rowsWithin(ranked.relation, outputs, of: input, at: place)
    }
    guard let found else { return input }
    return found.picking(outputs.flatMap { [$0.value, $0.aggregate] }.map { ($0, found.schema[$0].name) })
  }

  /// The values of one level with their aggregates, the best of each outer combination.
  ///
  /// - Parameter rows: the input's rows with the outer levels' columns at their end.
  private func rankedLevel(
    _ level: TopNestedLevelSyntax, _ rows: Relation, outer: [(value: Int, aggregate: Int)], found: Relation?,
    _ names: inout NameMaker, at place: BindingPlace
  ) throws -> (relation: Relation, outputs: [(value: Int, aggregate: Int)]) {
    let expressions = place.groups(of: rows, for: "`top-nested`")
    let value = try expressions.keys(for: "`top-nested`").expression(level.expression.expression)
    let valueName = names.unique(
      level.expression.names.first?.text ?? automaticName(level.expression.expression) ?? "Column1")
    let aggregate = try expressions.expression(level.aggregate.expression)
    let aggregateName = names.unique(level.aggregate.names.first?.text ?? "aggregated_\(valueName)")
    let carried = found?.schema ?? []
    let start = rows.schema.count - carried.count
    var keys = carried.enumerated().map { index, column in
      NamedExpression(column.name, .column(start + index, column.type, level.span))
    }
    keys.append(NamedExpression(valueName, value))
    let grouped = rows.with(
      try expressions.aggregating(rows.plan, by: keys, [GroupColumn(name: aggregateName, expression: aggregate)]),
      isSerialized: false)
    let outputs = outer + [(carried.count, carried.count + 1)]
    let isDescending = level.direction != .ascending
    let key = SortKey(
      .column(carried.count + 1, aggregate.type, level.aggregate.span), isDescending: isDescending, nullsFirst: false)
    guard let countSyntax = level.count else {
      return (grouped.keepingColumns(.sort(grouped.plan, [key])), outputs)
    }
    let limit = try place.constants.count(countSyntax, of: "top-nested")
    if outer.isEmpty { return (grouped.keepingColumns(.top(grouped.plan, [key], limit)), outputs) }
    // One text represents the combination of the outer values.
    let combination = try place.calls.calling(
      "pack_array", outer.map { .column($0.value, grouped.schema[$0.value].type, level.span) }, at: level.span)
    let partition = PartitionPlan(
      input: grouped.plan, key: combination.converted(to: .string), plan: .top(.input(grouped.schema), [key], limit))
    return (grouped.keepingColumns(.partition(partition)), outputs)
  }

  /// The input's rows whose values the previous levels kept, followed by those levels' columns.
  private func rowsWithin(
    _ found: Relation, _ outputs: [(value: Int, aggregate: Int)], of input: Relation,
    at place: BindingPlace
  ) throws -> Relation {
    let columns = place.columns(of: input, for: "`top-nested`")
    let keys = try zip(levels, outputs).map { level, output in
      let left = try columns.expression(level.expression.expression)
      return (left: left, right: BoundExpression.column(output.value, found.schema[output.value].type, level.span))
    }
    // Names of the outer levels must not hide the input's own columns.
    var names = NameMaker(used: input.schema.map(\.name))
    let joined = JoinPlan(
      kind: .inner, left: input.plan, right: found.plan, keys: keys,
      names: input.schema.map(\.name) + found.schema.map { names.unique("$" + $0.name) })
    var result = input.with(.join(joined), isSerialized: false)
    result.weight = input.weight &+ found.weight
    return result
  }
}
