import PlumbEngine
import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbPresentation

/// Writes to the terminal, using a pager for output longer than the screen.
final class PagedOutput {
  private let terminal = ByteSink.file(STDOUT_FILENO, name: "the terminal")
  private var held: [UInt8] = []
  private var lines = 0
  private var pager: ChildProcess?
  private var toPager: ByteSink?
  private var isDirect: Bool
  private let stop: StopFlag

  init(usesPager: Bool, stop: StopFlag) {
    isDirect = !usesPager || Self.command == nil || Console.rows == nil
    self.stop = stop
  }

  /// The pager: `PLUMB_PAGER`, `PAGER`, or `less` with options that leave short texts and colours alone.
  private static let command: String? = {
    if let term = getenv("TERM"), strcmp(term, "dumb") == 0 { return nil }
    for name in ["PLUMB_PAGER", "PAGER"] {
      guard let value = getenv(name) else { continue }
      let command = String(cString: value)
      if PagedOutput.isThere(command) { return command }
      if !command.isEmpty { Console.say("note: the program `\(VisibleText.string(command))` in `\(name)` does not exist") }
      return nil
    }
    for folder in ["/usr/bin", "/bin", "/usr/local/bin"] where access(folder + "/less", X_OK) == 0 { return "less -FRSX" }
    return nil
  }()

  /// Whether the program with which a command begins can be found; other commands are left to the shell.
  private static func isThere(_ command: String) -> Bool {
    guard let word = command.split(separator: " ").first.map(String.init) else { return false }
    if word.contains(where: { "='\"$\\(;&|<>".contains($0) }) { return true }
    if word.contains("/") { return access(word, X_OK) == 0 }
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    return path.split(separator: ":").contains { access("\($0)/\(word)", X_OK) == 0 }
  }

  func write(_ bytes: Bytes) throws {
    if stop.isSet { throw Diagnostic("cancelled", "the remaining rows are not shown") }
    if let toPager {
      toPager.buffer.append(bytes)
      return try toPager.flush()
    }
    if isDirect {
      terminal.buffer.append(bytes)
      return try terminal.flush()
    }
    held += bytes
    for byte in bytes where byte == .newline { lines += 1 }
    guard lines >= (Console.rows ?? 24) - 1, let command = Self.command else { return }
    guard let child = try? ChildProcess(command, hasInput: true) else {
      isDirect = true
      return try release(to: terminal)
    }
    pager = child
    let sink = ByteSink.file(child.input, name: "the pager")
    toPager = sink
    try release(to: sink)
  }

  private func release(to sink: ByteSink) throws {
    sink.buffer.append(held)
    held = []
    try sink.flush()
  }

  /// Shows the buffered output, or waits until the reader leaves the pager.
  func finish() throws {
    if let pager {
      self.pager = nil
      toPager = nil
      pager.finish()
    } else {
      try release(to: terminal)
    }
  }
}
