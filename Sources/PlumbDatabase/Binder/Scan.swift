import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Binder {
  /// `scan`: sequences of rows that match steps.
  func apply(_ syntax: ScanSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    var rows = input
    let row = row(over: input)
    row.takesWindows = false
    let place = Place(scope: scope, row: row, what: "`scan`")
    if !syntax.orderBy.isEmpty {
      let keys = try syntax.orderBy.map { try sortKey($0, at: place) }
      rows = input.keepingColumns(.sort(input.plan, keys), isSerialized: true)
    }
    guard rows.isSerialized else {
      throw Diagnostic(
        "not-serialized", "`scan` needs rows in a fixed order, and these have none",
        at: SourceSpan(syntax.span.lower, min(syntax.span.upper, syntax.span.lower + 4)),
        help: "add `| serialize` or `| sort by` before it")
    }
    guard let partition = syntax.partitionBy.first else {
      let plan = try scanning(rows.plan, syntax, input, in: scope)
      return rows.with(plan, isSerialized: true)
    }
    var keys = try syntax.partitionBy.map { try bind($0.expression, at: place) }
    // One text stands for a combination of keys.
    if keys.count > 1 { keys = [try calling("pack_array", keys, at: partition.span).converted(to: .string)] }
    let inner = try scanning(.input(rows.schema), syntax, input, in: scope)
    return rows.with(
      .partition(PartitionPlan(input: rows.plan, key: keys[0], plan: inner)), schema: inner.schema, isSerialized: false)
  }

  private func scanning(
    _ plan: LogicalPlan, _ syntax: ScanSyntax, _ input: Relation, in scope: Scope
  ) throws -> LogicalPlan {
    var names = Set(input.schema.map(\.name))
    func take(_ name: String, at span: SourceSpan) throws {
      guard names.insert(name).inserted else {
        throw Diagnostic("duplicate-column", "the column `\(name)` is there twice", at: span)
      }
    }
    let declared = try syntax.declarations.map { declaration in
      guard case .scalar(let typeSyntax, let defaultSyntax) = declaration.kind else {
        throw Diagnostic("value-as-table", "`scan` declares columns and no tables", at: declaration.span)
      }
      try take(declaration.name.text, at: declaration.name.span)
      let column = ColumnInfo(declaration.name.text, ScalarType(typeSyntax.type))
      var value = Value.null(column.type)
      if let defaultSyntax {
        let bound = try bind(defaultSyntax, at: Place(scope: scope, row: nil))
        value = try constant(converting(bound, to: column.type, of: column.name), what: "a default value")
      }
      return (column: column, defaultValue: value)
    }
    // The states of the steps stand behind the row's own columns, under names that no query can write.
    var visible = Relation(plan, isSerialized: true, name: input.name)
    visible.broken = input.broken
    var members: [String: [String: Int]] = [:]
    for step in syntax.steps {
      var columns: [String: Int] = [:]
      for column in input.schema + declared.map(\.column) {
        columns[column.name] = visible.schema.count
        visible.schema.append(ColumnInfo("\(step.name.text).\(column.name)", column.type))
      }
      guard members.updateValue(columns, forKey: step.name.text) == nil else {
        throw Diagnostic("duplicate-name", "there are two steps called `\(step.name.text)`", at: step.name.span)
      }
    }
    let row = row(over: visible)
    row.members = members
    row.takesWindows = false
    let place = Place(scope: scope, row: row, what: "a step of `scan`")
    let steps = try syntax.steps.map { try step($0, declared.map(\.column), at: place) }
    var extra: [String: String] = [:]
    for parameter in syntax.parameters {
      let name = try text(of: parameter, in: scope)
      try take(name, at: parameter.value.span)
      extra[parameter.name.text] = name
    }
    return .scanning(
      plan, declared: declared, steps: steps, matchColumn: extra["with_match_id"], stepColumn: extra["with_step_name"])
  }

  private func step(_ syntax: ScanStepSyntax, _ declared: [ColumnInfo], at place: Place) throws -> ScanStep {
    if syntax.isOptional {
      throw Diagnostic("unsupported-option", "`optional` steps are not supported", at: syntax.name.span)
    }
    let assignments = try syntax.assignments.map { assignment in
      let name = assignment.name
      guard let column = declared.firstIndex(where: { $0.name == name.text }) else {
        throw Diagnostic(
          "unknown-column", "`\(name.text)` is no declared column", at: name.span,
          help: Suggestion.nearest(to: name.text, in: declared.map(\.name))
            ?? "declare it, as in `scan declare (\(name.text): long) with (...)`")
      }
      let value = try converting(bind(assignment.value, at: place), to: declared[column].type, of: name.text)
      return (column: column, value: value)
    }
    let output: ScanStep.Output
    switch syntax.output {
    case .all, nil: output = .all
    case .last: output = .last
    case .some(.none): output = .none
    }
    return ScanStep(
      name: syntax.name.text, output: output, condition: try condition(syntax.condition, at: place),
      assignments: assignments)
  }
}
