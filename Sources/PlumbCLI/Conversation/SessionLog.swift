import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbKit

/// The file of `.log`: each query when it has run, with its rows, time and error as a comment, so that the file can be run.
final class SessionLog {
  let path: String
  private let descriptor: Int32

  /// - Throws: a diagnostic if the file cannot be opened.
  init(path: String) throws {
    self.path = path
    descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    if descriptor < 0 {
      throw Diagnostic("write-failed", "cannot write to `\(VisibleText.string(path))`: \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  func add(_ entry: QueryLog.Entry) {
    let rows = entry.rows.map { "\($0) row\($0 == 1 ? "" : "s")" } ?? "failed"
    let error = entry.error.isEmpty ? "" : ": " + entry.error.split(whereSeparator: \.isNewline).joined(separator: " ")
    Console.write("// \(rows) in \(Machine.durationText(milliseconds: entry.milliseconds))\(error)\n\(entry.query)\n\n", to: descriptor)
  }
}
