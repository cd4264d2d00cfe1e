import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Binder {
  /// `evaluate plugin(...)`.
  func apply(_ syntax: EvaluateSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    switch syntax.call.name.text {
    case "bag_unpack": return try bagUnpack(syntax, input, in: scope)
    case "narrow": return try narrow(syntax, input)
    default:
      throw Diagnostic(
        "unsupported-plugin", "the plugin `\(syntax.call.name.text)` is not supported", at: syntax.call.name.span,
        help: Suggestion.nearest(to: syntax.call.name.text, in: ["bag_unpack", "narrow"]))
    }
  }

  func apply(_ syntax: MakeSeriesSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    throw Diagnostic(
      "unsupported-operator", "the operator `make-series` is not supported",
      at: SourceSpan(syntax.span.lower, min(syntax.span.upper, syntax.span.lower + 11)))
  }

  // MARK: bag_unpack

  private enum Conflict: String {
    case error
    case replaceSource = "replace_source"
    case keepSource = "keep_source"
  }

  /// A column for each property of a bag. Without a written schema the input is run to know the properties.
  private func bagUnpack(_ syntax: EvaluateSyntax, _ input: Relation, in scope: Scope) throws -> Relation {
    let arguments = syntax.call.arguments
    guard let first = arguments.first else { throw argumentCount(syntax.call, "a dynamic column") }
    let row = row(over: input)
    row.takesWindows = false
    let bag = try bind(first.value, at: Place(scope: scope, row: row, what: "`bag_unpack`"))
    guard case .column(let bagIndex, .dynamic, _) = bag else {
      throw Diagnostic("not-dynamic", "`bag_unpack` needs a dynamic column", at: first.span)
    }
    var prefix = "", conflict = Conflict.error
    var ignored = Set<String>()
    let order = ["OutputColumnPrefix", "columnsConflict", "ignoredProperties"]
    for (place, argument) in arguments.dropFirst().enumerated() {
      let label = argument.name?.text ?? (place < order.count ? order[place] : "")
      let value = try constant(argument.value, in: scope, what: "an argument of `bag_unpack`")
      switch label {
      case "OutputColumnPrefix": prefix = printed(value)
      case "columnsConflict":
        guard let known = Conflict(rawValue: printed(value)) else {
          throw Diagnostic(
            "unknown-option", "`columnsConflict` is `error`, `replace_source` or `keep_source`", at: argument.span)
        }
        conflict = known
      case "ignoredProperties":
        if case .dynamic(.array(let names)) = value { ignored = Set(names.map { printed(Value($0)) }) }
      default: throw Diagnostic("unknown-parameter", "`bag_unpack` has no parameter `\(label)`", at: argument.span)
      }
    }
    var properties: [(name: String, key: String, type: ScalarType)]
    var source = input
    if let schema = syntax.schema {
      let own = Set(schema.hasStar ? [] : input.schema.map(\.name))
      properties = try self.schema(schema).filter { !own.contains($0.name) }.map {
        ($0.name, $0.name.hasPrefix(prefix) ? String($0.name.dropFirst(prefix.count)) : $0.name, $0.type)
      }
    } else {
      let result = try run(input, at: syntax.span)
      properties = bagProperties(of: result, column: bagIndex)
        .filter { !ignored.contains($0.name) }
        .map { (prefix + $0.name, $0.name, $0.type) }
      source = input.with(.scan(ScanPlan(table: Table(name: input.name ?? "evaluate", result))), schema: input.schema)
      source.weight = 1
    }
    var outputs: [NamedExpression] = []
    for (index, column) in source.schema.enumerated() where index != bagIndex {
      outputs.append(NamedExpression(column.name, .column(index, column.type, syntax.span)))
    }
    if let schema = syntax.schema, !schema.hasStar {
      let named = Set(schema.columns.map(\.name.text))
      outputs.removeAll { !named.contains($0.name) }
    }
    for property in properties {
      let element = try calling(
        "element", [.column(bagIndex, .dynamic, first.span), .literal(.string(property.key), first.span)], at: first.span)
      let column = NamedExpression(property.name, element.converted(to: property.type))
      guard let clash = outputs.firstIndex(where: { $0.name == property.name }) else {
        outputs.append(column)
        continue
      }
      switch conflict {
      case .error:
        throw Diagnostic(
          "duplicate-column", "the bag has a property `\(property.name)`, and there is a column of that name", at: first.span,
          help: "give a prefix as the second argument, or say `columnsConflict = \"replace_source\"`")
      case .replaceSource: outputs[clash] = column
      case .keepSource: break
      }
    }
    guard !outputs.isEmpty else { throw Diagnostic("no-columns", "the bags have no properties", at: first.span) }
    return source.with(.project(source.plan, outputs), isSerialized: false)
  }

  /// The row's number, then one row for each column with its name and its value as text.
  private func narrow(_ syntax: EvaluateSyntax, _ input: Relation) throws -> Relation {
    let span = syntax.span
    let width = input.schema.count
    let numbered = LogicalPlan.window(
      input.plan, [WindowColumn(name: "Row", function: .rowNumber, arguments: [.literal(.long(0), span)], type: .long, span: span)])
    let cells = try input.schema.enumerated().map { index, column in
      try calling(
        "pack_array",
        [
          .literal(.string(column.name), span),
          BoundExpression.column(index, column.type, span).converted(to: .string),
        ], at: span)
    }
    let packed = LogicalPlan.project(
      numbered,
      [
        NamedExpression("Row", .column(width, .long, span)),
        NamedExpression("$cell", try calling("pack_array", cells, at: span)),
      ])
    let expanded = LogicalPlan.expand(
      ExpandPlan(
        input: packed,
        columns: [
          ExpandedColumn(expression: .column(1, .dynamic, span), replaces: 1, name: "$cell", type: .dynamic)
        ], indexName: nil, rowLimit: nil, bagsAsArrays: false))
    func part(_ place: Int64) throws -> BoundExpression {
      try calling("element", [.column(1, .dynamic, span), .literal(.long(place), span)], at: span).converted(to: .string)
    }
    return input.with(
      .project(
        expanded,
        [
          NamedExpression("Row", .column(0, .long, span)), NamedExpression("Column", try part(0)),
          NamedExpression("Value", try part(1)),
        ]), isSerialized: false)
  }
}
