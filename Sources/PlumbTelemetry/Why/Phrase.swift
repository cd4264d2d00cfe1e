import PlumbEngine

/// Formats numbers for sentences.
enum Phrase {
  /// Returns `2 h 5 min` from ticks.
  static func time(_ ticks: Int64) -> String {
    let seconds = Swift.max(0, ticks / 10_000_000)
    let units: [(Int64, String)] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")]
    guard let first = units.firstIndex(where: { seconds >= $0.0 }) else { return "less than 1 s" }
    var text = "\(seconds / units[first].0) \(units[first].1)"
    let rest = seconds % units[first].0
    // Two units are enough, and only if there are fewer than ten of the first.
    if first + 1 < units.count, seconds / units[first].0 < 10, rest / units[first + 1].0 > 0 {
      text += " \(rest / units[first + 1].0) \(units[first + 1].1)"
    }
    return text
  }

  static func time(seconds: Double) -> String {
    seconds < 10 ? "\(number(seconds)) s" : time(Int64(Swift.min(seconds, 9e11)) &* 10_000_000)
  }

  /// Returns a share of 1 as a percentage.
  static func percent(_ share: Double) -> String { "\(number(share * 100)) %" }

  /// Returns a whole number from ten on, otherwise one decimal place.
  static func number(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 9e15 else { return "very many" }
    if abs(value) >= 10 || value == value.rounded() { return "\(Int64(value.rounded()))" }
    let tenths = Int64((value * 10).rounded())
    if tenths % 10 == 0 { return "\(tenths / 10)" }
    return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }
}
