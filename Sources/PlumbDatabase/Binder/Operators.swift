import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Binder {
  /// One step of a pipe. Names that it defines (`as`) go into `frame`.
  func apply(_ step: OperatorSyntax, to input: Relation, in frame: Frame) throws -> Relation {
    let scope = frame.open
    if input.graph != nil, !step.worksOnGraphs {
      throw Diagnostic(
        "graph-as-table", "this works on rows, and a graph is no table", at: step.span,
        help: "use `graph-match`, `graph-shortest-paths` or `graph-to-table` first")
    }
    switch step {
    case .asName(let syntax):
      var named = input
      named.name = syntax.name.text
      frame.define(syntax.name.text, .table(named))
      return named
    case .assertSchema(let syntax): return try apply(syntax, to: input)
    case .consume: return input.keepingColumns(.limit(input.plan, 0))
    case .count:
      let counted = try counting([], input, at: step.span)
      return input.with(counted, isSerialized: false)
    case .distinct(let syntax): return try apply(syntax, to: input, in: scope)
    case .evaluate(let syntax): return try apply(syntax, to: input, in: scope)
    case .extend(let syntax): return try extend(input, with: syntax.columns, in: scope, what: "`extend`")
    case .getSchema: return Relation(.scan(ScanPlan(table: schemaTable(input.schema))), isSerialized: true)
    case .invoke(let syntax): return try apply(syntax, to: input, in: scope)
    case .join(let syntax): return try apply(syntax, to: input, in: scope)
    case .lookup(let syntax): return try apply(syntax, to: input, in: scope)
    case .makeSeries(let syntax): return try apply(syntax, to: input, in: scope)
    case .mvApply(let syntax): return try apply(syntax, to: input, in: scope)
    case .mvExpand(let syntax): return try apply(syntax, to: input, in: scope)
    case .parse(let syntax): return try apply(syntax, to: input, in: scope)
    case .parseKV(let syntax): return try apply(syntax, to: input, in: scope)
    case .partition(let syntax): return try apply(syntax, to: input, in: scope)
    case .project(let syntax): return try project(input, syntax.columns, in: scope)
    case .projectAway(let syntax): return try apply(syntax, to: input)
    case .projectByNames(let syntax): return try apply(syntax, to: input, in: scope)
    case .projectKeep(let syntax): return try apply(syntax, to: input)
    case .projectRename(let syntax): return try apply(syntax, to: input)
    case .projectReorder(let syntax): return try apply(syntax, to: input)
    case .render(let syntax): return try apply(syntax, to: input, in: scope)
    case .sample(let syntax):
      return input.keepingColumns(
        .limit(input.plan, try count(syntax.count, in: scope, of: "sample")), isSerialized: false)
    case .sampleDistinct(let syntax): return try apply(syntax, to: input, in: scope)
    case .search(let syntax): return try relation(syntax, input: input, in: scope)
    case .serialize(let syntax):
      let serialized = input.keepingColumns(input.plan, isSerialized: true)
      if syntax.columns.isEmpty { return serialized }
      return try extend(serialized, with: syntax.columns, in: scope, what: "`serialize`")
    case .sort(let syntax): return apply(syntax, to: input, in: scope)
    case .summarize(let syntax): return try apply(syntax, to: input, in: scope)
    case .take(let syntax):
      return input.keepingColumns(.limit(input.plan, try count(syntax.count, in: scope, of: "take")))
    case .top(let syntax): return try apply(syntax, to: input, in: scope)
    case .topHitters(let syntax): return try apply(syntax, to: input, in: scope)
    case .topNested(let syntax): return try apply(syntax, to: input, in: scope)
    case .union(let syntax): return try relation(syntax, input: input, in: scope)
    case .filter(let syntax): return apply(syntax, to: input, in: scope)
    case .facet: throw unsupported("facet", at: step.span)
    case .fork: throw unsupported("fork", at: step.span)
    case .reduce: throw unsupported("reduce", at: step.span)
    case .scan(let syntax): return try apply(syntax, to: input, in: scope)
    case .makeGraph(let syntax): return try apply(syntax, to: input, in: scope)
    case .graphMatch(let syntax): return try apply(syntax, to: input, in: scope)
    case .graphToTable(let syntax): return try apply(syntax, to: input, in: scope)
    case .graphMarkComponents(let syntax): return try apply(syntax, to: input, in: scope)
    case .word(let word): return try relation(word, input: input, in: scope)
    case .unsupported(let syntax): throw unsupported(syntax.name, at: syntax.nameSpan)
    }
  }

  /// The refusal of an operator that exists in KQL, under its name alone.
  private func unsupported(_ name: String, at span: SourceSpan) -> Diagnostic {
    let end = min(span.upper, span.lower + name.utf8.count)
    return Diagnostic(
      "unsupported-operator", "the operator `\(name)` is not supported", at: SourceSpan(span.lower, end))
  }

  // MARK: Rows

  private func apply(_ syntax: WhereSyntax, to input: Relation, in scope: Scope) -> Relation {
    let row = row(over: input)
    guard
      let predicate = attempt({
        try condition(syntax.predicate, at: Place(scope: scope, row: row, what: "`where`"))
      })
    else { return input }
    if row.windows.isEmpty { return input.keepingColumns(.filter(input.plan, predicate)) }
    let (plan, placed) = row.windowed(input.plan)
    let columns = input.schema.enumerated().map { index, column in
      NamedExpression(column.name, .column(index, column.type, syntax.span))
    }
    return input.keepingColumns(.project(.filter(plan, placed(predicate)), columns))
  }

  private func apply(_ syntax: SortSyntax, to input: Relation, in scope: Scope) -> Relation {
    let row = row(over: input)
    row.takesWindows = false
    let keys = syntax.keys.compactMap { key in
      attempt { try sortKey(key, at: Place(scope: scope, row: row, what: "`sort`")) }
    }
    guard keys.count == syntax.keys.count else { return input.keepingColumns(input.plan, isSerialized: true) }
    return input.keepingColumns(.sort(input.plan, keys), isSerialized: true)
  }

  func sortKey(_ key: OrderedExpressionSyntax, at place: Place) throws -> SortKey {
    let expression = try bind(key.expression.expression, at: place)
    guard expression.type != .dynamic else {
      throw Diagnostic(
        "dynamic-key", "dynamic values have no order", at: key.expression.span,
        help: "convert them, as in `tostring(...)` or `tolong(...)`")
    }
    let isDescending = key.direction != .ascending
    let nullsFirst = key.nulls.map { $0 == .first } ?? !isDescending
    return SortKey(expression, isDescending: isDescending, nullsFirst: nullsFirst)
  }

  private func apply(_ syntax: TopSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    let limit = try count(syntax.count, in: scope, of: "top")
    let row = row(over: input)
    row.takesWindows = false
    var keys = try syntax.keys.map { try sortKey($0, at: Place(scope: scope, row: row, what: "`top`")) }
    if keys.isEmpty {
      guard let ranking = input.ranking, let index = input.index(of: ranking.column) else {
        throw Diagnostic(
          "missing-by", "these rows have no ranking of their own, so `top` needs `by`", at: syntax.span,
          help: "write `top \(limit) by` and a column")
      }
      if expansions != nil {
        let name = KQLName.inSchema(ranking.column)
        rankings.append((syntax.count.span.upper, " by \(name) \(ranking.isDescending ? "desc" : "asc")"))
      }
      let column = BoundExpression.column(index, input.schema[index].type, syntax.span)
      keys = [SortKey(column, isDescending: ranking.isDescending, nullsFirst: false)]
    }
    return input.keepingColumns(.top(input.plan, keys, limit), isSerialized: true)
  }

  private func apply(_ syntax: AssertSchemaSyntax, to input: Relation) throws -> Relation {
    let wanted = try schema(syntax.schema)
    let given = syntax.schema.hasStar ? Array(input.schema.prefix(wanted.count)) : input.schema
    guard wanted == given else {
      let columns = input.schema.map { "\($0.name): \($0.type.name)" }.joined(separator: ", ")
      throw Diagnostic(
        "schema-mismatch", "the columns are not these", at: syntax.schema.span, help: "they are (\(columns))")
    }
    return input
  }

  // MARK: Groups

  private func apply(_ syntax: DistinctSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    let row = row(over: input)
    row.takesWindows = false
    var keys: [NamedExpression] = []
    var names = NameMaker()
    for column in syntax.columns {
      if case .star = column.expression.withoutParentheses {
        for (index, info) in input.schema.enumerated() {
          keys.append(NamedExpression(names.unique(info.name), .column(index, info.type, column.span)))
        }
        continue
      }
      let expression = try bind(column.expression, at: Place(scope: scope, row: row, what: "`distinct`"))
      let name = column.names.first?.text ?? automaticName(column.expression)
      keys.append(NamedExpression(name.map { names.unique($0) } ?? names.numbered(), expression))
    }
    return input.with(
      .aggregate(AggregatePlan(input: input.plan, keys: keys, aggregates: [])), isSerialized: false)
  }

  private func apply(_ syntax: SampleDistinctSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    let limit = try count(syntax.count, in: scope, of: "sample-distinct")
    let row = row(over: input)
    row.takesWindows = false
    let expression = try bind(
      syntax.expression.expression, at: Place(scope: scope, row: row, what: "`sample-distinct`"))
    let name = syntax.expression.names.first?.text ?? automaticName(syntax.expression.expression) ?? "Column1"
    let groups = AggregatePlan(input: input.plan, keys: [NamedExpression(name, expression)], aggregates: [])
    return input.with(.limit(.aggregate(groups), limit), isSerialized: false)
  }

  private func apply(_ syntax: TopHittersSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    let limit = try count(syntax.count, in: scope, of: "top-hitters")
    let row = row(over: input)
    row.takesWindows = false
    let place = Place(scope: scope, row: row, what: "`top-hitters`")
    let expression = try bind(syntax.expression.expression, at: place)
    let name = syntax.expression.names.first?.text ?? automaticName(syntax.expression.expression) ?? "Column1"
    let key = NamedExpression(name, expression)
    let plan: LogicalPlan
    if let weight = syntax.weight, let sum = AggregateFunction.named("sum") {
      let bound = try sum.binding([try bind(weight.expression, at: place)], at: weight.span)
      let column = "approximate_sum_\(automaticName(weight.expression) ?? "")"
      plan = .aggregate(AggregatePlan(input: input.plan, keys: [key], aggregates: [NamedAggregate([column], bound)]))
    } else {
      plan = try counting([key], input, as: "approximate_count_\(name)", at: syntax.span)
    }
    let ranked = BoundExpression.column(1, plan.schema.last?.type ?? .long, syntax.span)
    return input.with(.top(plan, [SortKey(ranked, isDescending: true, nullsFirst: false)], limit), isSerialized: true)
  }

  /// The number of rows of each group.
  func counting(
    _ keys: [NamedExpression], _ input: Relation, as name: String = "Count", at span: SourceSpan
  ) throws -> LogicalPlan {
    guard let function = AggregateFunction.named("count") else {
      throw Diagnostic("unsupported-function", "`count` is not supported", at: span)
    }
    let count = NamedAggregate([name], try function.binding([], at: span))
    return .aggregate(AggregatePlan(input: input.plan, keys: keys, aggregates: [count]))
  }

  // MARK: Functions and partitions

  private func apply(_ syntax: InvokeSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    let call = syntax.call
    switch scope.binding(named: call.name.text) {
    case .function(let function, let outer):
      let place = Place(scope: scope, row: nil)
      guard case .table(let result) = try expand(function, from: outer, call, at: place, input: input) else {
        throw Diagnostic("value-as-table", "`\(call.name.text)` gives a value, and `invoke` needs a table", at: call.span)
      }
      return result
    case .broken: throw AlreadyReported()
    case .value, .table, .pattern:
      throw Diagnostic("not-a-function", "`\(call.name.text)` is not a function", at: call.name.span)
    case nil: break
    }
    if let function = catalog.function(named: call.name.text) {
      return try table(function, call, input: input, in: scope, form: .invoked)
    }
    let known = scope.names + catalog.functions.map(\.name)
    throw Diagnostic(
      "unknown-function", "there is no function `\(call.name.text)`", at: call.name.span,
      help: Suggestion.nearest(to: call.name.text, in: known))
  }

  private func apply(_ syntax: PartitionSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    let row = row(over: input)
    row.takesWindows = false
    let key = try bind(syntax.key, at: Place(scope: scope, row: row, what: "`partition`"))
    var rows = Relation(.input(input.schema), isSerialized: input.isSerialized, name: input.name)
    rows.broken = input.broken
    let (innerScope, keyName) = partitionScope(syntax, key, in: scope)
    let inner = try relation(syntax.query, in: innerScope, implied: rows)
    var result = input.with(
      .partition(PartitionPlan(input: input.plan, key: key, plan: inner.plan, keyName: keyName)),
      schema: inner.schema, isSerialized: false)
    result.weight = input.weight &+ inner.weight
    return result
  }

  /// In braces the subquery has a source of its own and reads the key as a value: `toscalar(key)`, or by its
  /// mere name where that means nothing else.
  private func partitionScope(_ syntax: PartitionSyntax, _ key: BoundExpression, in scope: Scope) -> (Scope, String?) {
    guard syntax.isLegacy, case .name(let name) = syntax.key else { return (scope, nil) }
    let frame = Frame(parent: scope)
    let value = Binding.value(.partitionKey(name.text, key.type, name.span), row: nil)
    frame.define(Self.partitionKey(name.text), value)
    if scope.binding(named: name.text) == nil, !catalog.hasTable(named: name.text) { frame.define(name.text, value) }
    return (frame.now, name.text)
  }

  /// What a partition's key is called in the scope of its subquery.
  static func partitionKey(_ name: String) -> String { "toscalar(\(name))" }

  // MARK: Descriptions

  private func schemaTable(_ schema: Schema) -> Table {
    let columns = [
      ColumnInfo("ColumnName", .string), ColumnInfo("ColumnOrdinal", .int), ColumnInfo("DataType", .string),
      ColumnInfo("ColumnType", .string),
    ]
    return Table(
      name: "getschema", schema: columns,
      rows: schema.enumerated().map { index, column in
        [
          .string(column.name), .int(Int32(clamping: index)), .string(column.type.systemName),
          .string(column.type.name),
        ]
      })
  }

  private func apply(_ syntax: RenderSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    let kinds = [
      "anomalychart", "areachart", "barchart", "card", "columnchart", "graph", "ladderchart", "linechart",
      "piechart", "pivotchart", "plotly", "scatterchart", "stackedareachart", "table", "timechart", "timepivot",
      "timeline", "treemap", "sparkline", "heatmap", "histogram",
    ]
    let kind = syntax.visualization.text
    if !kinds.contains(kind) {
      throw Diagnostic(
        "unknown-chart", "there is no chart called `\(kind)`", at: syntax.visualization.span,
        help: Suggestion.nearest(to: kind, in: kinds) ?? "try `timechart`, `barchart` or `table`")
    }
    var properties: [String: String] = [:]
    for property in syntax.properties {
      let values = try property.values.map { value -> String in
        if case .name(let word) = value.withoutParentheses { return word.text }
        return printed(try constant(value, in: scope, what: "a property of a chart"))
      }
      properties[property.name.text] = values.joined(separator: ",")
    }
    var result = input
    result.visualization = Visualization(kind: kind, properties: properties)
    return result
  }
}

extension OperatorSyntax {
  /// Whether the operator takes what `make-graph` makes.
  fileprivate var worksOnGraphs: Bool {
    if case .graphMatch = self { return true }
    if case .graphToTable = self { return true }
    if case .graphMarkComponents = self { return true }
    return false
  }
}
