import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension ScanSyntax: OperatorBinding {
  /// `scan`: sequences of rows that match steps.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    var rows = input
    let columns = place.columns(of: input, for: "`scan`")
    if !orderBy.isEmpty {
      let keys = try orderBy.map(columns.sortKey)
      rows = input.keepingColumns(.sort(input.plan, keys), isSerialized: true)
    }
    guard rows.isSerialized else {
      throw Diagnostic(
        "not-serialized", "`scan` needs rows in a fixed order, but these are unordered",
        at: span.prefix(4),
        help: "add `| serialize` or `| sort by` before it")
    }
    guard let partition = partitionBy.first else {
      let plan = try scanning(rows.plan, input, at: place)
      return rows.with(plan, isSerialized: true)
    }
    var keys = try partitionBy.map { try columns.expression($0.expression) }
    // One text represents a combination of keys.
    if keys.count > 1 { keys = [try place.calls.calling("pack_array", keys, at: partition.span).converted(to: .string)] }
    let inner = try scanning(.input(rows.schema), input, at: place)
    return rows.with(
      .partition(PartitionPlan(input: rows.plan, key: keys[0], plan: inner)), schema: inner.schema, isSerialized: false)
  }

  private func scanning(
    _ plan: LogicalPlan, _ input: Relation, at place: BindingPlace
  ) throws -> LogicalPlan {
    var names = Set(input.schema.map(\.name))
    func take(_ name: String, at span: SourceSpan) throws {
      guard names.insert(name).inserted else {
        throw Diagnostic("duplicate-column", "the column `\(name)` appears twice", at: span)
      }
    }
    let declared = try declarations.map { declaration in
      guard case .scalar(let typeSyntax, let defaultSyntax) = declaration.kind else {
        throw Diagnostic("value-as-table", "`scan` can declare columns only, not tables", at: declaration.span)
      }
      try take(declaration.name.text, at: declaration.name.span)
      let column = ColumnInfo(declaration.name.text, ScalarType(typeSyntax.type))
      var value = Value.null(column.type)
      if let defaultSyntax {
        let bound = try place.constants.expression(defaultSyntax)
        value = try place.calls.constant(
          place.calls.converting(bound, to: column.type, of: column.name), what: "a default value")
      }
      return (column: column, defaultValue: value)
    }
    // The states of the steps follow the row's own columns, under names that no query can write.
    var visible = Relation(plan, isSerialized: true, name: input.name)
    visible.broken = input.broken
    var members: [String: [String: Int]] = [:]
    for step in self.steps {
      var columns: [String: Int] = [:]
      for column in input.schema + declared.map(\.column) {
        columns[column.name] = visible.schema.count
        visible.schema.append(ColumnInfo("\(step.name.text).\(column.name)", column.type))
      }
      guard members.updateValue(columns, forKey: step.name.text) == nil else {
        throw Diagnostic("duplicate-name", "there are two steps called `\(step.name.text)`", at: step.name.span)
      }
    }
    let rows = ColumnExpressions(
      rows: place.state.rows(of: visible, members: members), at: place, for: "a step of `scan`")
    let steps = try self.steps.map { try $0.step(declared.map(\.column), rows) }
    var extra: [String: String] = [:]
    for parameter in parameters {
      let name = try place.constants.text(of: parameter)
      try take(name, at: parameter.value.span)
      extra[parameter.name.text] = name
    }
    return .scanning(
      plan, declared: declared, steps: steps, matchColumn: extra["with_match_id"], stepColumn: extra["with_step_name"])
  }
}

extension ScanStepSyntax {
  fileprivate func step(_ declared: [ColumnInfo], _ rows: ColumnExpressions) throws -> ScanStep {
    if isOptional {
      throw Diagnostic("unsupported-option", "`optional` steps are not supported", at: name.span)
    }
    let assignments = try self.assignments.map { assignment in
      let name = assignment.name
      guard let column = declared.firstIndex(where: { $0.name == name.text }) else {
        throw Diagnostic(
          "unknown-column", "`\(name.text)` is not a declared column", at: name.span,
          help: Suggestion.nearest(to: name.text, in: declared.map(\.name))
            ?? "declare it, as in `scan declare (\(name.text): long) with (...)`")
      }
      let value = try rows.binder.calls.converting(rows.expression(assignment.value), to: declared[column].type, of: name.text)
      return (column: column, value: value)
    }
    let output: ScanStep.Output
    switch self.output {
    case .all, nil: output = .all
    case .last: output = .last
    case .some(.none): output = .none
    }
    return ScanStep(
      name: name.text, output: output, condition: try rows.condition(condition),
      assignments: assignments)
  }
}
