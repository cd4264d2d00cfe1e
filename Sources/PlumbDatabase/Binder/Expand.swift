import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Binder {
  /// `mv-expand`: a row for each element.
  func apply(_ syntax: MvExpandSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    var plan = try expanding(
      syntax.columns, syntax.parameters, limit: syntax.limit, of: input, in: scope, name: "mv-expand")
    plan.keepsEmpty = true
    return input.with(.expand(plan), isSerialized: false)
  }

  private func expanding(
    _ columns: [ExpandedColumnSyntax], _ parameters: [ParameterSyntax], limit: ExpressionSyntax?, of input: Relation,
    in scope: Scope, name: String
  ) throws -> ExpandPlan {
    var indexName: String?
    var bagsAsArrays = false
    for parameter in parameters {
      let value = try text(of: parameter, in: scope)
      switch parameter.name.text {
      case "with_itemindex": indexName = value
      case "bagexpansion", "kind":
        guard value == "array" || value == "bag" else {
          throw Diagnostic(
            "unknown-kind", "bags are expanded as `bag` or as `array`, not as `\(value)`", at: parameter.value.span)
        }
        bagsAsArrays = value == "array"
      default: break
      }
    }
    let row = row(over: input)
    row.takesWindows = false
    let place = Place(scope: scope, row: row, what: "`\(name)`")
    var names = NameMaker(used: input.schema.map(\.name))
    let expanded = try columns.map { column -> ExpandedColumn in
      let expression = try bind(column.expression.expression, at: place)
      guard expression.type == .dynamic else {
        throw Diagnostic(
          "not-dynamic", "`\(name)` takes arrays and bags apart, and this is \(expression.type.described)",
          at: column.expression.expression.span,
          help: expression.type == .string ? "read it with `parse_json(...)` first" : nil)
      }
      let given = column.expression.names.first?.text
      var replaces: Int?
      let columnName: String
      if let given {
        replaces = input.index(of: given)
        columnName = given
      } else if case .column(let index, _, _) = expression {
        replaces = index
        columnName = input.schema[index].name
      } else {
        columnName = automaticName(column.expression.expression).map { names.unique($0) } ?? names.numbered()
      }
      return ExpandedColumn(
        expression: expression, replaces: replaces, name: columnName,
        type: column.type.map { ScalarType($0.type) } ?? .dynamic)
    }
    return ExpandPlan(
      input: input.plan, columns: expanded, indexName: indexName,
      rowLimit: try limit.map { try count($0, in: scope, of: name) }, bagsAsArrays: bagsAsArrays)
  }

  // MARK: mv-apply

  /// `mv-apply`: a subquery over the elements of each row, its rows beside the row's own columns.
  ///
  /// Every row gets a number. The elements are expanded, the subquery runs over them with the row's
  /// columns carried through each of its steps, and steps that depend on order run once for each number.
  func apply(_ syntax: MvApplySyntax, to input: Relation, in scope: Scope) throws -> Relation {
    let number = "$row"
    let numbered = LogicalPlan.window(
      input.plan,
      [WindowColumn(name: number, function: .rowNumber, arguments: [], type: .long, span: syntax.span)])
    var rows = input.with(numbered, isSerialized: false)
    rows.visualization = nil
    var plan = try expanding(
      syntax.columns, syntax.parameters, limit: syntax.limit, of: rows, in: scope, name: "mv-apply")
    plan.keepsEmpty = true
    let replaced = Set(plan.columns.compactMap(\.replaces))
    let kept = input.schema.indices.filter { !replaced.contains($0) }
    let expanded = rows.with(.expand(plan), isSerialized: false)

    // The subquery sees all columns; the copies at the end are what it carries along.
    let width = expanded.schema.count
    let carried = kept + [input.schema.count]
    let all = expanded.schema.enumerated().map { index, column in
      NamedExpression(column.name, .column(index, column.type, syntax.span))
    }
    let copies = carried.map { index in
      NamedExpression("$\(expanded.schema[index].name)", .column(index, expanded.schema[index].type, syntax.span))
    }
    let prepared = expanded.with(.project(expanded.plan, all + copies))

    var visible = Relation(.input(prepared.schema), isSerialized: true, name: input.name)
    visible.schema = prepared.schema
    visible.broken = input.broken
    let seen = expanded.schema.indices.filter { $0 != input.schema.count }
    visible = visible.picking(seen.map { ($0, expanded.schema[$0].name) })
    let inner = try relation(syntax.query, in: scope, implied: visible)
    guard let carrier = Carrier(columns: Array(width..<width + carried.count)).carrying(inner.plan) else {
      throw Diagnostic(
        "unsupported-subquery", "the subquery of `mv-apply` uses an operator that it cannot hold yet",
        at: syntax.query.span)
    }
    let body: LogicalPlan
    if carrier.dependsOnPartition {
      let key = BoundExpression.column(input.schema.count, .long, syntax.span)
      body = .partition(PartitionPlan(input: prepared.plan, key: key, plan: carrier.plan))
    } else {
      body = carrier.plan.replacingInput(with: prepared.plan)
    }
    var names = NameMaker()
    var outputs = kept.enumerated().map { place, index in
      NamedExpression(
        names.unique(input.schema[index].name),
        .column(carrier.places[place], input.schema[index].type, syntax.span))
    }
    for (index, column) in inner.schema.enumerated() {
      // A column of the row that the subquery hands through is there already.
      if let origin = inner.plan.origin(of: index), kept.contains(origin), input.schema[origin].name == column.name {
        continue
      }
      outputs.append(
        NamedExpression(names.unique(column.name), .column(index, column.type, syntax.span)))
    }
    var result = input.with(.project(body, outputs), isSerialized: false)
    result.weight = input.weight &+ inner.weight
    return result
  }
}

