import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension PluginCall {
  /// `pivot(column, aggregate, keys...)`: a column for each value of `column`, with an aggregate of its rows.
  ///
  /// Without a written schema the input is run to find the values.
  func pivot() throws -> Relation {
    let arguments = call.arguments
    guard let first = arguments.first else { throw call.argumentCount("a column at least") }
    let pivoted = try columns.expression(first.value)
    guard case .column(let pivotIndex, let type, _) = pivoted, type != .dynamic else {
      throw Diagnostic("not-a-column", "`pivot` needs a column that is not dynamic", at: first.span)
    }
    var keyArguments = Array(arguments.dropFirst())
    var aggregate = (name: "count", arguments: [BoundExpression]())
    if let second = keyArguments.first, case .call(let call) = second.value.withoutParentheses {
      aggregate = (call.name.text, try call.arguments.map { try columns.expression($0.value) })
      keyArguments.removeFirst()
    }
    let used = aggregate.arguments.reduce(into: Set([pivotIndex])) { $0.formUnion($1.columns) }
    let keys = keyArguments.isEmpty
      ? input.schema.indices.filter { !used.contains($0) }
      : try keyArguments.map { argument in
        guard case .column(let index, _, _) = try columns.expression(argument.value) else {
          throw Diagnostic("not-a-column", "`pivot` can group only by columns", at: argument.span)
        }
        return index
      }
    for index in keys where input.schema[index].type == .dynamic {
      throw Diagnostic(
        "dynamic-key", "rows cannot be grouped by the dynamic column `\(input.schema[index].name)`", at: call.span,
        help: "name the columns to group by after the aggregate")
    }
    let keyNames = Set(keys.map { input.schema[$0].name })
    var source = input
    let values: [(name: String, value: BoundExpression)]
    if let schema {
      values = try schema.columnInfos().filter { !keyNames.contains($0.name) }.map { column in
        (column.name, BoundExpression.literal(.string(column.name), span))
      }
    } else {
      let table = Table(name: input.name ?? "evaluate", try place.state.run(input, at: span))
      source = input.with(.scan(ScanPlan(table: table)), schema: input.schema)
      source.weight = 1
      values = try pivotValues(source, pivotIndex, type, at: first.span)
    }
    let plan = try pivoting(source, pivotIndex, aggregate, keys, values)
    return source.with(plan, isSerialized: false)
  }

  /// The distinct values of the pivoted column as column names, in their order.
  private func pivotValues(
    _ source: Relation, _ index: Int, _ type: ScalarType, at span: SourceSpan
  ) throws -> [(name: String, value: BoundExpression)] {
    let key = NamedExpression("value", .column(index, type, span))
    let distinct = source.with(.aggregate(AggregatePlan(input: source.plan, keys: [key], aggregates: [])))
    let names = Set(try place.state.run(distinct, at: span).firstColumn.filter { !$0.isNull }.map { printed($0) })
    guard names.count <= 1000 else {
      throw Diagnostic("too-many-columns", "`pivot` would make \(names.count) columns; the limit is 1,000", at: span)
    }
    return names.sorted().map { ($0, .literal(.string($0), span)) }
  }

  private func pivoting(
    _ source: Relation, _ pivotIndex: Int,
    _ aggregate: (name: String, arguments: [BoundExpression]), _ keys: [Int], _ values: [(name: String, value: BoundExpression)]
  ) throws -> LogicalPlan {
    let span = call.span
    // Each cell is the aggregate over the rows that have its column's value.
    guard let function = AggregateFunction.named(aggregate.name)?.conditional else {
      let usable = AggregateFunction.all.filter { $0.conditional != nil }.map { "`\($0.name)`" }.sorted()
      throw Diagnostic(
        "unsupported-aggregate", "`pivot` cannot use `\(aggregate.name)`", at: span,
        help: "it takes \(usable.joined(separator: ", "))")
    }
    let pivoted = BoundExpression.column(pivotIndex, source.schema[pivotIndex].type, span).converted(to: .string)
    var names = NameMaker(used: keys.map { source.schema[$0].name })
    let cells = try values.map { value in
      let isHere = try place.calls.calling("==", [pivoted, value.value], at: span)
      let bound = try function.binding(aggregate.arguments + [isHere], at: span)
      return NamedAggregate([value.name.isEmpty ? names.numbered() : names.unique(value.name)], bound)
    }
    let groups = keys.map { NamedExpression(source.schema[$0].name, .column($0, source.schema[$0].type, span)) }
    let plan = LogicalPlan.aggregate(AggregatePlan(input: source.plan, keys: groups, aggregates: cells))
    guard let written = schema else { return plan }
    let columns = try written.columnInfos().map { column in
      guard let index = plan.schema.firstIndex(where: { $0.name == column.name }) else {
        throw Diagnostic("unknown-column", "`pivot` makes no column `\(column.name)`", at: written.span)
      }
      return NamedExpression(
        column.name, BoundExpression.column(index, plan.schema[index].type, span).converted(to: column.type))
    }
    return .project(plan, columns)
  }
}
