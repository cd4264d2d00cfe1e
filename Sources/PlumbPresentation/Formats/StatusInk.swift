import PlumbDiagnostics
import PlumbEngine

/// The colours of words that describe a status: red for failures, yellow for warnings, green for success.
enum StatusInk {
  private static let columns: Set<String> = [
    "status", "severity", "level", "state", "outcome", "health", "result", "last_status", "verdict",
  ]

  /// Whether a column of this name contains such words.
  static func isStatus(_ name: String) -> Bool { columns.contains(name.lowercased()) }

  private enum Mood {
    case bad, doubtful, good, going
  }

  private static func mood(_ word: String) -> Mood? {
    switch word.lowercased() {
    case "failed", "failure", "error", "critical", "fatal", "high", "down", "breached": .bad
    case "warning", "warn", "stale", "medium", "skipped", "cancelled", "degraded", "late", "slow": .doubtful
    case "succeeded", "success", "ok", "healthy", "passed", "low", "up": .good
    case "running", "info", "queued", "pending": .going
    default: nil
    }
  }

  /// The ink of the word; plain for words without a colour.
  static func ink(_ text: Bytes) -> Palette.Ink {
    guard text.count <= 12 else { return .plain }
    switch mood(String(text)) {
    case .bad: return .bad
    case .doubtful: return .doubtful
    case .good: return .good
    case .going: return .going
    case nil: return .plain
    }
  }

  /// The styles of the series of a chart, at most as many as there are styles: a status has the hue that suits its word
  /// in every chart, and the others take those that are left, in their order.
  static func styles(of names: [String]) -> [Int] {
    var free = Array(0..<ChartLimits.series)
    var styles = [Int?](repeating: nil, count: names.count)
    for (i, name) in names.enumerated() {
      guard let style = series(name), let place = free.firstIndex(of: style) else { continue }
      styles[i] = style
      free.remove(at: place)
    }
    return styles.indices.map { i in
      if let style = styles[i] { return style }
      return free.isEmpty ? i % ChartLimits.series : free.removeFirst()
    }
  }

  /// The series of a chart whose hue suits the word: red, gold, green, blue.
  static func series(_ word: String) -> Int? {
    switch mood(word) {
    case .bad: 1
    case .doubtful: 4
    case .good: 2
    case .going: 0
    case nil: nil
    }
  }
}

extension Vector {
  /// Appends the cell for people, but no more of a long one than a terminal of `columns` needs to show that it is cut.
  func printBoundedText(at row: Int, atMost columns: Int, to out: inout ByteBuffer) {
    guard columns < 1 << 20 else { return printShortText(at: row, to: &out) }
    // A character of one column has at most four bytes, and marks that combine with it a few more.
    let most = columns * 24 + 64
    if type == .string {
      out.append(cellBytes(at: row).part(from: 0, to: most))
    } else {
      let start = out.count
      printShortText(at: row, to: &out)
      out.truncate(to: start + most)
    }
  }
}