/// A plan that carries some columns of its `.input` through every step, though no step mentions them.
private struct Carrier {
  /// Where the carried columns are in the plan's output.
  var places: [Int]
  var plan: LogicalPlan = .input([])
  /// Whether a step means the rows of one partition alone.
  var dependsOnPartition = false

  init(columns: [Int]) { places = columns }

  /// The plan with its columns where they were and the carried ones somewhere behind; nil when it cannot be.
  func carrying(_ plan: LogicalPlan) -> Carrier? {
    var result = self
    switch plan {
    case .input:
      result.plan = plan
      return result
    case .filter(let input, let predicate):
      guard var inner = carrying(input) else { return nil }
      inner.plan = .filter(inner.plan, predicate)
      return inner
    case .sort(let input, let keys):
      guard var inner = carrying(input) else { return nil }
      inner.plan = .sort(inner.plan, keys)
      inner.dependsOnPartition = true
      return inner
    case .limit(let input, let count):
      guard var inner = carrying(input) else { return nil }
      inner.plan = .limit(inner.plan, count)
      inner.dependsOnPartition = true
      return inner
    case .top(let input, let keys, let count):
      guard var inner = carrying(input) else { return nil }
      inner.plan = .top(inner.plan, keys, count)
      inner.dependsOnPartition = true
      return inner
    case .project(let input, let columns):
      guard var inner = carrying(input) else { return nil }
      let schema = inner.plan.schema
      let extra = inner.places.map { NamedExpression(schema[$0].name, .column($0, schema[$0].type, .none)) }
      inner.plan = .project(inner.plan, columns + extra)
      inner.places = extra.indices.map { columns.count + $0 }
      return inner
    case .aggregate(let aggregate):
      guard var inner = carrying(aggregate.input) else { return nil }
      let schema = inner.plan.schema
      let extra = inner.places.map { NamedExpression(schema[$0].name, .column($0, schema[$0].type, .none)) }
      let width = plan.schema.count
      let keys = aggregate.keys.count
      let grouped = LogicalPlan.aggregate(
        AggregatePlan(input: inner.plan, keys: aggregate.keys + extra, aggregates: aggregate.aggregates))
      let output = grouped.schema
      let order = Array(0..<keys) + Array(keys + extra.count..<output.count) + Array(keys..<keys + extra.count)
      inner.plan = .project(
        grouped, order.map { NamedExpression(output[$0].name, .column($0, output[$0].type, .none)) })
      inner.places = extra.indices.map { width + $0 }
      return inner
    case .window(let input, let columns):
      guard var inner = carrying(input) else { return nil }
      // Window columns come last, behind what is carried; a projection puts them back in their places.
      let width = input.schema.count
      let before = inner.plan.schema.count
      let windowed = LogicalPlan.window(inner.plan, columns)
      let schema = windowed.schema
      let order = Array(0..<width) + Array(before..<schema.count) + inner.places
      inner.plan = .project(
        windowed, order.map { NamedExpression(schema[$0].name, .column($0, schema[$0].type, .none)) })
      inner.places = inner.places.indices.map { width + columns.count + $0 }
      inner.dependsOnPartition = true
      return inner
    case .expand(let expand):
      guard var inner = carrying(expand.input) else { return nil }
      var moved = expand
      moved.input = inner.plan
      let width = expand.input.schema.count
      let before = inner.plan.schema.count
      let schema = LogicalPlan.expand(moved).schema
      let order = Array(0..<width) + Array(before..<schema.count) + inner.places
      inner.plan = .project(
        .expand(moved), order.map { NamedExpression(schema[$0].name, .column($0, schema[$0].type, .none)) })
      inner.places = inner.places.indices.map { width + (schema.count - before) + $0 }
      return inner
    case .scan, .series, .join, .union, .partition, .whole:
      return nil
    }
  }
}

