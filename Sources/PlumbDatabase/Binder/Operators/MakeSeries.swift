import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension MakeSeriesSyntax: OperatorBinding {
  /// `make-series`: the rows are binned and aggregated, then each group's bins become arrays.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    var keepsEmpty = false
    for parameter in parameters where parameter.name.text == "kind" {
      keepsEmpty = try place.constants.text(of: parameter) == "nonempty"
    }
    let rows = place.groups(of: input, for: "`make-series`")
    let axis = try rows.keys(for: "`make-series`").expression(self.axis.expression)
    var hasNullBound = false
    let (series, start, binned) = try seriesAxis(axis, &hasNullBound, at: place)

    let named = groups + aggregates.map(\.aggregate) + [self.axis]
    var names = NameMaker(used: named.flatMap { $0.names.map(\.text) } + [series.name])
    var keys = try rows.keys(for: "`by`").groupKeys(groups, &names)
    keys.append(NamedExpression(series.name, binned))
    var columns: [GroupColumn] = []
    var defaults: [Value] = []
    for item in aggregates {
      for column in try rows.columns(item.aggregate, &names) {
        columns.append(column)
        defaults.append(try item.value(as: column.expression.type, at: place))
      }
    }
    var plan = input.plan
    if let bounds = try bounding(axis, series, from: start, at: place) { plan = .filter(plan, bounds) }
    let grouped = try rows.aggregating(plan, by: keys, columns)
    let made = LogicalPlan.makeSeries(
      grouped, groups: keys.count - 1, axis: series, defaults: defaults, keepsEmpty: keepsEmpty)
    let empty = LogicalPlan.scan(ScanPlan(table: Table(name: "make-series", schema: made.schema, groups: [])))
    return input.with(hasNullBound ? empty : made, isSerialized: false)
  }

  private func seriesAxis(
    _ axis: BoundExpression, _ hasNullBound: inout Bool, at place: BindingPlace
  ) throws -> (SeriesAxis, start: Value?, binned: BoundExpression) {
    let type: ScalarType
    switch axis.type {
    case .datetime, .timespan, .long, .real: type = axis.type
    case .int: type = .long
    case .decimal: type = .real
    case .bool, .string, .guid, .dynamic:
      throw Diagnostic(
        "axis-type", "the axis of a series must be a number or a time, but this is \(axis.type.described)",
        at: self.axis.expression.span)
    }
    var nullBound = false
    defer { hasNullBound = nullBound }
    func bound(_ expression: ExpressionSyntax?, _ target: ScalarType) throws -> Value? {
      guard let expression else { return nil }
      let value = try place.constants.value(expression, what: "a bound of a series")
      let fits = value.type == target || (value.type.isNumeric && target.isNumeric) || value.type == .dynamic
      if value.isNull {
        // As in `range`, there is nothing between bounds of which one is missing, such as the least of no values.
        place.context.remark("`make-series` returns no rows, because the bound `\(PlumbSyntax.print(expression))` is null")
        nullBound = true
        return target == .datetime ? .datetime(0) : target == .timespan ? .timespan(1) : Value.long(1).converted(to: target)
      }
      guard fits, let same = value.converted(to: target), !same.isNull else {
        throw Diagnostic("axis-type", "the series needs \(target.described) here", at: expression.span)
      }
      return same
    }
    let stepType: ScalarType = type == .datetime ? .timespan : type
    guard let step = try bound(self.step, stepType), (step.ticks ?? 1) > 0 else {
      throw Diagnostic("axis-step", "the step of a series must be positive", at: self.step.span)
    }
    if case .real(let size) = step, !(size > 0) {
      throw Diagnostic("axis-step", "the step of a series must be positive", at: self.step.span)
    }
    let start = try bound(from, type)
    let width = BoundExpression.literal(step, self.step.span)
    var first = start
    // `in range(...)` bins as `bin` does, so that the first bin may begin before the start.
    if isInRange, let start {
      let bin: BoundExpression = try place.calls.calling("bin", [.literal(start, self.axis.span), width], at: self.axis.span)
      first = try place.calls.constant(bin, what: "a bound of a series")
    }
    let series = SeriesAxis(
      name: self.axis.names.first?.text ?? automaticName(self.axis.expression) ?? "Column1", type: type,
      start: first, end: try bound(to, type), step: step, includesEnd: isInRange)
    let value = axis.converted(to: type)
    guard let start, !isInRange else {
      return (series, start, try place.calls.calling("bin", [value, width], at: self.axis.span))
    }
    let binned = try place.calls.calling("bin_at", [value, width, .literal(start, self.axis.span)], at: self.axis.span)
    return (series, start, binned)
  }

  /// Keeps rows outside of the series out of the aggregates.
  private func bounding(_ axis: BoundExpression, _ series: SeriesAxis, from start: Value?, at place: BindingPlace) throws
    -> BoundExpression?
  {
    let span = self.axis.span
    var tests: [BoundExpression] = []
    if let start { tests.append(try place.calls.calling(">=", [axis, .literal(start, span)], at: span)) }
    if let end = series.end, !series.includesEnd {
      tests.append(try place.calls.calling("<", [axis, .literal(end, span)], at: span))
    }
    return tests.isEmpty ? nil : tests.count == 1 ? tests[0] : try place.calls.calling("and", tests, at: span)
  }
}

extension SeriesAggregateSyntax {
  /// The value in bins without rows.
  fileprivate func value(as type: ScalarType, at place: BindingPlace) throws -> Value {
    guard let expression = defaultValue else {
      return Value.long(0).converted(to: type) ?? .null(type)
    }
    let value = try place.constants.value(expression, what: "a default")
    if value.type.isNumeric, type.isNumeric { return value.converted(to: type) ?? value }
    return value
  }
}
