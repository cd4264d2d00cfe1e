import PlumbEngine

/// The colours of words that say how well something is: red for failures, yellow for warnings, green for success.
enum StatusInk {
  private static let columns: Set<String> = [
    "status", "severity", "level", "state", "outcome", "health", "result", "last_status", "verdict",
  ]

  /// Whether a column of this name holds such words.
  static func isStatus(_ name: String) -> Bool { columns.contains(name.lowercased()) }

  /// The ANSI code before the word; nil for words without a colour.
  static func code(_ text: Bytes) -> String? {
    guard text.count <= 12 else { return nil }
    switch String(text).lowercased() {
    case "failed", "failure", "error", "critical", "fatal", "high", "down", "breached": return "\u{1B}[31m"
    case "warning", "warn", "stale", "medium", "skipped", "cancelled", "degraded", "late", "slow": return "\u{1B}[33m"
    case "succeeded", "success", "ok", "healthy", "passed", "low", "up": return "\u{1B}[32m"
    case "running", "info", "queued", "pending": return "\u{1B}[36m"
    default: return nil
    }
  }
}

extension Vector {
  /// Appends the cell for people, but no more of a long one than `columns` of a terminal need to show that it is cut.
  func printBoundedText(at row: Int, atMost columns: Int, to out: inout ByteBuffer) {
    guard columns < 1 << 20 else { return printShortText(at: row, to: &out) }
    // A character that takes a column has at most four bytes, and marks that combine with it a few more.
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
