import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension MvExpandSyntax: OperatorBinding {
  /// `mv-expand`: a row for each element.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let expansion = ElementExpansion(columns: columns, parameters: parameters, limit: limit, operatorName: "mv-expand")
    var plan = try expansion.plan(over: input, at: place)
    plan.keepsEmpty = true
    return input.with(.expand(plan), isSerialized: false)
  }
}

/// What `mv-expand` and `mv-apply` say about the arrays and bags that they expand.
private struct ElementExpansion {
  let columns: [ExpandedColumnSyntax]
  let parameters: [ParameterSyntax]
  let limit: ExpressionSyntax?
  let operatorName: String

  func plan(over input: Relation, at place: BindingPlace) throws -> ExpandPlan {
    var indexName: String?
    var bagsAsArrays = false
    for parameter in parameters {
      let value = try place.constants.text(of: parameter)
      switch parameter.name.text {
      case "with_itemindex": indexName = value
      case "bagexpansion", "kind":
        guard value == "array" || value == "bag" else {
          throw Diagnostic(
            "unknown-kind", "unknown bag expansion `\(value)`; use `bag` or `array`", at: parameter.value.span)
        }
        bagsAsArrays = value == "array"
      default: break
      }
    }
    let rows = place.columns(of: input, for: "`\(operatorName)`")
    var names = NameMaker(used: input.schema.map(\.name))
    let expanded = try columns.map { column -> ExpandedColumn in
      let expression = try rows.expression(column.expression.expression)
      guard expression.type == .dynamic else {
        throw Diagnostic(
          "not-dynamic", "`\(operatorName)` expands arrays and bags, but this is \(expression.type.described)",
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
      } else if column.expression.expression.takesNameOfArgument,
        let name = automaticName(column.expression.expression), let index = input.index(of: name)
      {
        replaces = index
        columnName = name
      } else {
        columnName = automaticName(column.expression.expression).map { names.unique($0) } ?? names.numbered()
      }
      return ExpandedColumn(
        expression: expression, replaces: replaces, name: columnName,
        type: column.type.map { ScalarType($0.type) } ?? .dynamic)
    }
    return ExpandPlan(
      input: input.plan, columns: expanded, indexName: indexName,
      rowLimit: try limit.map { try place.constants.count($0, of: operatorName) }, bagsAsArrays: bagsAsArrays)
  }
}

extension MvApplySyntax: OperatorBinding {
  /// `mv-apply`: a subquery over the elements of each row, joined with the row's own columns.
  ///
  /// Every row gets a number. The elements are expanded, the subquery runs over them with the row's
  /// columns carried through each of its steps, and steps that depend on order run once per row number.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let number = "$row"
    let numbered = LogicalPlan.window(
      input.plan,
      [WindowColumn(name: number, function: .rowNumber, arguments: [], type: .long, span: span)])
    var rows = input.with(numbered, isSerialized: false)
    rows.visualization = nil
    let expansion = ElementExpansion(columns: columns, parameters: parameters, limit: limit, operatorName: "mv-apply")
    var plan = try expansion.plan(over: rows, at: place)
    plan.keepsEmpty = true
    let replaced = Set(plan.columns.compactMap(\.replaces))
    let kept = input.schema.indices.filter { !replaced.contains($0) }
    let expanded = rows.with(.expand(plan), isSerialized: false)

    // The subquery sees all columns; it carries the copies at the end along.
    let width = expanded.schema.count
    let carried = kept + [input.schema.count]
    let all = expanded.schema.enumerated().map { index, column in
      NamedExpression(column.name, .column(index, column.type, span))
    }
    let copies = carried.map { index in
      NamedExpression("$\(expanded.schema[index].name)", .column(index, expanded.schema[index].type, span))
    }
    let prepared = expanded.with(.project(expanded.plan, all + copies))

    var visible = Relation(.input(prepared.schema), isSerialized: true, name: input.name)
    visible.schema = prepared.schema
    visible.broken = input.broken
    let seen = expanded.schema.indices.filter { $0 != input.schema.count }
    visible = visible.picking(seen.map { ($0, expanded.schema[$0].name) })
    let inner = try place.relation(query, implied: visible)
    guard let carrier = inner.plan.carrying(Array(width..<width + carried.count)) else {
      throw Diagnostic(
        "unsupported-subquery", "the subquery of `mv-apply` uses an operator that is not supported there yet",
        at: query.span)
    }
    let body: LogicalPlan
    if carrier.dependsOnPartition {
      let key = BoundExpression.column(input.schema.count, .long, span)
      body = .partition(PartitionPlan(input: prepared.plan, key: key, plan: carrier.plan))
    } else {
      body = carrier.plan.replacingInput(with: prepared.plan)
    }
    var names = NameMaker()
    var outputs = kept.enumerated().map { place, index in
      NamedExpression(
        names.unique(input.schema[index].name),
        .column(carrier.places[place], input.schema[index].type, span))
    }
    for (index, column) in inner.schema.enumerated() {
      // A column of the row that the subquery passes through already exists.
      if let origin = inner.plan.inputColumn(of: index), kept.contains(origin), input.schema[origin].name == column.name {
        continue
      }
      outputs.append(
        NamedExpression(names.unique(column.name), .column(index, column.type, span)))
    }
    var result = input.with(.project(body, outputs), isSerialized: false)
    result.weight = input.weight &+ inner.weight
    return result
  }
}
