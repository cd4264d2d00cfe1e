import PlumbEngine

/// An axis of a chart: its range of values and its round ticks.
struct ChartAxis: Sendable {
  enum Kind: Sendable, Equatable { case number, logarithm, time, duration, percent, category }

  struct Tick: Sendable, Equatable {
    let value: Double
    let label: String
  }

  var kind: Kind
  var lower: Double
  var upper: Double
  var title: String
  /// The labels at 0, 1, 2, ... of a category axis.
  var categories: [String] = []
  /// The distance of the first and last value from the ends, as half a column's width.
  var inset = 0.0

  /// The position of a value along the axis, 0...1 within it.
  func fraction(_ value: Double) -> Double {
    if kind == .logarithm {
      let low = Self.log10(lower)
      let range = Self.log10(upper) - low
      return range > 0 ? (Self.log10(value) - low) / range : 0.5
    }
    let range = upper - lower
    return range > 0 ? (value - lower) / range : 0.5
  }

  /// How far rounding may move a value outside the axis that ends with it, as a fraction of its length.
  static let hair = 1e-9

  /// Whether a value is between the ends of the axis.
  func contains(_ value: Double) -> Bool { (-Self.hair...1 + Self.hair).contains(fraction(value)) }

  /// Whether the axis has a length that numbers can represent.
  var isDrawable: Bool { (upper - lower).isFinite && (kind != .logarithm || lower > 0) }

  /// Round positions along the axis, at most `count` of them.
  func ticks(atMost count: Int) -> [Tick] {
    let count = max(count, 2)
    switch kind {
    case .number: return Ticks.numbers(lower, upper, count)
    case .percent: return Ticks.numbers(lower, upper, count).map { Tick(value: $0.value, label: $0.label + " %") }
    case .logarithm: return Ticks.powers(lower, upper, count)
    case .time: return Ticks.times(lower, upper, count)
    case .duration: return Ticks.durations(lower, upper, count)
    case .category:
      let every = max(1, (categories.count + count - 1) / count)
      return stride(from: 0, to: categories.count, by: every).map { Tick(value: Double($0), label: categories[$0]) }
    }
  }

  /// The axis with its ends at round values, so that the last tick ends it.
  func rounded(toTicks count: Int) -> ChartAxis {
    var result = self
    switch kind {
    case .number, .percent:
      let step = Ticks.roundStep((upper - lower) / Double(max(count, 1)))
      result.lower = (lower / step).rounded(.down) * step
      result.upper = (upper / step).rounded(.up) * step
      if result.upper <= result.lower { result.upper = result.lower + step }
    case .duration:
      let step = Ticks.durationStep((upper - lower) / Double(max(count, 1)))
      result.lower = (lower / step).rounded(.down) * step
      result.upper = (upper / step).rounded(.up) * step
      if result.upper <= result.lower { result.upper = result.lower + step }
    case .logarithm:
      result.lower = Self.power(Self.log10(lower).rounded(.down))
      result.upper = Self.power(max(Self.log10(upper).rounded(.up), Self.log10(result.lower) + 1))
    case .time, .category: break
    }
    return result
  }

  /// The full value of a point on this axis, for labels and tables.
  func text(_ value: Double) -> String {
    switch kind {
    case .number, .logarithm: return ChartNumber.text(value)
    case .percent: return ChartNumber.text(value) + " %"
    case .time: return ChartNumber.time(value)
    case .duration: return ChartNumber.duration(value)
    case .category:
      let index = Int(exactly: value.rounded()) ?? -1
      return categories.indices.contains(index) ? categories[index] : ""
    }
  }

  /// The ends of the axis in words.
  var span: String { "\(text(lower)) to \(text(upper))" }

  /// The day, month or year that the labels of a time axis omit; empty for other axes.
  var context: String {
    guard kind == .time else { return "" }
    let first = DateTime.civil(ChartNumber.ticks(lower + inset))
    let last = DateTime.civil(ChartNumber.ticks(upper - inset))
    let start = ChartNumber.date(first, hasYear: true)
    if (first.year, first.month, first.day) == (last.year, last.month, last.day) { return start + " (UTC)" }
    return "\(start) to \(ChartNumber.date(last, hasYear: true)) (UTC)"
  }

  static func log10(_ value: Double) -> Double { value > 0 ? Logarithm.base10(value) : -300 }

  static func power(_ exponent: Double) -> Double { Logarithm.power10(exponent) }
}
