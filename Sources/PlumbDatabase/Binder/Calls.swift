import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Binder {
  /// A call where a value stands: the query's own functions first, then Plumb's.
  func bind(_ call: CallSyntax, at place: Place) throws -> BoundExpression {
    let name = call.name.text
    switch place.scope.binding(named: name) {
    case .function(let function, let scope):
      switch try expand(function, from: scope, call, at: place, input: nil) {
      case .scalar(let expression): return expression
      case .table: throw tableAsValue(call.span, name)
      }
    case .pattern: throw tableAsValue(call.span)
    case .value, .table, .broken:
      // A variable hides no function of Plumb's: `let bin = 1d` leaves `bin(...)` as it is.
      if !isBuiltIn(name) {
        throw Diagnostic("not-a-function", "`\(name)` is not a function", at: call.name.span)
      }
    case nil: break
    }
    if let special = try special(call, at: place) ?? graphFunction(call, at: place) { return special }
    if let function = WindowFunction(rawValue: name) { return try window(function, call, at: place) }
    if let aggregate = AggregateFunction.named(name) {
      if place.row?.takesAggregates == true { return try bind(aggregate, call, at: place) }
      if ScalarFunction.named(name) == nil {
        throw Diagnostic(
          "misplaced-aggregate", "`\(name)` works on groups of rows, and \(place.what) works on one row at a time",
          at: call.span, help: "use it in `summarize`")
      }
    }
    guard let function = ScalarFunction.named(name) else { throw unknownFunction(call, at: place) }
    let arguments = try call.arguments.map { argument in
      if let label = argument.name {
        throw Diagnostic("named-argument", "`\(name)` takes its arguments by place, without names", at: label.span)
      }
      return try bind(argument.value, at: place)
    }
    return try folded(BoundExpression.calling(function, arguments, at: call.span))
  }

  func isBuiltIn(_ name: String) -> Bool {
    ScalarFunction.named(name) != nil || AggregateFunction.named(name) != nil
      || WindowFunction(rawValue: name) != nil || Self.specialNames.contains(name)
  }

  private func unknownFunction(_ call: CallSyntax, at place: Place) -> Diagnostic {
    let name = call.name.text
    if expanding.contains(name) {
      return Diagnostic("recursive-function", "`\(name)` calls itself, which a function cannot", at: call.name.span)
    }
    if tableFunctionNames.contains(name) || catalog.function(named: name) != nil {
      return tableAsValue(call.span)
    }
    let functions = place.scope.all.compactMap { entry -> String? in
      if case .function = entry.binding { return entry.name }
      return nil
    }
    let known = ScalarFunction.all.filter { !$0.isWrittenAsOperator }.map(\.name)
      + AggregateFunction.all.map(\.name) + WindowFunction.allCases.map(\.rawValue)
    if isUnsupportedFunction(name) {
      return Diagnostic("unsupported-function", "the function `\(name)` is not supported", at: call.name.span)
    }
    return Diagnostic(
      "unknown-function", "there is no function `\(name)`", at: call.name.span,
      help: Suggestion.nearest(to: name, in: functions + known + Self.specialNames))
  }

  // MARK: Forms that the binder itself understands

  static let specialNames = [
    "toscalar", "now", "ago", "column_ifexists", "columnifexists", "pack_all", "bag_pack_columns", "iscolumnexists",
    "materialize", "table", "ingestion_time", "bin_auto",
  ]

  private func special(_ call: CallSyntax, at place: Place) throws -> BoundExpression? {
    switch call.name.text {
    case "toscalar":
      let argument = try onlyArgument(of: call)
      // The key of the partition comes before columns of its name.
      if case .name(let name) = argument.withoutParentheses,
        case .value(let key, _)? = place.scope.binding(named: Self.partitionKey(name.text))
      {
        return .partitionKey(name.text, key.type, call.span)
      }
      switch try any(argument, at: place) {
      case .scalar(let expression): return expression
      case .table(let table):
        let result = try run(table, at: argument.span)
        guard let type = result.schema.first?.type else {
          throw Diagnostic("no-columns", "the table has no columns to take a value from", at: argument.span)
        }
        let first = result.chunks.first { $0.count > 0 }?.column(0).value(at: 0)
        return .literal(first ?? .null(type), call.span)
      }
    case "now":
      let now = BoundExpression.literal(.datetime(context.now), call.span)
      guard let offset = call.arguments.first else { return now }
      return try calling("+", [now, bind(onlyArgument(of: call), at: place)], at: offset.span)
    case "ago":
      let span = try bind(onlyArgument(of: call), at: place)
      return try calling("-", [.literal(.datetime(context.now), call.span), span], at: call.span)
    case "bin_auto":
      let value = try bind(onlyArgument(of: call), at: place)
      guard let size = optionValues["query_bin_auto_size"] else {
        throw Diagnostic(
          "missing-option", "`bin_auto` needs the size of the bins", at: call.span,
          help: "write `set query_bin_auto_size = 1h;` before the query")
      }
      let step = BoundExpression.literal(size, call.span)
      guard let fixed = optionValues["query_bin_auto_at"] else { return try calling("bin", [value, step], at: call.span) }
      return try calling("bin_at", [value, step, .literal(fixed, call.span)], at: call.span)
    case "ingestion_time":
      return .literal(.null(.datetime), call.span)
    case "column_ifexists", "columnifexists":
      guard call.arguments.count == 2 else { throw argumentCount(call, "2 arguments, a column's name and a default") }
      let name = try columnName(call.arguments[0].value, at: place)
      if let row = place.row, place.seesColumns, let index = row.index(of: name) {
        return .column(index, row.schema[index].type, call.span)
      }
      return try bind(call.arguments[1].value, at: place)
    case "iscolumnexists":
      let name = try columnName(onlyArgument(of: call), at: place)
      return .literal(.bool(place.row?.index(of: name) != nil), call.span)
    case "pack_all":
      let schema = place.seesColumns ? place.row?.schema ?? [] : []
      var ignoresNulls = false
      if !call.arguments.isEmpty {
        ignoresNulls = try constant(bind(onlyArgument(of: call), at: place), what: "this") == .bool(true)
      }
      let columns = schema.enumerated().map { index, column in
        (column.name, BoundExpression.column(index, column.type, call.span))
      }
      return try packing(columns, ignoresNulls: ignoresNulls, at: call.span)
    case "bag_pack_columns":
      let columns = try call.arguments.map { argument in
        (automaticName(argument.value) ?? "", try bind(argument.value, at: place))
      }
      return try packing(columns, ignoresNulls: false, at: call.span)
    case "column_names_of":
      guard let query = try onlyArgument(of: call).asQuery else { return nil }
      let names = try relation(query, in: place.scope).schema.map { Dynamic.string($0.name) }
      return .literal(.dynamic(.array(names)), call.span)
    case "extract", "extract_json", "extractjson":
      // The type to convert to is no value; it is a conversion around the call.
      guard let last = call.arguments.last, call.arguments.count > 1,
        case .literal(let literal) = last.value.withoutParentheses, case .typeOf(let type) = literal.value
      else { return nil }
      var shorter = call
      shorter.arguments.removeLast()
      return try folded(bind(shorter, at: place).converted(to: ScalarType(type.type)))
    default: return nil
    }
  }

  /// A bag with these properties.
  func packing(
    _ columns: [(String, BoundExpression)], ignoresNulls: Bool, at span: SourceSpan
  ) throws -> BoundExpression {
    let arguments = columns.flatMap { name, value in [BoundExpression.literal(.string(name), span), value] }
    return try calling("pack_all", [.literal(.bool(ignoresNulls), span)] + arguments, at: span)
  }

  private func columnName(_ expression: ExpressionSyntax, at place: Place) throws -> String {
    let bound = try bind(expression, at: place)
    guard case .string(let name) = try constant(bound, what: "a column's name") else {
      throw Diagnostic("not-a-name", "a column's name is a string here", at: expression.span)
    }
    return name
  }

  func onlyArgument(of call: CallSyntax) throws -> ExpressionSyntax {
    guard call.arguments.count == 1 else { throw argumentCount(call, "one argument") }
    return call.arguments[0].value
  }

  func argumentCount(_ call: CallSyntax, _ wanted: String) -> Diagnostic {
    Diagnostic(
      "argument-count", "`\(call.name.text)` takes \(wanted), and this call has \(call.arguments.count)", at: call.span)
  }

  // MARK: Aggregates

  private func bind(_ function: AggregateFunction, _ call: CallSyntax, at place: Place) throws -> BoundExpression {
    guard let row = place.row else { throw AlreadyReported() }
    if row.isInsideAggregate {
      throw Diagnostic(
        "nested-aggregate", "an aggregate cannot stand inside another one", at: call.span,
        help: "compute the inner one first, in a `summarize` of its own")
    }
    row.isInsideAggregate = true
    defer { row.isInsideAggregate = false }
    var arguments: [BoundExpression] = []
    var names: [String?] = []
    for argument in call.arguments {
      if case .star = argument.value.withoutParentheses {
        let first = arguments.first?.columns ?? []
        let isPlain = if case .column? = arguments.first { true } else { false }
        for index in row.starColumns where !(isPlain && first.contains(index)) {
          arguments.append(.column(index, row.schema[index].type, argument.span))
          names.append(row.schema[index].name)
        }
      } else {
        arguments.append(try bind(argument.value, at: place))
        names.append(automaticName(argument.value))
      }
    }
    let bound = try function.binding(arguments, at: call.span)
    return row.adding(
      PendingAggregate(bound: bound, names: bound.automaticNames(names)), at: call.span)
  }

  // MARK: Functions over neighbouring rows

  private func window(_ function: WindowFunction, _ call: CallSyntax, at place: Place) throws -> BoundExpression {
    let name = function.rawValue
    guard let row = place.row, row.takesWindows else {
      throw Diagnostic(
        "misplaced-window-function", "`\(name)` looks at neighbouring rows, which \(place.what) has not", at: call.span)
    }
    guard row.isSerialized else {
      throw Diagnostic(
        "not-serialized", "`\(name)` needs rows in a fixed order, and these have none", at: call.span,
        help: "add `| serialize` or `| sort by` before it")
    }
    let arguments = try call.arguments.map { try bind($0.value, at: place) }
    let bounds: ClosedRange<Int>
    switch function {
    case .prev, .next: bounds = 1...3
    case .rowNumber: bounds = 0...2
    case .rowCumsum, .rowRankDense, .rowRankMin: bounds = 1...2
    case .rowWindowSession: bounds = 3...4
    }
    guard bounds.contains(arguments.count) else {
      let wanted = bounds.lowerBound == 0 ? "up to \(bounds.upperBound)" : "\(bounds.lowerBound) to \(bounds.upperBound)"
      throw argumentCount(call, "\(wanted) arguments")
    }
    let (checked, type) = try windowTypes(function, arguments)
    return row.adding(
      WindowColumn(
        name: "$window\(row.windows.count)", function: function, arguments: checked, type: type, span: call.span))
  }

  private func windowTypes(
    _ function: WindowFunction, _ arguments: [BoundExpression]
  ) throws -> ([BoundExpression], ScalarType) {
    var checked = arguments
    func expect(_ place: Int, _ type: ScalarType) throws {
      guard place < checked.count else { return }
      checked[place] = try converting(checked[place], to: type, of: function.rawValue)
    }
    switch function {
    case .prev, .next:
      try expect(1, .long)
      if checked.count > 1 { _ = try constant(checked[1], what: "the distance") }
      try expect(2, checked[0].type)
      return (checked, checked[0].type)
    case .rowNumber:
      try expect(0, .long)
      try expect(1, .bool)
      return (checked, .long)
    case .rowCumsum:
      guard [.int, .long, .real, .timespan, .decimal].contains(checked[0].type) else {
        throw Diagnostic(
          "argument-types", "`row_cumsum` adds numbers or timespans, and this is \(checked[0].type.described)",
          at: checked[0].span)
      }
      if checked[0].type == .int { checked[0] = checked[0].converted(to: .long) }
      try expect(1, .bool)
      return (checked, checked[0].type)
    case .rowRankDense, .rowRankMin:
      try expect(1, .bool)
      return (checked, .long)
    case .rowWindowSession:
      try expect(0, .datetime)
      try expect(1, .timespan)
      try expect(2, .timespan)
      try expect(3, .bool)
      return (checked, .datetime)
    }
  }
}

extension ScalarFunction {
  /// Whether users write it between or before operands.
  var isWrittenAsOperator: Bool {
    guard let first = name.first else { return true }
    return !(first.isLetter || first == "_")
      || name.contains(" ") || ["and", "or", "between", "in", "in~", "member", "element"].contains(name)
  }
}
