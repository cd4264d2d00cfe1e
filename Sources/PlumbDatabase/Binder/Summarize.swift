import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Binder {
  /// `summarize`: the group columns, then the aggregates and what is computed of them.
  func apply(_ syntax: SummarizeSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    let row = row(over: input)
    row.takesWindows = false
    var names = NameMaker(used: (syntax.groups + syntax.aggregates).flatMap { $0.names.map(\.text) })
    try checkDuplicates(syntax.groups + syntax.aggregates)
    let keys = try groupKeys(syntax.groups, row, &names, in: scope)
    let plain = Set(keys.compactMap { key -> Int? in
      if case .column(let index, _, _) = key.expression { return index }
      return nil
    })
    row.starColumns = row.schema.indices.filter { !plain.contains($0) }
    row.takesAggregates = true
    let place = Place(scope: scope, row: row, what: "`summarize`")
    var outputs: [NamedExpression] = []
    var hasFailed = false
    for column in syntax.aggregates {
      let made = attempt { try aggregateColumns(column, at: place, row, &names) }
      if let made { outputs += made } else { hasFailed = true }
    }
    if hasFailed { throw AlreadyReported() }
    return input.with(aggregating(input.plan, keys: keys, row: row, outputs: outputs), isSerialized: false)
  }

  func groupKeys(
    _ groups: [NamedExpressionSyntax], _ row: RowScope, _ names: inout NameMaker, in scope: Scope
  ) throws -> [NamedExpression] {
    let place = Place(scope: scope, row: row, what: "`by`")
    var keys: [NamedExpression] = []
    for group in groups {
      let expression = attempt { () throws -> BoundExpression in
        let bound = try bind(group.expression, at: place)
        if bound.type == .dynamic {
          throw Diagnostic(
            "dynamic-key", "rows cannot be grouped by a dynamic value", at: group.expression.span,
            help: "convert it, as in `tostring(...)`")
        }
        return bound
      }
      guard let expression else { continue }
      let automatic = group.names.first == nil ? automaticName(group.expression) : nil
      let name = group.names.first?.text ?? automatic.map { names.unique($0) } ?? names.numbered()
      keys.append(NamedExpression(name, expression))
    }
    guard keys.count == groups.count else { throw AlreadyReported() }
    return keys
  }

  /// The output columns of one item of `summarize` or `make-series`: several for `arg_max` and its kin.
  func aggregateColumns(
    _ column: NamedExpressionSyntax, at place: Place, _ row: RowScope, _ names: inout NameMaker
  ) throws -> [NamedExpression] {
    let first = row.aggregates.count
    let expression = try bind(column.expression, at: place)
    try checkAggregated(expression, row)
    if case .column(let index, _, let span) = expression, row.aggregates.count == first + 1,
      index == RowScope.aggregateBase + row.aggregates[first].firstResult
    {
      let aggregate = row.aggregates[first]
      if column.names.count > max(1, aggregate.bound.results.count) {
        throw Diagnostic(
          "several-names", "`\(aggregate.bound.name)` gives fewer columns than there are names", at: column.span)
      }
      return aggregate.bound.results.enumerated().map { place, type in
        let automatic = place < aggregate.names.count ? aggregate.names[place] : "\(aggregate.bound.name)_\(place)"
        let name = place < column.names.count ? column.names[place].text : names.unique(automatic)
        return NamedExpression(name, .column(index + place, type, span))
      }
    }
    if let several = row.aggregates[first...].first(where: { $0.bound.results.count > 1 }) {
      throw Diagnostic(
        "several-columns", "`\(several.bound.name)` gives several columns here, which cannot be part of an expression",
        at: several.bound.span)
    }
    if row.aggregates.count == first {
      // A constant beside aggregates is allowed; a column is refused above.
      _ = try constant(expression, what: "an item of \(place.what) without an aggregate")
    }
    let automatic = column.names.isEmpty ? automaticName(column.expression) : nil
    let name = column.names.first?.text ?? automatic.map { names.unique($0) } ?? names.numbered()
    return [NamedExpression(name, expression)]
  }

  /// Refuses columns of the input outside of aggregates.
  private func checkAggregated(_ expression: BoundExpression, _ row: RowScope) throws {
    switch expression {
    case .column(let index, _, let span):
      guard index < RowScope.aggregateBase else { return }
      throw Diagnostic(
        "not-aggregated", "`\(row.schema[index].name)` has many values in a group", at: span,
        help: "put it into an aggregate such as `max(...)`, or after `by`")
    case .call(let call): for argument in call.arguments { try checkAggregated(argument, row) }
    case .literal, .lifted: break
    }
  }

  /// The aggregation, and a projection over it when an output is more than one aggregate.
  func aggregating(
    _ input: LogicalPlan, keys: [NamedExpression], row: RowScope, outputs: [NamedExpression]
  ) -> LogicalPlan {
    let isDirect = outputs.count == row.aggregateResults
      && outputs.enumerated().allSatisfy { place, output in
        if case .column(let index, _, _) = output.expression { return index == RowScope.aggregateBase + place }
        return false
      }
    let aggregates = row.aggregates.map { pending in
      NamedAggregate(
        pending.bound.results.indices.map { place in
          isDirect ? outputs[pending.firstResult + place].name : "$\(pending.firstResult + place)"
        }, pending.bound)
    }
    let plan = LogicalPlan.aggregate(AggregatePlan(input: input, keys: keys, aggregates: aggregates))
    if isDirect { return plan }
    let kept = keys.enumerated().map { index, key in
      NamedExpression(key.name, .column(index, key.expression.type, key.expression.span))
    }
    let computed = outputs.map { output in
      NamedExpression(
        output.name,
        output.expression.mappingColumns { $0 >= RowScope.aggregateBase ? keys.count + $0 - RowScope.aggregateBase : $0 })
    }
    return .project(plan, kept + computed)
  }
}
