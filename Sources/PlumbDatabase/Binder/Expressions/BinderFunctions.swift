import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A function that the binder itself implements, since it needs more than the values of its arguments: the clock, the
/// columns around it, or the rows of a query.
struct BinderFunction: Sendable {
  let name: String
  /// The names of the columns that a call makes; nil if they are those of the engine's function of the same name.
  let naming: ColumnNaming?
  /// What a call returns; nil if this call means the engine's function of the same name.
  let bind: @Sendable (CallSyntax, ExpressionBinder) throws -> OpenExpression?

  init(
    _ name: String, naming: ColumnNaming? = .numbered,
    bind: @escaping @Sendable (CallSyntax, ExpressionBinder) throws -> OpenExpression?
  ) {
    self.name = name
    self.naming = naming
    self.bind = bind
  }

  /// To add one, add an element.
  static let all: [BinderFunction] = [
    BinderFunction("toscalar") { try scalar(of: $0.onlyArgument(), $0, $1) },
    BinderFunction("now") { call, binder in
      let now = OpenExpression.literal(.datetime(binder.place.context.now), call.span)
      guard let offset = call.arguments.first else { return now }
      return try binder.calls.calling("+", [now, binder.bind(call.onlyArgument())], at: offset.span)
    },
    BinderFunction("ago") { call, binder in
      let now = OpenExpression.literal(.datetime(binder.place.context.now), call.span)
      return try binder.calls.calling("-", [now, binder.bind(call.onlyArgument())], at: call.span)
    },
    BinderFunction("bin_auto", naming: .firstArgument) { call, binder in
      let value = try binder.bind(call.onlyArgument())
      let options = binder.place.state.options
      guard let size = options.binAutoSize else {
        throw Diagnostic(
          "missing-option", "`bin_auto` needs the size of the bins", at: call.span,
          help: "write `set query_bin_auto_size = 1h;` before the query")
      }
      let step = OpenExpression.literal(size, call.span)
      guard let fixed = options.binAutoAt else { return try binder.calls.calling("bin", [value, step], at: call.span) }
      return try binder.calls.calling("bin_at", [value, step, .literal(fixed, call.span)], at: call.span)
    },
    BinderFunction("ingestion_time") { call, _ in .literal(.null(.datetime), call.span) },
    BinderFunction("column_ifexists", naming: .firstText, bind: columnIfExists),
    BinderFunction("columnifexists", naming: .firstText, bind: columnIfExists),
    BinderFunction("iscolumnexists") { call, binder in
      let name = try binder.columnName(call.onlyArgument())
      return .literal(.bool(binder.rows?.index(of: name) != nil), call.span)
    },
    BinderFunction("pack_all", naming: nil) { call, binder in
      var ignoresNulls = false
      if !call.arguments.isEmpty {
        ignoresNulls = try binder.calls.constant(binder.bind(call.onlyArgument()), what: "this") == .bool(true)
      }
      let rows = binder.visibleRows
      let columns = (rows?.schema ?? []).enumerated().map { index, column in
        (column.name, OpenExpression.input(index, column.type, call.span))
      }
      return try binder.calls.packing(columns, ignoresNulls: ignoresNulls, at: call.span)
    },
    BinderFunction("pack_array", naming: nil) { try overAllColumns($0, $1) },
    BinderFunction("estimate_data_size", naming: nil) { try overAllColumns($0, $1) },
    BinderFunction("bag_pack_columns") { call, binder in
      let columns = try call.arguments.map { (automaticName($0.value) ?? "", try binder.bind($0.value)) }
      return try binder.calls.packing(columns, ignoresNulls: false, at: call.span)
    },
    BinderFunction("column_names_of") { call, binder in
      guard let query = try call.onlyArgument().asQuery else { return nil }
      let names = try binder.place.relation(query).schema.map { Dynamic.string($0.name) }
      return .literal(.dynamic(.array(names)), call.span)
    },
    BinderFunction("current_database") { call, binder in
      guard call.arguments.isEmpty else { throw call.argumentCount("no arguments") }
      return .literal(.string(binder.place.catalog.name), call.span)
    },
    // Values of other types are split as they are printed, such as the parts of a timespan.
    BinderFunction("split", naming: nil) { call, binder in
      guard call.arguments.count > 1 else { return nil }
      var arguments = try call.arguments.map { try binder.bind($0.value) }
      guard ![.string, .dynamic].contains(arguments[0].type) else { return nil }
      arguments[0] = arguments[0].converted(to: .string)
      return try binder.calls.calling(call.name.text, arguments, at: call.span)
    },
    BinderFunction("extract", naming: nil, bind: converted),
    BinderFunction("extract_json", naming: nil, bind: converted),
    BinderFunction("extractjson", naming: nil, bind: converted),
  ]

