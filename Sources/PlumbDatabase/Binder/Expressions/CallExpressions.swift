import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension ExpressionBinder {
  /// A call that must return a value: the query's own functions first, then Plumb's.
  func bind(_ call: CallSyntax) throws -> OpenExpression {
    let name = call.name.text
    switch place.scope.binding(named: name) {
    case .function(let function, let scope):
      switch try FunctionExpansion(function, from: scope, call, by: self).result() {
      case .scalar(let expression): return expression
      case .table: throw tableAsValue(call.span, name)
      }
    case .pattern: throw tableAsValue(call.span)
    case .value, .table, .database, .entityGroup, .broken:
      // A variable does not hide Plumb's functions: `let bin = 1d` leaves `bin(...)` as it is.
      if !isBuiltIn(name) {
        throw Diagnostic("not-a-function", "`\(name)` is not a function", at: call.name.span)
      }
    case nil: break
    }
    if let own = BinderFunction.named(name) ?? GraphFunctions.function(named: name, over: visibleRows),
      let bound = try own.bind(call, self)
    {
      return bound
    }
    if let function = WindowFunction(named: name) { return try bind(function, call) }
    if let aggregate = AggregateFunction.named(name) {
      switch offer {
      case .aggregates(let columns): return try bind(aggregate, call, into: columns)
      case .insideAggregate where ScalarFunction.named(name) == nil: throw nestedAggregate(at: call.span)
      case .nothing, .windows, .insideAggregate: break
      }
      if ScalarFunction.named(name) == nil {
        throw Diagnostic(
          "misplaced-aggregate", "`\(name)` aggregates groups of rows, but \(what) works on one row at a time",
          at: call.span, help: "use it in `summarize`")
      }
    }
    guard let function = ScalarFunction.named(name) else { throw unknownFunction(call) }
    // Built-in functions take their arguments by position; Kusto ignores names that are written, and so do we.
    let arguments = try call.arguments.map { try bind($0.value) }
    return try calls.calling(function, arguments, at: call.span)
  }

  private func unknownFunction(_ call: CallSyntax) -> Diagnostic {
    let name = call.name.text
    if place.state.functions.contains(name) {
      return Diagnostic("recursive-function", "`\(name)` calls itself; recursion is not supported", at: call.name.span)
    }
    if TableForm(rawValue: name) != nil || place.catalog.function(named: name) != nil {
      return tableAsValue(call.span)
    }
    if let reason = UnsupportedName.function(name) {
      return Diagnostic("unsupported-function", "the function `\(name)` is not supported", at: call.name.span, help: reason)
    }
    let functions = place.scope.all.compactMap { entry -> String? in
      if case .function = entry.binding { return entry.name }
      return nil
    }
    let known = ScalarFunction.all.filter { !$0.isOperator }.map(\.name)
      + AggregateFunction.all.map(\.name) + WindowFunction.allCases.map(\.rawValue)
    return Diagnostic(
      "unknown-function", "unknown function `\(name)`", at: call.name.span,
      help: ForeignWord.function(name)
        ?? Suggestion.nearest(to: name, in: functions + known + BinderFunction.all.map(\.name))
        ?? "`.help` lists the functions")
  }

  // MARK: Aggregates

  private func bind(
    _ function: AggregateFunction, _ call: CallSyntax, into aggregates: AggregateColumns
  ) throws -> OpenExpression {
    guard let rows else { throw AlreadyReported() }
    var inside = self
    inside.offer = .insideAggregate
    var arguments: [BoundExpression] = []
    var names: [String?] = []
    for argument in call.arguments {
      if case .star = argument.value.withoutParentheses {
        let first = arguments.first?.columns ?? []
        let isPlain = if case .column? = arguments.first { true } else { false }
        for index in aggregates.starColumns where !(isPlain && first.contains(index)) {
          arguments.append(.column(index, rows.schema[index].type, argument.span))
          names.append(rows.schema[index].name)
        }
      } else {
        let open = try inside.bind(argument.value)
        // A constant that is not known yet could be rejected for a value that it does not have.
        if open.isUnknown { throw AlreadyReported() }
        arguments.append(try open.overColumns())
        // `arg_max(latest = t, value = v)` names the columns.
        names.append(argument.name?.text ?? automaticName(argument.value))
      }
    }
    let bound = try function.binding(arguments, at: call.span)
    return aggregates.adding(bound, names: bound.automaticNames(names), at: call.span)
  }

  // MARK: Functions over neighbouring rows

  private func bind(_ function: WindowFunction, _ call: CallSyntax) throws -> OpenExpression {
    let name = function.rawValue
    guard case .windows(let windows) = offer, let rows else {
      throw Diagnostic(
        "misplaced-window-function", "`\(name)` reads neighbouring rows, which \(what) cannot provide", at: call.span)
    }
    guard rows.isSerialized else {
      throw Diagnostic(
        "not-serialized", "`\(name)` needs rows in a fixed order, but these are unordered", at: call.span,
        help: "add `| serialize` or `| sort by` before it")
    }
    let arguments = try call.arguments.map { try bind($0.value) }
    let bounds: ClosedRange<Int>
    switch function {
    case .prev, .next: bounds = 1...3
    case .rowNumber: bounds = 0...2
    case .rowCumsum, .rowRankDense, .rowRankMin: bounds = 1...2
    case .rowWindowSession: bounds = 3...4
    }
    guard bounds.contains(arguments.count) else {
      let wanted = bounds.lowerBound == 0 ? "up to \(bounds.upperBound)" : "\(bounds.lowerBound) to \(bounds.upperBound)"
      throw call.argumentCount("\(wanted) arguments")
    }
    let (checked, type) = try windowTypes(function, arguments)
    return windows.adding(function, checked, type, at: call.span)
  }

  private func windowTypes(
    _ function: WindowFunction, _ arguments: [OpenExpression]
  ) throws -> ([OpenExpression], ScalarType) {
    var checked = arguments
    func expect(_ place: Int, _ type: ScalarType) throws {
      guard place < checked.count else { return }
      checked[place] = try calls.converting(checked[place], to: type, of: function.rawValue)
    }
    switch function {
    case .prev, .next:
      try expect(1, .long)
      if checked.count > 1 { _ = try calls.constant(checked[1], what: "the distance") }
      // A constant of another type adapts, as beside `==`.
      if checked.count > 2, let value = checked[2].constant?.asEqual(of: checked[0].type) {
        checked[2] = .literal(value, checked[2].span)
      }
      try expect(2, checked[0].type)
      return (checked, checked[0].type)
    case .rowNumber:
      try expect(0, .long)
      try expect(1, .bool)
      return (checked, .long)
    case .rowCumsum:
      guard [.int, .long, .real, .timespan, .decimal].contains(checked[0].type) else {
        throw Diagnostic(
          "argument-types", "`row_cumsum` adds numbers or timespans, but this is \(checked[0].type.described)",
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

extension CallSyntax {
  /// The only argument.
  ///
  /// - Throws: `argument-count` unless there is exactly one.
  func onlyArgument() throws -> ExpressionSyntax {
    guard arguments.count == 1 else { throw argumentCount("one argument") }
    return arguments[0].value
  }

  func argumentCount(_ wanted: String) -> Diagnostic {
    Diagnostic(
      "argument-count", "`\(name.text)` takes \(wanted), but this call has \(arguments.count)", at: span)
  }
}

/// Whether a name is one of Plumb's functions that return a value, or is called like one.
func isBuiltIn(_ name: String) -> Bool {
  ScalarFunction.named(name) != nil || AggregateFunction.named(name) != nil || WindowFunction(named: name) != nil
    || BinderFunction.named(name) != nil || TableForm(rawValue: name)?.isFunction == true
}
