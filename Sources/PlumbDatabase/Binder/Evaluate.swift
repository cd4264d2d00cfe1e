import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// The plugins that `evaluate` calls.
package enum Plugins {
  package static var names: [String] { Binder.plugins }
}

extension Binder {
  /// `evaluate plugin(...)`.
  func apply(_ syntax: EvaluateSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    switch syntax.call.name.text {
    case "active_users_count": return try activeUsersCount(syntax, input, in: scope)
    case "activity_counts_metrics": return try activityCountsMetrics(syntax, input, in: scope)
    case "bag_unpack": return try bagUnpack(syntax, input, in: scope)
    case "dcount_intersect": return try sketchIntersections(syntax, input, in: scope)
    case "ipv4_lookup": return try addressLookup(.ipv4, syntax, input, in: scope)
    case "ipv6_lookup": return try addressLookup(.ipv6, syntax, input, in: scope)
    case "narrow": return try narrow(syntax, input)
    case "pivot": return try pivot(syntax, input, in: scope)
    case "rolling_percentile": return try rollingPercentile(syntax, input, in: scope)
    case "schema_merge": return try schemaMerge(syntax, input, in: scope)
    case "sliding_window_counts": return try slidingWindowCounts(syntax, input, in: scope)
    default:
      throw Diagnostic(
        "unsupported-plugin", "the plugin `\(syntax.call.name.text)` is not supported", at: syntax.call.name.span,
        help: Suggestion.nearest(to: syntax.call.name.text, in: Self.plugins))
    }
  }

  static let plugins = [
    "active_users_count", "activity_counts_metrics", "bag_unpack", "dcount_intersect", "ipv4_lookup", "ipv6_lookup",
    "narrow", "pivot", "rolling_percentile", "schema_merge", "sliding_window_counts",
  ]

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
          "duplicate-column", "the bag has a property `\(property.name)`, and there is a column of that name",
          at: first.span,
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
    let number = WindowColumn(
      name: "Row", function: .rowNumber, arguments: [.literal(.long(0), span)], type: .long, span: span)
    let numbered = LogicalPlan.window(input.plan, [number])
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

  // MARK: schema_merge

  /// One schema out of several that `getschema` gave: columns in an order that agrees with all of them.
  private func schemaMerge(_ syntax: EvaluateSyntax, _ input: Relation, in scope: Scope) throws -> Relation {
    var preservesOrder = true
    for argument in syntax.call.arguments {
      preservesOrder = try constant(argument.value, in: scope, what: "`PreserveOrder`") == .bool(true)
    }
    let wanted = ["ColumnName", "ColumnOrdinal", "ColumnType"]
    let places = try wanted.map { name -> Int in
      guard let index = input.index(of: name) else {
        throw Diagnostic(
          "unknown-column", "`schema_merge` needs the rows of `getschema`, and there is no `\(name)`", at: syntax.span)
      }
      return index
    }
    let result = try run(input, at: syntax.span)
    var merged: [(name: String, ordinal: Int64, type: String)] = []
    var position: Int64 = 0
    for chunk in result.chunks {
      let cells = places.map { chunk.column($0) }
      for row in 0..<chunk.count {
        guard case .string(let name) = cells[0].value(at: row), case .string(let type) = cells[2].value(at: row)
        else { continue }
        position = cells[1].value(at: row).ticks ?? position
        if let known = merged.firstIndex(where: { $0.name == name }) {
          if merged[known].type != type { merged[known].type = "ERROR(type mismatch)" }
          if !preservesOrder {
            merged[known].ordinal = max(merged[known].ordinal, position)
          } else if merged[known].ordinal != position {
            merged[known].ordinal = -1
            merged[known].type = "ERROR(columns are out of order)"
          }
        } else {
          merged.append((name, position, type))
        }
      }
    }
    // Columns that went wrong come last.
    merged.sort { ($0.ordinal < 0 ? Int64.max : $0.ordinal) < ($1.ordinal < 0 ? Int64.max : $1.ordinal) }
    if !preservesOrder { for index in merged.indices { merged[index].ordinal = Int64(index) } }
    let schema = [
      ColumnInfo("ColumnName", .string), ColumnInfo("ColumnOrdinal", .int), ColumnInfo("DataType", .string),
      ColumnInfo("ColumnType", .string),
    ]
    let rows = merged.map { column -> [Value] in
      let system = ScalarType(name: column.type)?.systemName ?? "ERROR(unknown CSL type:\(column.type))"
      return [
        .string(column.name), .int(Int32(clamping: column.ordinal)), .string(system), .string(column.type),
      ]
    }
    return Relation(.scan(ScanPlan(table: Table(name: "schema_merge", schema: schema, rows: rows))))
  }
}
