import Glibc
import PlumbDatabase
import ReadlineShim

/// A bar on the terminal for work longer than half a second.
final class ProgressLine {
  private static let delay = 500.0
  private var isShown = false
  private let isOnTerminal = isatty(STDERR_FILENO) != 0

  /// - Parameter done: the fraction of the rows read, 0...1; nil if unknown.
  func show(elapsed: Double, done: Double?) {
    guard isOnTerminal, elapsed >= Self.delay else { return }
    let columns = Int(plumb_terminal_columns(STDERR_FILENO))
    let room = columns > 0 ? columns : 80
    let width = min(60, room - 30)
    let tenths = Int(min(elapsed / 100, 1e9))
    let time = "\(tenths / 10).\(tenths % 10) s"
    var text: String
    // Once all rows are read, the remaining work is not counted.
    if let done, done < 1, width >= 8 {
      let full = Int(Double(width) * min(max(done, 0), 1))
      let (block, rest) = Console.isASCII ? ("#", ".") : ("█", "░")
      let percent = "\(Int(min(max(done, 0), 1) * 100)) %"
      text = String(repeating: block, count: full) + String(repeating: rest, count: width - full) + " \(percent)  \(time)"
    } else {
      text = "running, \(time)"
    }
    text += "  Ctrl-C stops"
    // A wrapped line could not be erased.
    Console.replaceLine(with: String(text.prefix(room - 1)))
    isShown = true
  }

  func clear() {
    if isShown { Console.replaceLine() }
    isShown = false
  }
}
