import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import ReadlineShim

/// A line on a terminal that shows the progress of long work; off a terminal nothing is written.
final class ProgressBar: @unchecked Sendable {
  private let what: String
  private let unit: String
  private let start = Machine.milliseconds
  private var drawnAt = 0.0
  private var hasDrawn = false
  /// Whether a terminal is available to draw on.
  static let isShown = isatty(STDERR_FILENO) != 0

  /// - Parameters:
  ///   - what: the current work, such as `simulating`.
  ///   - unit: the unit of the count, such as `runs`.
  init(_ what: String, unit: String) {
    self.what = what
    self.unit = unit
  }

  /// Draws at most ten times a second.
  func show(share: Double, count: Int) {
    let now = Machine.milliseconds
    guard Self.isShown, now - drawnAt > 100 else { return }
    drawnAt = now
    hasDrawn = true
    let elapsed = max(now - start, 1)
    let done = min(max(share, 0), 1)
    var figures = [
      "\(Int(done * 100)) %", "\(NumberText.grouped(count)) \(unit)",
      "\(NumberText.grouped(Int(Double(count) / elapsed * 1000)))/s",
    ]
    if done > 0.02 { figures.append("\(Machine.durationText(milliseconds: elapsed / done * (1 - done))) left") }
    let columns = Int(plumb_terminal_columns(STDERR_FILENO))
    Console.replaceLine(with: Self.line(what, done, figures, columns: columns > 0 ? columns : 80))
  }

  /// As much as fits, since a wrapped line could not be erased. The least important part comes last.
  static func line(_ what: String, _ done: Double, _ figures: [String], columns: Int) -> String {
    let room = max(1, columns - 1)
    var figures = figures
    let label = VisibleText.string(what)
    func width(_ bar: Int) -> Int {
      DisplayWidth.columns(of: label) + (bar > 0 ? bar + 3 : 0) + figures.reduce(0) { $0 + $1.count + 2 }
    }
    while figures.count > 1, width(8) > room { figures.removeLast() }
    let bar = min(24, 8 + room - width(8))
    let tail = figures.map { "  " + $0 }.joined()
    guard bar >= 4 else { return String((label + tail).prefix(room)) }
    let filled = Int(done * Double(bar))
    return "\(label) [\(String(repeating: "#", count: filled))\(String(repeating: ".", count: bar - filled))]\(tail)"
  }


  /// Erases the line.
  func finish() {
    if hasDrawn { Console.replaceLine() }
    hasDrawn = false
  }
}
