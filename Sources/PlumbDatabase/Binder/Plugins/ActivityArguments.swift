import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// The arguments of a plugin over a timeline: a column, a time, constants, and dimensions at the end.
struct ActivityArguments {
  let first: NamedExpression
  let time: NamedExpression
  let dimensions: [NamedExpression]
  let plugin: PluginCall
  private var name: String { plugin.call.name.text }

  /// - Parameter last: the number of arguments at the end that are not dimensions.
  init(
    _ plugin: PluginCall, time timePlace: Int = 1, dimensionsFrom start: Int, leavingOut last: Int = 0
  ) throws {
    self.plugin = plugin
    let arguments = plugin.call.arguments.dropLast(last)
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
  func point(_ place: Int) throws -> Int64 {
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
    return try finished(make(plan))
  }

  /// The rows of the plugin's plan, with distinct column names.
  func finished(_ plan: LogicalPlan) throws -> Relation {
    var names = NameMaker()
    let result = plugin.input.with(plan, isSerialized: false)
    return result.picking(plan.schema.enumerated().map { ($0, names.unique($1.name)) })
  }
}

extension Value {
  /// The 64-bit value of a time, a span or a whole number as a type of the same kind.
  func word(as type: ScalarType) -> Int64? {
    guard self.type == type || (self.type.isNumeric && type == .long) else { return nil }
    return converted(to: type)?.ticks
  }
}
