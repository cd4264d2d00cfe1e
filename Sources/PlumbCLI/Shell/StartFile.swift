import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbKit
import PlumbPresentation

/// The user's own beginning of every session: a file of dot commands, which can warn but never stops the start.
enum StartFile {
  /// `$PLUMB_RC`, `plumb/rc` in `$XDG_CONFIG_HOME` or `~/.config`, or `~/.plumbrc`; the first that exists.
  private static var path: String? {
    var places: [String] = []
    if let named = Environment.variable("PLUMB_RC") { places.append(named) }
    if let config = Environment.variable("XDG_CONFIG_HOME") { places.append(config + "/plumb/rc") }
    if let home = Environment.variable("HOME") { places += [home + "/.config/plumb/rc", home + "/.plumbrc"] }
    return places.first { access($0, F_OK) == 0 }
  }

  static func run(in shell: Shell) {
    guard let path else { return }
    let text: String
    do {
      text = try QueryText.file(path)
    } catch {
      return warn("\(path): \(Failure.diagnostics(in: error).first?.message ?? "cannot be read")")
    }
    for (i, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.trimmed
      if line.isEmpty || line.hasPrefix("//") || line.hasPrefix("#") { continue }
      guard line.hasPrefix("."), !line.hasPrefix(".quit"), !line.hasPrefix(".exit") else {
        warn("\(path):\(i + 1): only dot commands stand in this file, not `\(VisibleText.string(String(line.prefix(40))))`")
        continue
      }
      do {
        try DotCommand.perform(String(line), in: shell)
      } catch {
        warn("\(path):\(i + 1): \(Failure.diagnostics(in: error).first?.message ?? "failed")")
      }
    }
  }

  private static func warn(_ text: String) { Console.say("warning: \(text)") }
}
