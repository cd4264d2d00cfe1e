import Glibc
import PlumbEngine

/// Round positions on an axis: 1, 2 or 5 times a power of ten, or whole units of time.
enum Ticks {
  typealias Tick = ChartAxis.Tick

  /// The smallest of 1, 2 and 5 times a power of ten that is not below `wanted`.
  static func roundStep(_ wanted: Double) -> Double {
    guard wanted.isFinite, wanted > 0 else { return 1 }
    let magnitude = Logarithm.power10(Logarithm.base10(wanted).rounded(.down))
    guard magnitude > 0, magnitude.isFinite else { return wanted }
    for factor in [1.0, 2, 5, 10] where factor * magnitude >= wanted * 0.999_999 { return factor * magnitude }
    return 10 * magnitude
  }

  static func numbers(_ lower: Double, _ upper: Double, _ count: Int) -> [Tick] {
    let step = roundStep((upper - lower) / Double(count - 1))
    let values = places(lower, upper, step, count)
    let largest = values.reduce(0) { max($0, abs($1)) }
    return values.map { Tick(value: $0, label: ChartNumber.text($0, step: step, largest: largest)) }
  }

  static func durations(_ lower: Double, _ upper: Double, _ count: Int) -> [Tick] {
    let step = durationStep((upper - lower) / Double(count - 1))
    return places(lower, upper, step, count).map { Tick(value: $0, label: ChartNumber.duration($0)) }
  }

  static func powers(_ lower: Double, _ upper: Double, _ count: Int) -> [Tick] {
    let first = Logarithm.base10(lower).rounded(.up)
    let last = Logarithm.base10(upper).rounded(.down)
    guard first.isFinite, last.isFinite, last >= first else { return [] }
    let every = max(1, ((last - first) / Double(count - 1)).rounded(.up))
    return stride(from: first, through: last, by: every).prefix(count).map {
      let value = Logarithm.power10($0)
      return Tick(value: value, label: ChartNumber.text(value))
    }
  }

  private static func places(_ lower: Double, _ upper: Double, _ step: Double, _ count: Int) -> [Double] {
    guard step > 0, step.isFinite, lower.isFinite, upper.isFinite else { return [] }
    let first = (lower / step - 1e-9).rounded(.up)
    var result: [Double] = []
    for i in 0..<(count + 1) {
      let value = (first + Double(i)) * step
      if value > upper + step * 1e-6 { break }
      result.append(value == 0 ? 0 : value)
    }
    return result
  }

  // MARK: Time

  private static let second = Double(TimeSpan.second)
  private static let minute = Double(TimeSpan.minute)
  private static let hour = Double(TimeSpan.hour)
  private static let day = Double(TimeSpan.day)

  private static let clockSteps: [Double] =
    [1, 2, 5, 10, 15, 30].map { $0 * second } + [1, 2, 5, 10, 15, 30].map { $0 * minute }
    + [1, 2, 3, 6, 12].map { $0 * hour } + [1, 2, 7].map { $0 * day }

  /// A round length of time that is not below `wanted`, in ticks.
  static func durationStep(_ wanted: Double) -> Double {
    guard wanted.isFinite, wanted > 0 else { return second }
    if wanted < second { return roundStep(wanted) }
    for step in clockSteps where step >= wanted * 0.999_999 && step != 7 * day { return step }
    return roundStep(wanted / day) * day
  }

  static func times(_ lower: Double, _ upper: Double, _ count: Int) -> [Tick] {
    let wanted = (upper - lower) / Double(count - 1)
    guard wanted.isFinite, wanted > 0 else { return [Tick(value: lower, label: ChartNumber.time(lower))] }
    if wanted < second {
      let step = max(roundStep(wanted), 1)
      return places(lower, upper, step, count).map { Tick(value: $0, label: ChartNumber.clock($0, hasFraction: true)) }
    }
    for step in clockSteps where step >= wanted * 0.999_999 { return clockTicks(lower, upper, step, count) }
    for months in [1, 2, 3, 6] where Double(months) * 30 * day >= wanted {
      return monthTicks(lower, upper, months, count)
    }
    let years = max(1, Int(bounded: min(roundStep(wanted / (365 * day)), 10_000)))
    return monthTicks(lower, upper, years * 12, count)
  }

  private static func clockTicks(_ lower: Double, _ upper: Double, _ step: Double, _ count: Int) -> [Tick] {
    // Day 0 was a Monday, so steps of a week fall on Mondays.
    places(lower, upper, step, count).map { value in
      let civil = DateTime.civil(ChartNumber.ticks(value))
      let isMidnight = civil.hour == 0 && civil.minute == 0 && civil.second == 0
      let label = isMidnight ? ChartNumber.date(civil, hasYear: false) : ChartNumber.clock(value, step: step)
      return Tick(value: value, label: label)
    }
  }

  private static func monthTicks(_ lower: Double, _ upper: Double, _ months: Int, _ count: Int) -> [Tick] {
    let first = DateTime.civil(ChartNumber.ticks(lower))
    var month = (first.year * 12 + first.month - 1) / months * months
    var result: [Tick] = []
    while result.count <= count {
      defer { month += months }
      guard let ticks = DateTime.ticks(year: month / 12, month: month % 12 + 1, day: 1) else { break }
      let value = Double(ticks)
      if value > upper { break }
      if value < lower { continue }
      let isYear = month % 12 == 0 || months >= 12
      result.append(
        Tick(value: value, label: isYear ? String(month / 12) : ChartNumber.monthNames[month % 12]))
    }
    return result
  }
}

/// Logarithms whose powers of ten come out whole.
enum Logarithm {
  static func base10(_ value: Double) -> Double {
    guard value > 0 else { return -300 }
    let result = Glibc.log10(value)
    return abs(result - result.rounded()) < 1e-12 ? result.rounded() : result
  }

  static func power10(_ exponent: Double) -> Double { Glibc.pow(10, exponent) }
}
