import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Binder {
  /// `make-series`: the rows are binned and aggregated, then each group's bins become arrays.
  func apply(_ syntax: MakeSeriesSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    var keepsEmpty = false
    for parameter in syntax.parameters where parameter.name.text == "kind" {
      keepsEmpty = try text(of: parameter, in: scope) == "nonempty"
    }
    let row = row(over: input)
    row.takesWindows = false
    let place = Place(scope: scope, row: row, what: "`make-series`")
    let axis = try bind(syntax.axis.expression, at: place)
    let (series, binned) = try seriesAxis(syntax, axis, in: scope)

    let named = syntax.groups + syntax.aggregates.map(\.aggregate) + [syntax.axis]
    var names = NameMaker(used: named.flatMap { $0.names.map(\.text) } + [series.name])
    var keys = try groupKeys(syntax.groups, row, &names, in: scope)
    keys.append(NamedExpression(series.name, binned))
    row.takesAggregates = true
    var outputs: [NamedExpression] = []
    var defaults: [Value] = []
    for item in syntax.aggregates {
      for column in try aggregateColumns(item.aggregate, at: place, row, &names) {
        outputs.append(column)
        defaults.append(try defaultValue(item, column.expression.type, in: scope))
      }
    }
    var plan = input.plan
    if let bounds = try bounding(axis, series, at: syntax.axis.span) { plan = .filter(plan, bounds) }
    let grouped = aggregating(plan, keys: keys, row: row, outputs: outputs)
    return input.with(
      .makeSeries(
        grouped, groups: keys.count - 1, axis: series, defaults: defaults, keepsEmpty: keepsEmpty),
      isSerialized: false)
  }

  private func seriesAxis(
    _ syntax: MakeSeriesSyntax, _ axis: BoundExpression, in scope: Scope
  ) throws -> (SeriesAxis, BoundExpression) {
    let type: ScalarType
    switch axis.type {
    case .datetime, .timespan, .long, .real: type = axis.type
    case .int: type = .long
    case .decimal: type = .real
    case .bool, .string, .guid, .dynamic:
      throw Diagnostic(
        "axis-type", "the axis of a series is a number or a time, and this is \(axis.type.described)",
        at: syntax.axis.expression.span)
    }
    func bound(_ expression: ExpressionSyntax?, _ target: ScalarType) throws -> Value? {
      guard let expression else { return nil }
      let value = try constant(expression, in: scope, what: "a bound of a series")
      let fits = value.type == target || (value.type.isNumeric && target.isNumeric) || value.type == .dynamic
      guard fits, let same = value.converted(to: target), !same.isNull else {
        throw Diagnostic("axis-type", "the series needs \(target.described) here", at: expression.span)
      }
      return same
    }
    let stepType: ScalarType = type == .datetime ? .timespan : type
    guard let step = try bound(syntax.step, stepType), (step.ticks ?? 1) > 0 else {
      throw Diagnostic("axis-step", "the step of a series must be positive", at: syntax.step.span)
    }
    if case .real(let size) = step, !(size > 0) {
      throw Diagnostic("axis-step", "the step of a series must be positive", at: syntax.step.span)
    }
    let start = try bound(syntax.from, type)
    let series = SeriesAxis(
      name: syntax.axis.names.first?.text ?? automaticName(syntax.axis.expression) ?? "Column1", type: type,
      start: start, end: try bound(syntax.to, type), step: step, includesEnd: syntax.isInRange)
    let value = axis.converted(to: type)
    let width = BoundExpression.literal(step, syntax.step.span)
    let binned = try start.map { start in
      try calling("bin_at", [value, width, .literal(start, syntax.axis.span)], at: syntax.axis.span)
    } ?? calling("bin", [value, width], at: syntax.axis.span)
    return (series, binned)
  }

  /// Keeps rows outside of the series away from the aggregates.
  private func bounding(_ axis: BoundExpression, _ series: SeriesAxis, at span: SourceSpan) throws -> BoundExpression? {
    var tests: [BoundExpression] = []
    if let start = series.start { tests.append(try calling(">=", [axis, .literal(start, span)], at: span)) }
    if let end = series.end, !series.includesEnd {
      tests.append(try calling("<", [axis, .literal(end, span)], at: span))
    }
    return tests.isEmpty ? nil : tests.count == 1 ? tests[0] : try calling("and", tests, at: span)
  }

  private func defaultValue(
    _ item: SeriesAggregateSyntax, _ type: ScalarType, in scope: Scope
  ) throws -> Value {
    guard let expression = item.defaultValue else {
      return Value.long(0).converted(to: type) ?? .null(type)
    }
    let value = try constant(expression, in: scope, what: "a default")
    if value.type.isNumeric, type.isNumeric { return value.converted(to: type) ?? value }
    return value
  }
}
