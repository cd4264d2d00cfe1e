import PlumbEngine
import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbPresentation
import PlumbProcess

/// Writes to the terminal, using a pager for output longer than the screen.
final class PagedOutput {
  private let terminal = ByteSink.file(STDOUT_FILENO, name: "the terminal")
  private var held: [UInt8] = []
  private var lines = 0
  private var pager: ChildProcess?
  private var toPager: ByteSink?
  private var isDirect: Bool
  private let stop: StopFlag

  /// Whether lines of any length are shown in the pager, however few they are.
  private let isWide: Bool

  /// What the pager says about the text, and the number of its first lines that stay in view.
  private let title: String
  private let headerLines: Int

  init(usesPager: Bool, stop: StopFlag, isWide: Bool = false, title: String = "", headerLines: Int = 0) {
    self.isWide = isWide
    self.title = title
    self.headerLines = headerLines
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
    for folder in ["/usr/bin", "/bin", "/usr/local/bin"] where access(folder + "/less", X_OK) == 0 { return less }
    return nil
  }()

  private static let less = "less"

  /// The command, with what is shown in words where it is `less`: its prompt would be a colon.
  private var fullCommand: String? {
    guard let command = Self.command, command == Self.less else { return Self.command }
    let title = title.isEmpty ? "" : title.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "," } + " - "
    // The prompt stays within 80 columns, since `less` would drop its beginning.
    let keys = title.utf8.count > 12 ? "Space on, arrows, / searches, q leaves" : "Space goes on, b back, arrows sideways, / searches, q leaves"
    let header = headerLines > 0 && Self.lessHasHeaders ? " --header=\(headerLines)" : ""
    return "less -\(isWide ? "" : "F")RSX\(header) '-Ps\(title)\(keys)?e (end).'"
  }

  /// Whether `less` can keep the lines of the header, as it can since version 608.
  private static let lessHasHeaders: Bool = {
    guard let pipe = popen("less --version 2>/dev/null", "r") else { return false }
    defer { pclose(pipe) }
    var line = [CChar](repeating: 0, count: 64)
    guard fgets(&line, 64, pipe) != nil else { return false }
    let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
    return words.count > 1 && (Int(words[1].prefix { $0.isNumber }) ?? 0) >= 608
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
    guard lines >= (Console.rows ?? 24) - 1 || isWide, let command = fullCommand else { return }
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