extension LogicalPlan {
  /// The column of `.input` that an output column is a mere copy of.
  fileprivate func origin(of column: Int) -> Int? {
    switch self {
    case .input: return column
    case .filter(let input, _), .sort(let input, _), .limit(let input, _), .top(let input, _, _):
      return input.origin(of: column)
    case .project(let input, let columns):
      guard case .column(let index, _, _) = columns[column].expression else { return nil }
      return input.origin(of: index)
    case .aggregate(let plan):
      guard column < plan.keys.count, case .column(let index, _, _) = plan.keys[column].expression else { return nil }
      return plan.input.origin(of: index)
    case .window(let input, _):
      return column < input.schema.count ? input.origin(of: column) : nil
    case .expand(let plan):
      guard column < plan.input.schema.count, !plan.columns.contains(where: { $0.replaces == column }) else { return nil }
      return plan.input.origin(of: column)
    case .scan, .series, .join, .union, .partition, .whole: return nil
    }
  }

  /// The plan with another plan in the place of `.input`; for chains without joins and unions.
  fileprivate func replacingInput(with plan: LogicalPlan) -> LogicalPlan {
    switch self {
    case .input: return plan
    case .filter(let input, let predicate): return .filter(input.replacingInput(with: plan), predicate)
    case .project(let input, let columns): return .project(input.replacingInput(with: plan), columns)
    case .sort(let input, let keys): return .sort(input.replacingInput(with: plan), keys)
    case .limit(let input, let count): return .limit(input.replacingInput(with: plan), count)
    case .top(let input, let keys, let count): return .top(input.replacingInput(with: plan), keys, count)
    case .window(let input, let columns): return .window(input.replacingInput(with: plan), columns)
    case .aggregate(var aggregate):
      aggregate.input = aggregate.input.replacingInput(with: plan)
      return .aggregate(aggregate)
    case .expand(var expand):
      expand.input = expand.input.replacingInput(with: plan)
      return .expand(expand)
    case .scan, .series, .join, .union, .partition, .whole: return self
    }
  }
}