  private static let byName: [String: BinderFunction] = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  static func named(_ name: String) -> BinderFunction? { byName[name] }

  private static func scalar(
    of argument: ExpressionSyntax, _ call: CallSyntax, _ binder: ExpressionBinder
  ) throws -> OpenExpression {
    // The partition key takes precedence over columns of the same name.
    if case .name(let name) = argument.withoutParentheses,
      case .value(let key, _)? = binder.place.scope.binding(named: PartitionSyntax.key(named: name.text))
    {
      return .partitionKey(name.text, key.type, call.span)
    }
    switch try binder.any(argument) {
    case .scalar(let expression): return expression
    case .table(let table):
      guard let type = table.schema.first?.type else {
        throw Diagnostic("no-columns", "the table has no columns to take a value from", at: argument.span)
      }
      if binder.place.state.services.run == nil { return .column(.unknown, type, call.span) }
      let result = try binder.place.state.run(table, at: argument.span)
      let first = result.chunks.first { $0.count > 0 }?.column(0).value(at: 0)
      return .literal(first ?? .null(type), call.span)
    }
  }

  private static func columnIfExists(_ call: CallSyntax, _ binder: ExpressionBinder) throws -> OpenExpression {
    guard call.arguments.count == 2 else { throw call.argumentCount("2 arguments, a column's name and a default") }
    let name = try binder.columnName(call.arguments[0].value)
    if let rows = binder.visibleRows, let index = rows.index(of: name) { return rows.column(index, at: call.span) }
    return try binder.bind(call.arguments[1].value)
  }

  /// The call with all columns in place of a star among its arguments.
  private static func overAllColumns(_ call: CallSyntax, _ binder: ExpressionBinder) throws -> OpenExpression? {
    func isStar(_ argument: ExpressionSyntax) -> Bool {
      if case .star = argument.withoutParentheses { return true }
      return false
    }
    guard call.arguments.contains(where: { isStar($0.value) }), let rows = binder.visibleRows else { return nil }
    let arguments = try call.arguments.flatMap { argument -> [OpenExpression] in
      guard isStar(argument.value) else { return [try binder.bind(argument.value)] }
      return rows.schema.indices.map { rows.column($0, at: argument.value.span) }
    }
    return try binder.calls.calling(call.name.text, arguments, at: call.span)
  }

  /// The call with `typeof(...)` as its last argument, which is a conversion around the call without it.
  private static func converted(_ call: CallSyntax, _ binder: ExpressionBinder) throws -> OpenExpression? {
    guard let last = call.arguments.last, call.arguments.count > 1,
      case .literal(let literal) = last.value.withoutParentheses, case .typeOf(let type) = literal.value
    else { return nil }
    var shorter = call
    shorter.arguments.removeLast()
    return try binder.calls.folded(binder.bind(shorter).converted(to: ScalarType(type.type)))
  }
}

extension ExpressionBinder {
  fileprivate func columnName(_ expression: ExpressionSyntax) throws -> String {
    guard case .string(let name) = try calls.constant(bind(expression), what: "a column's name") else {
      throw Diagnostic("not-a-name", "the column's name must be a string here", at: expression.span)
    }
    return name
  }
}

/// The names of the functions that the binder computes itself, for completion.
package enum BoundFunctionNames {
  package static let all = BinderFunction.all.map(\.name)
  /// Those of nodes and edges.
  package static let ofGraphs = GraphFunctions.names
}
