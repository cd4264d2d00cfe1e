import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Plugin {
  /// Plugins that look at rows along a timeline.
  static let timelines: [Plugin] = [
    Plugin(
      "active_users_count",
      "Counts for each `bin` the values of `id` that were seen in at least `periods` periods of `lookback` before it.",
      "id, time, start, end, lookback, period, periods, bin, [dimensions, ...]",
      columns: "`time`, the dimensions and `dcount`.",
      examples: [
        .init(
          #"datatable(user: string, day: long)["a", 1, "b", 1, "a", 2] | evaluate active_users_count(user, day, 1, 4, 3, 1, 2, 1)"#,
          is: "2,1")
      ]
    ) { try $0.activeUsersCount() },

    Plugin(
      "activity_counts_metrics",
      "Counts for each `bin` the rows, the values of `id`, those that are new, and all values so far.",
      "id, time, start, end, bin, [dimensions, ...]",
      columns: "`time`, the dimensions, `count`, `dcount`, `new_dcount` and `aggregated_dcount`.",
      examples: [
        .init(
          #"datatable(user: string, day: long)["a", 1, "b", 1, "a", 2] | evaluate activity_counts_metrics(user, day, 1, 3, 1)"#,
          is: "1,2,2,2,2")
      ]
    ) { try $0.activityCountsMetrics() },

    Plugin(
      "rolling_percentile",
      "Computes the percentile of `value` over a window of `binsPerWindow` bins of `binSize` along `index`.",
      "value, percentile, index, binSize, binsPerWindow, [dimensions, ...]",
      columns: "`index`, the dimensions, and a column named after the window, the value and the percentile.",
      examples: [.init("range x from 1 to 4 step 1 | evaluate rolling_percentile(x, 50, x, 1, 2)", is: "1,1")]
    ) { try $0.rollingPercentile() },

    Plugin(
      "sliding_window_counts",
      "Counts for each `bin` the rows and the values of `id` in the `lookback` before its end.",
      "id, time, start, end, lookback, bin, [dimensions, ...]",
      columns: "`time`, the dimensions, `Count` and `dcount`.",
      examples: [
        .init(
          #"datatable(user: string, day: long)["a", 1, "b", 1, "a", 2] | evaluate sliding_window_counts(user, day, 1, 3, 2, 1)"#,
          is: "1,2,2")
      ]
    ) { try $0.slidingWindowCounts() },
  ]
}

extension PluginCall {
  fileprivate func slidingWindowCounts() throws -> Relation {
    let arguments = try ActivityArguments(self, dimensionsFrom: 6)
    var lookback = try arguments.length(4)
    let step = try arguments.step(5)
    // The window is a whole number of bins, at least one.
    if case .fixed(let size) = step { lookback = max(size, lookback / size * size) }
    return try arguments.relation(.slidingWindow(lookback: lookback), step)
  }

  fileprivate func activityCountsMetrics() throws -> Relation {
    let arguments = try ActivityArguments(self, dimensionsFrom: 5)
    return try arguments.relation(.metrics, try arguments.step(4))
  }

  fileprivate func activeUsersCount() throws -> Relation {
    let arguments = try ActivityArguments(self, dimensionsFrom: 8)
    let activity = UserActivity.activeUsers(
      lookback: try arguments.length(4), period: try arguments.length(5), periods: try arguments.count(6))
    return try arguments.relation(activity, try arguments.step(7))
  }

  fileprivate func rollingPercentile() throws -> Relation {
    let arguments = try ActivityArguments(self, time: 2, dimensionsFrom: 5)
    let value = arguments.first.expression
    guard [.int, .long, .real, .timespan, .datetime].contains(value.type) else {
      throw Diagnostic("argument-types", "`rolling_percentile` needs numbers or times", at: value.span)
    }
    guard case .real(let percentile)? = try arguments.constant(1).converted(to: .real), (0...100).contains(percentile)
    else { throw Diagnostic("argument-range", "a percentile is from 0 to 100", at: arguments.span(1)) }
    let window = try arguments.count(4)
    let shown = printed(try arguments.constant(1))
    return try arguments.relation { plan in
      .rollingPercentile(
        plan, percentile: percentile, binSize: try arguments.length(3), window: window,
        name: "rolling_\(window)_percentile_\(arguments.first.name)_\(shown)")
    }
  }
}

