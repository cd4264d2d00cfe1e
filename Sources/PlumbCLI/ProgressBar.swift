import Glibc

/// A line on a terminal that says how far a long piece of work is; off a terminal nothing is written.
final class ProgressBar: @unchecked Sendable {
  private let what: String
  private let unit: String
  private let start = Machine.milliseconds
  private var drawnAt = 0.0
  private var hasDrawn = false
  private let isShown = isatty(STDERR_FILENO) != 0

  /// - Parameters:
  ///   - what: what is being done, as `simulating`.
  ///   - unit: what is counted, as `runs`.
  init(_ what: String, unit: String) {
    self.what = what
    self.unit = unit
  }

  /// Draws at most ten times a second.
  func show(share: Double, count: Int) {
    let now = Machine.milliseconds
    guard isShown, now - drawnAt > 100 else { return }
    drawnAt = now
    hasDrawn = true
    let elapsed = max(now - start, 1)
    let done = min(max(share, 0), 1)
    let filled = Int(done * 24)
    var line = "\r\(what) [\(String(repeating: "#", count: filled))\(String(repeating: ".", count: 24 - filled))] "
    line += "\(Int(done * 100)) %  \(ProgressBar.grouped(count)) \(unit)"
    line += "  \(ProgressBar.grouped(Int(Double(count) / elapsed * 1000)))/s"
    if done > 0.02 { line += "  \(Machine.durationText(milliseconds: elapsed / done * (1 - done))) left" }
    line += "\u{1B}[K"
    write(line)
  }

  /// Says what is safe by now, off a terminal: on one the bar shows it.
  func acknowledge(_ text: String) { if !isShown { Console.say(text) } }

  /// Takes the line away.
  func finish() {
    if hasDrawn { write("\r\u{1B}[K") }
    hasDrawn = false
  }

  var milliseconds: Double { Machine.milliseconds - start }

  private func write(_ text: String) {
    var text = text
    _ = text.withUTF8 { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// `1,234,567`
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var result = ""
    for (i, digit) in digits.enumerated() {
      if i > 0 && (digits.count - i) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return number < 0 ? "-" + result : result
  }
}
