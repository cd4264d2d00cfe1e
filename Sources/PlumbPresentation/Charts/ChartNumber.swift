import PlumbEngine

/// Numbers, times and durations as short texts for charts.
package enum ChartNumber {
  static let monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// A value of a datetime axis as ticks, inside the range of `datetime`.
  package static func ticks(_ value: Double) -> Int64 {
    guard value.isFinite, value > 0 else { return 0 }
    return value >= Double(DateTime.max) ? DateTime.max : Int64(value)
  }

  /// With `places` digits after the point; the sign of zero is dropped.
  package static func fixed(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 9e15 else { return NumberText.text(value) }
    var unit: Int64 = 1
    for _ in 0..<max(0, min(places, 9)) { unit *= 10 }
    let product = abs(value) * Double(unit)
    guard product < 9e18 else { return NumberText.text(value) }
    let scaled = Int64(product.rounded())
    let sign = value < 0 && scaled != 0 ? "-" : ""
    guard places > 0 else { return sign + String(scaled) }
    let digits = String(scaled % unit)
    return sign + "\(scaled / unit)." + String(repeating: "0", count: max(0, min(places, 9) - digits.count)) + digits
  }

  /// A label of an axis whose ticks are `step` apart, in the unit of the `largest`: `0.25`, `40`, `1.5M`.
  package static func text(_ value: Double, step: Double, largest: Double = 0) -> String {
    let magnitude = max(abs(value), step, largest)
    if value == 0 { return "0" }
    if step > 0, magnitude < 1e-4 || magnitude >= 1e15 { return NumberText.text(value) }
    let (unit, name) = scale(magnitude)
    let stepInUnits = step / unit
    var places = 0
    var rest = stepInUnits
    while places < 6, abs(rest - rest.rounded()) > 1e-6 * max(1, abs(rest)) {
      rest *= 10
      places += 1
    }
    return fixed(value / unit, places) + name
  }

  /// About four digits: `1,234`, `12.35`, `3.46M`.
  package static func text(_ value: Double) -> String {
    guard value.isFinite else { return NumberText.text(value) }
    let magnitude = abs(value)
    if magnitude == 0 { return "0" }
    if magnitude >= 1e15 || magnitude < 1e-4 { return NumberText.text(value) }
    if magnitude >= 1e6 {
      let (unit, name) = scale(magnitude)
      return trimmed(fixed(value / unit, 2)) + name
    }
    if magnitude >= 1000 { return grouped(value.rounded()) }
    return trimmed(fixed(value, magnitude >= 100 ? 1 : magnitude >= 1 ? 2 : 4))
  }

  private static func scale(_ magnitude: Double) -> (Double, String) {
    switch magnitude {
    case 1e12...: (1e12, "T")
    case 1e9...: (1e9, "G")
    case 1e6...: (1e6, "M")
    case 1e4...: (1e3, "k")
    default: (1, "")
    }
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// A whole number with commas between thousands.
  package static func grouped(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 9e15 else { return NumberText.text(value) }
    return NumberText.grouped(Int(value.rounded()))
  }

  // MARK: Time

  package static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

  /// `Mar 6`, or `Mar 6, 2025`.
  package static func date(_ civil: DateTime.Civil, hasYear: Bool) -> String {
    let name = monthNames.indices.contains(civil.month - 1) ? monthNames[civil.month - 1] : ""
    return "\(name) \(civil.day)" + (hasYear ? ", \(civil.year)" : "")
  }

  /// `14:05`, with seconds if ticks are closer than a minute.
  package static func clock(_ value: Double, step: Double) -> String {
    let civil = DateTime.civil(ticks(value))
    let text = "\(two(civil.hour)):\(two(civil.minute))"
    return step < Double(TimeSpan.minute) ? text + ":\(two(civil.second))" : text
  }

  package static func clock(_ value: Double, hasFraction: Bool) -> String {
    let civil = DateTime.civil(ticks(value))
    let text = "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second))"
    return hasFraction ? text + trimmed(String(fixed(Double(civil.fraction) / 1e7, 6).dropFirst())) : text
  }

  /// A moment in full, shortened if it is round: `2025-03-06 14:05`.
  package static func time(_ value: Double) -> String {
    let civil = DateTime.civil(ticks(value))
    let date = "\(civil.year)-\(two(civil.month))-\(two(civil.day))"
    if civil.hour == 0, civil.minute == 0, civil.second == 0, civil.fraction == 0 { return date }
    let time = "\(two(civil.hour)):\(two(civil.minute))"
    if civil.second == 0, civil.fraction == 0 { return "\(date) \(time)" }
    return "\(date) \(time):\(two(civil.second))"
  }

  /// `250 ms`, `1.5 s`, `5 min`, `2 h`, `3 d`.
  package static func duration(_ value: Double) -> String {
    let magnitude = abs(value)
    if magnitude == 0 { return "0" }
    let units: [(Double, String)] = [
      (Double(TimeSpan.day), "d"), (Double(TimeSpan.hour), "h"), (Double(TimeSpan.minute), "min"),
      (Double(TimeSpan.second), "s"), (Double(TimeSpan.millisecond), "ms"),
    ]
    for (unit, name) in units where magnitude >= unit { return "\(text(value / unit)) \(name)" }
    return "\(text(value / 10)) µs"
  }
}

extension Int {
  /// The whole part of a number from data, which may be anything: 0 if it is not a number.
  init(bounded value: Double) {
    self = value.isNaN ? 0 : Int(Swift.min(Swift.max(value, -1e9), 1e9))
  }
}
