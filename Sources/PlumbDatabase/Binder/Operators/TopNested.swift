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
    var rest: [OtherRows] = []
    for (number, level) in levels.enumerated() {
      let outer = (rows: rows, found: found, outputs: outputs)
      let ranked = try rankedLevel(level, rows, outer: outputs, found: found, &names, at: place)
      found = ranked.relation
      outputs = ranked.outputs
      if level.others != nil {
        rest.append(OtherRows(level: number, rows: outer.rows, outer: outer.found, outputs: outer.outputs, kept: ranked.relation))
      }
      rows = try rowsWithin(ranked.relation, outputs, of: input, at: place)
    }
    guard let found else { return input }
    let top = found.picking(outputs.flatMap { [$0.value, $0.aggregate] }.map { ($0, found.schema[$0].name) })
    if rest.isEmpty { return top }
    let others = try rest.map { try othersAt($0, like: top.schema, at: place) }
    return top.with(.union([top.plan] + others, top.schema), isSerialized: false)
  }

  /// The rows that one level leaves out, of those that the outer levels kept.
  private struct OtherRows {
    let level: Int
    /// The input's rows with the outer levels' columns at their end.
    let rows: Relation
    let outer: Relation?
    let outputs: [(value: Int, aggregate: Int)]
    /// The level's own values, after the outer levels' columns.
    let kept: Relation
  }

  /// One row for each combination of outer values: the outer columns, then the constant and the aggregate of what is left out.
  /// Inner levels with `others` count the same rows under their own constant; those without are null.
  private func othersAt(_ other: OtherRows, like schema: Schema, at place: BindingPlace) throws -> LogicalPlan {
    let carried = other.outer?.schema ?? []
    let start = other.rows.schema.count - carried.count
    let columns = place.columns(of: other.rows, for: "`top-nested`")
    let own = try columns.expression(levels[other.level].expression.expression)
    // A row is left out if its outer values and its own are not among those kept.
    var keys = other.outputs.map { output in
      let type = carried[output.value].type
      return (left: BoundExpression.column(start + output.value, type, span), right: BoundExpression.column(output.value, type, span))
    }
    keys.append((left: own, right: .column(carried.count, other.kept.schema[carried.count].type, span)))
    // As texts, nulls are equal.
    keys = keys.map { (left: $0.left.converted(to: .string), right: $0.right.converted(to: .string)) }
    let left = LogicalPlan.join(
      JoinPlan(
        kind: .leftAnti, left: other.rows.plan, right: other.kept.plan, keys: keys, names: other.rows.schema.map(\.name)))
    let rows = other.rows.with(left, isSerialized: false)
    let expressions = place.groups(of: rows, for: "`top-nested`")
    let groupKeys = carried.enumerated().map { index, column in
      NamedExpression(column.name, .column(start + index, column.type, span))
    }
    // The level itself always has `others`.
    let counted = levels.indices.filter { $0 >= other.level && levels[$0].others != nil }
    let aggregates = try counted.map { number in
      GroupColumn(name: "$others\(number)", expression: try expressions.expression(levels[number].aggregate.expression))
    }
    let grouped = try expressions.aggregating(rows.plan, by: groupKeys, aggregates)
    var outputs: [NamedExpression] = []
    for number in levels.indices {
      let (valueType, aggregateType) = (schema[2 * number].type, schema[2 * number + 1].type)
      var value = BoundExpression.literal(.null(valueType), span), aggregate = BoundExpression.literal(.null(aggregateType), span)
      if number < other.level {
        value = .column(other.outputs[number].value, valueType, span)
        aggregate = .column(other.outputs[number].aggregate, aggregateType, span)
      } else if let place = counted.firstIndex(of: number), let constant = levels[number].others {
        value = try self.constant(constant, as: valueType, at: columns)
        aggregate = BoundExpression.column(carried.count + place, grouped.schema[carried.count + place].type, span).converted(to: aggregateType)
      }
      outputs.append(NamedExpression(schema[2 * number].name, value))
      outputs.append(NamedExpression(schema[2 * number + 1].name, aggregate))
    }
    return .project(grouped, outputs)
  }

  /// The constant after `others =`, which must be of the values' type.
  private func constant(_ syntax: ExpressionSyntax, as type: ScalarType, at columns: ColumnExpressions) throws -> BoundExpression {
    let value = try columns.expression(syntax)
    guard value.type == type || type.isNumeric && value.type.isNumeric else {
      throw Diagnostic(
        "operand-types", "`others` must be \(type.described), as the values are, but this is \(value.type.described)", at: syntax.span)
    }
    return value.converted(to: type)
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