/// The arguments of a plugin over a timeline: a column, a time, constants, and dimensions at the end.
private struct ActivityArguments {
  let first: NamedExpression
  private let time: NamedExpression
  private let dimensions: [NamedExpression]
  private let plugin: PluginCall
  private var name: String { plugin.call.name.text }

  init(
    _ plugin: PluginCall, time timePlace: Int = 1, dimensionsFrom start: Int
  ) throws {
    self.plugin = plugin
    let arguments = plugin.call.arguments
    guard arguments.count >= start else { throw plugin.call.argumentCount("at least \(start) arguments") }
    func column(_ index: Int) throws -> NamedExpression {
      let expression = try plugin.columns.expression(arguments[index].value)
      return NamedExpression(automaticName(arguments[index].value) ?? "Column\(index + 1)", expression)
    }
    first = try column(0)
    var time = try column(timePlace)
    dimensions = try (start..<arguments.count).map(column)
    switch time.expression.type {
    case .datetime, .timespan, .long: break
    case .int: time.expression = time.expression.converted(to: .long)
    case .bool, .real, .decimal, .string, .guid, .dynamic:
      throw Diagnostic(
        "axis-type", "the timeline must be a datetime, a timespan or a whole number, but this is "
          + time.expression.type.described, at: arguments[timePlace].span)
    }
    self.time = time
    for dimension in [first] + dimensions where dimension.expression.type == .dynamic {
      throw Diagnostic(
        "dynamic-key", "rows cannot be grouped by a dynamic value", at: dimension.expression.span,
        help: "convert it, as in `tostring(...)`")
    }
  }

  func span(_ place: Int) -> SourceSpan { plugin.call.arguments[place].span }

  func constant(_ place: Int) throws -> Value {
    try plugin.place.constants.value(plugin.call.arguments[place].value, what: "an argument of `\(name)`")
  }

  /// A point on the timeline.
  private func point(_ place: Int) throws -> Int64 {
    guard let ticks = try constant(place).word(as: time.expression.type) else {
      throw Diagnostic("argument-types", "`\(name)` needs \(time.expression.type.described) here", at: span(place))
    }
    return ticks
  }

  /// A positive length on the timeline.
  func length(_ place: Int) throws -> Int64 {
    let type: ScalarType = time.expression.type == .long ? .long : .timespan
    guard let length = try constant(place).word(as: type), length > 0 else {
      throw Diagnostic("argument-types", "`\(name)` needs \(type.described) above zero here", at: span(place))
    }
    return length
  }

  func count(_ place: Int) throws -> Int64 {
    guard let count = try constant(place).word(as: .long), count > 0 else {
      throw Diagnostic("argument-types", "`\(name)` needs a whole number above zero here", at: span(place))
    }
    return count
  }

  /// The distance between bins: a length, or a calendar unit.
  func step(_ place: Int) throws -> Timeline.Step {
    guard case .string(let word) = try constant(place) else { return .fixed(try length(place)) }
    guard time.expression.type == .datetime, ["week", "month", "year"].contains(word),
      let part = word.withUTF8Bytes({ CalendarPart($0) })
    else {
      throw Diagnostic("unknown-option", "a bin must be a length, or `week`, `month` or `year`", at: span(place))
    }
    return .calendar(part)
  }

  func relation(_ activity: UserActivity, _ step: Timeline.Step) throws -> Relation {
    let timeline = Timeline(
      column: ColumnInfo(time.name, time.expression.type), start: try point(2), end: try point(3), step: step)
    return try relation { plan in .userActivity(plan, activity, over: timeline) }
  }

  /// The plugin's plan over the column, the time and the dimensions, with distinct column names.
  func relation(_ make: (LogicalPlan) throws -> LogicalPlan) throws -> Relation {
    let plan = LogicalPlan.project(plugin.input.plan, [first, time] + dimensions)
    let made = try make(plan)
    var names = NameMaker()
    var result = plugin.input.with(made, isSerialized: false)
    result = result.picking(made.schema.enumerated().map { ($0, names.unique($1.name)) })
    return result
  }
}

extension Value {
  /// The 64-bit value of a time, a span or a whole number as a type of the same kind.
  fileprivate func word(as type: ScalarType) -> Int64? {
    guard self.type == type || (self.type.isNumeric && type == .long) else { return nil }
    return converted(to: type)?.ticks
  }
}
