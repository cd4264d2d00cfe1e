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
    guard let carrier = inner.plan.carrying(Array(width..<width + carried.count)) else {
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
      if let origin = inner.plan.inputColumn(of: index), kept.contains(origin), input.schema[origin].name == column.name {
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
