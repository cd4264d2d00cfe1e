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
