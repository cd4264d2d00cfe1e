import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Plugin {
  /// Plugins that say how many users are there, how many are new, and how many come back.
  static let activities: [Plugin] = [
    Plugin(
      "activity_engagement",
      "Counts for each `inner` period the values of `id` in it and in the `outer` period before its end, and their ratio.",
      "id, time, [start, end], inner, outer, [dimensions, ...]",
      columns: "`time`, `dcount_activities_inner`, `dcount_activities_outer`, `activity_ratio` and the dimensions.",
      examples: [
        .init(
          #"datatable(user: string, day: long)["a", 1, "b", 1, "a", 2] | evaluate activity_engagement(user, day, 1, 2, 1, 2) | where day == 2"#,
          is: "2,1,2,0.5")
      ]
    ) { try $0.activityEngagement() },

    Plugin(
      "activity_metrics",
      "Counts for each `window` the values of `id`, those that were not in the window before, and how many of that one came back.",
      "id, time, [start, end], window, [dimensions, ...]",
      columns: "`time`, `dcount_values`, `dcount_newvalues`, `retention_rate`, `churn_rate` and the dimensions.",
      examples: [
        .init(
          #"datatable(user: string, day: long)["a", 1, "b", 1, "a", 2] | evaluate activity_metrics(user, day, 1, 2, 1) | where day == 2"#,
          is: "2,1,0,0.5,0.5")
      ]
    ) { try $0.activityMetrics() },

    Plugin(
      "new_activity_metrics",
      "Follows the values of `id` first seen in each `window` (or in that of `cohort`) through the windows after it; values of `id` in the table `lookback` are not new.",
      "id, time, start, end, window, [cohort], [dimensions, ...], [lookback]",
      columns:
        "`from_` and `to_` with the name of `time`, `dcount_new_values`, `dcount_retained_values`, `dcount_churn_values`, `retention_rate`, `churn_rate` and the dimensions.",
      examples: [
        .init(
          #"datatable(user: string, day: long)["a", 1, "b", 1, "a", 2] | evaluate new_activity_metrics(user, day, 1, 2, 1) | where to_day == 2"#,
          is: "1,2,0,1,1,0.5,0.5")
      ]
    ) { try $0.newActivityMetrics() },

    Plugin(
      "session_count",
      "Counts for each `bin` the sessions that begin: rows that follow none with the same `id` within `lookback`.",
      "id, time, start, end, bin, lookback, [dimensions, ...]",
      columns: "`time`, the dimensions and `count_sessions`.",
      examples: [
        .init(
          #"datatable(user: string, at: long)["a", 1, "a", 3, "a", 9] | evaluate session_count(user, at, 0, 10, 10, 2)"#, is: "0,2")
      ]
    ) { try $0.sessionCount() },
  ]

  /// Plugins that look for sequences of rows.
  static let sequences: [Plugin] = [
    Plugin(
      "funnel_sequence",
      "Counts the values of `id` that pass through the states of `sequence`, by the states before and after it; from one state to the next at most `gap` passes.",
      "id, time, start, end, gap, bin, state, sequence",
      columns:
        "Three tables: `time`, `prev`, `next`, `dcount` and `samples` (at most 128 values of `id`); the same without `next`; the same without `prev`.",
      examples: [
        .init(
          #"datatable(user: string, at: long, page: string)["a", 1, "home", "a", 2, "cart", "a", 3, "pay"] | evaluate funnel_sequence(user, at, 0, 9, 5, 10, page, dynamic(["cart"]))"#,
          is: #"0,home,pay,1,["a"]"#)
      ]
    ) { try $0.funnelSequence() },

    Plugin(
      "funnel_sequence_completion",
      "Counts for each `bin` the values of `id` that come as far as each state of `sequence`, within each of the `periods` since its first state.",
      "id, time, start, end, bin, state, sequence, periods",
      columns: "`time`, `state`, `Period` and `dcount`.",
      examples: [
        .init(
          #"datatable(user: string, at: long, page: string)["a", 1, "home", "a", 4, "cart"] | evaluate funnel_sequence_completion(user, at, 0, 9, 10, page, dynamic(["home", "cart"]), dynamic([5]))"#,
          is: "0,home,5,1")
      ]
    ) { try $0.funnelSequenceCompletion() },

    Plugin(
      "preview", "Takes `rows` of the rows, and counts all of them.", "rows",
      columns: "Two tables: the rows, and `Count`. It must be the last step.",
      examples: [.init("range x from 5 to 9 step 1 | evaluate preview(1)", is: "5")]
    ) { try $0.preview() },

    Plugin(
      "rows_near",
      "Keeps the rows for which `condition` is true, `before` rows before each of them, and `after` after it (default: `before`).",
      "condition, before, [after]",
      columns: "The input's columns. The input must be in order, as after `sort`.",
      examples: [.init("range x from 1 to 9 step 1 | serialize | evaluate rows_near(x == 5, 1, 0)", is: "4")]
    ) { try $0.rowsNear() },

    Plugin(
      "sequence_detect",
      "Finds rows for which the conditions are true one after the other, at most `gap` from one to the next and `span` in all; rows of one sequence have the same dimensions.",
      "time, gap, span, name = condition, ..., [dimensions, ...]",
      columns: "The dimensions, the time of each step, as in `name_time`, and `Duration`.",
      examples: [
        .init(
          #"datatable(at: long, e: string)[1, "a", 3, "b"] | evaluate sequence_detect(at, 5, 5, first = (e == "a"), then = (e == "b"))"#,
          is: "1,3,2")
      ]
    ) { try $0.sequenceDetect() },
  ]
}

// MARK: Rates

extension PluginCall {
  fileprivate func sessionCount() throws -> Relation {
    let arguments = try ActivityArguments(self, dimensionsFrom: 6)
    let timeline = try arguments.timeline(from: 2, try arguments.step(4))
    return try arguments.rates(.sessions(lookback: try arguments.length(5)), over: timeline)
  }

  fileprivate func activityEngagement() throws -> Relation {
    let first = isConstant(4) ? 4 : 2
    let arguments = try ActivityArguments(self, dimensionsFrom: first + 2)
    let inner = try arguments.length(first)
    let timeline = first == 4 ? try arguments.timeline(from: 2, .fixed(inner)) : arguments.wholeTimeline(inner)
    return try arguments.rates(.engagement(outer: try arguments.length(first + 1)), over: timeline)
  }

  fileprivate func activityMetrics() throws -> Relation {
    let first = isConstant(3) ? 4 : 2
    let arguments = try ActivityArguments(self, dimensionsFrom: first + 1)
    let step = try arguments.step(first)
    let timeline = first == 4 ? try arguments.timeline(from: 2, step) : arguments.wholeTimeline(step)
    return try arguments.rates(.retention, over: timeline)
  }

  fileprivate func newActivityMetrics() throws -> Relation {
    var known: Relation?
    if call.arguments.count > 5, let last = call.arguments.last, case .table(let table)? = try? place.constants.any(last.value) {
      known = table
    }
    let hasCohort = call.arguments.count - (known == nil ? 0 : 1) > 5 && isConstant(5)
    let arguments = try ActivityArguments(self, dimensionsFrom: hasCohort ? 6 : 5, leavingOut: known == nil ? 0 : 1)
    let timeline = try arguments.timeline(from: 2, try arguments.step(4))
    return try arguments.rates(
      .cohorts(only: hasCohort ? try arguments.point(5) : nil), over: timeline,
      known: try known.map { (try arguments.ids(in: $0), $0) })
  }

  /// Whether an argument exists and can be computed without the rows.
  private func isConstant(_ index: Int) -> Bool {
    call.arguments.indices.contains(index) && (try? place.constants.value(call.arguments[index].value, what: "")) != nil
  }
}

extension ActivityArguments {
  /// The range between two arguments.
  func timeline(from index: Int, _ step: Timeline.Step) throws -> Timeline {
    Timeline(
      column: ColumnInfo(time.name, time.expression.type), start: try point(index), end: try point(index + 1), step: step)
  }

  /// All of time; bins begin at multiples of their size.
  func wholeTimeline(_ step: Timeline.Step) -> Timeline {
    guard case .fixed(let size) = step else { return wholeTimeline(from: 0, step) }
    return wholeTimeline(from: time.expression.type == .datetime ? 0 : -(Int64.max / 4) / size * size, step)
  }

  func wholeTimeline(_ size: Int64) -> Timeline { wholeTimeline(.fixed(size)) }

  private func wholeTimeline(from start: Int64, _ step: Timeline.Step) -> Timeline {
    Timeline(column: ColumnInfo(time.name, time.expression.type), start: start, end: Timeline.unbounded, step: step)
  }

  /// The column of a table that has the ids: the one of the same name, or the only one.
  fileprivate func ids(in table: Relation) throws -> BoundExpression {
    let span = plugin.call.arguments.last?.span ?? plugin.span
    guard let index = table.index(of: first.name) ?? (table.schema.count == 1 ? 0 : nil) else {
      throw Diagnostic(
        "unknown-column", "the table of values seen before needs a column `\(first.name)`", at: span,
        help: "add `| project \(KQLName.inQuery(first.name)) = ...` to it")
    }
    guard table.schema[index].type == first.expression.type else {
      throw Diagnostic(
        "schema-differs", "`\(table.schema[index].name)` is \(table.schema[index].type.described) here and \(first.expression.type.described) in the rows",
        at: span)
    }
    return .column(index, table.schema[index].type, span)
  }

  /// - Parameter known: ids that were seen before the timeline begins, and the rows they are in.
  fileprivate func rates(
    _ rates: ActivityRates, over timeline: Timeline, known: (id: BoundExpression, rows: Relation)? = nil
  ) throws -> Relation {
    let mark = "$known"
    let columns = [first, time, NamedExpression(mark, .literal(.null(.long), plugin.span))] + dimensions
    var plan = LogicalPlan.project(plugin.input.plan, columns)
    if let known {
      let nulls = ([time] + dimensions).map { BoundExpression.literal(.null($0.expression.type), plugin.span) }
      let same = LogicalPlan.project(
        known.rows.plan,
        [NamedExpression(first.name, known.id), NamedExpression(time.name, nulls[0]), NamedExpression(mark, .literal(.long(1), plugin.span))]
          + zip(dimensions, nulls.dropFirst()).map { NamedExpression($0.name, $1) })
      plan = .union([plan, same], plan.schema)
    }
    return try finished(.activityRates(plan, rates, over: timeline))
  }
}

// MARK: Sequences

extension PluginCall {
  fileprivate func funnelSequence() throws -> Relation {
    let arguments = try FunnelArguments(self, count: 8, state: 6)
    let gap = try arguments.activity.length(4)
    let timeline = try arguments.activity.timeline(from: 2, try arguments.activity.step(5))
    let passages = LogicalPlan.materialize(
      .funnelPassages(arguments.plan, try arguments.funnel(7), gap: gap, over: timeline))
    var tables = try [[1, 2], [1], [2]].map { try arguments.activity.finished(.funnelCounts(passages, by: $0)) }
    var result = tables.removeFirst()
    result.further = tables
    return result
  }

  fileprivate func funnelSequenceCompletion() throws -> Relation {
    let arguments = try FunnelArguments(self, count: 8, state: 5)
    let timeline = try arguments.activity.timeline(from: 2, try arguments.activity.step(4))
    return try arguments.activity.finished(
      .funnelCompletion(arguments.plan, try arguments.funnel(6), periods: try arguments.periods(7), over: timeline))
  }

  fileprivate func sequenceDetect() throws -> Relation {
    let arguments = try ActivityArguments(self, time: 0, dimensionsFrom: 3)
    let gap = try arguments.length(1), span = try arguments.length(2)
    let all = call.arguments.dropFirst(3)
    var names = NameMaker()
    var steps: [(name: String, condition: BoundExpression)] = []
    for (place, argument) in all.enumerated() {
      let expression = arguments.dimensions[place].expression
      guard expression.type == .bool else { break }
      steps.append((names.unique(argument.name?.text ?? automaticName(argument.value) ?? "Step\(place + 1)"), expression))
    }
    guard !steps.isEmpty else {
      throw call.argumentCount("a condition for each step, as in `failed = (status == \"failed\")`, after the time, the gap and the span")
    }
    let dimensions = arguments.dimensions.dropFirst(steps.count)
    let columns = [arguments.time] + steps.map { NamedExpression("$\($0.name)", $0.condition) } + dimensions
    let plan = LogicalPlan.project(input.plan, columns)
    return try arguments.finished(.sequenceDetection(plan, steps: steps.map(\.name), gap: gap, span: span))
  }

  fileprivate func rowsNear() throws -> Relation {
    let arguments = call.arguments
    guard (2...3).contains(arguments.count) else { throw call.argumentCount("a condition and one or two numbers of rows") }
    guard input.isSerialized else {
      throw Diagnostic(
        "not-serialized", "`rows_near` needs rows in order", at: call.name.span, help: "add `| sort by ...` or `| serialize` before it")
    }
    let condition = try columns.condition(arguments[0].value)
    let before = try place.constants.count(arguments[1].value, of: "rows_near")
    let after = arguments.count > 2 ? try place.constants.count(arguments[2].value, of: "rows_near") : before
    let own = input.schema.enumerated().map { NamedExpression($1.name, .column($0, $1.type, span)) }
    let plan = LogicalPlan.project(input.plan, own + [NamedExpression("$near", condition)])
    return input.keepingColumns(.rowsNear(plan, before: before, after: after))
  }

  fileprivate func preview() throws -> Relation {
    let rows = try place.constants.count(try call.onlyArgument(), of: "preview")
    var result = input.keepingColumns(.limit(input.plan, rows))
    let count = NamedAggregate(["Count"], try .calling("count", [], at: span))
    result.further = [
      input.with(.aggregate(AggregatePlan(input: input.plan, keys: [], aggregates: [count])), isSerialized: false)
    ]
    return result
  }
}

/// The arguments of a funnel: the id, the time and the state of each row, and constants.
private struct FunnelArguments {
  let activity: ActivityArguments
  /// The id, the time and the state.
  let plan: LogicalPlan
  private let plugin: PluginCall
  private let stateType: ScalarType

  init(_ plugin: PluginCall, count: Int, state index: Int) throws {
    guard plugin.call.arguments.count == count else { throw plugin.call.argumentCount("\(count) arguments") }
    self.plugin = plugin
    activity = try ActivityArguments(plugin, dimensionsFrom: count)
    let argument = plugin.call.arguments[index]
    var state = try plugin.columns.expression(argument.value)
    if state.type == .dynamic { state = state.converted(to: .string) }
    stateType = state.type
    let name = automaticName(argument.value) ?? "State"
    plan = .project(plugin.input.plan, [activity.first, activity.time, NamedExpression(name, state)])
  }

  /// The elements of a constant array.
  private func elements(_ index: Int) throws -> [Dynamic] {
    guard case .dynamic(.array(let elements)) = try activity.constant(index), !elements.isEmpty else {
      throw Diagnostic(
        "argument-types", "`\(plugin.call.name.text)` needs an array here", at: activity.span(index),
        help: #"write one as in `dynamic(["a", "b"])`"#)
    }
    return elements
  }

  func funnel(_ index: Int) throws -> Funnel {
    Funnel(
      states: try elements(index).map { element in
        guard let state = Value.dynamic(element).converted(to: stateType), !state.isNull || stateType == .string else {
          throw Diagnostic(
            "argument-types", "the states are \(stateType.described), which this array's values are not", at: activity.span(index))
        }
        return state
      })
  }

  func periods(_ index: Int) throws -> [Value] {
    let type: ScalarType = activity.time.expression.type == .long ? .long : .timespan
    return try elements(index).map { element in
      guard let period = Value.dynamic(element).converted(to: type), !period.isNull else {
        throw Diagnostic("argument-types", "the periods must be \(type.described) each", at: activity.span(index))
      }
      return period
    }
  }
}
