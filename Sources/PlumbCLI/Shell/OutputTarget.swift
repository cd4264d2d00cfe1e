import Glibc
import PlumbDatabase
import PlumbDiagnostics

/// Where results go instead of the terminal: a file, or a program after `|`.
struct OutputTarget {
  let text: String

  /// Writes answers in this format; nil lets the file's name choose.
  func write(_ answers: [Answer], format: ResultFormat?) throws {
    if text.hasPrefix("|") {
      let child = try ChildProcess(String(text.dropFirst()), hasInput: true)
      defer { child.finish() }
      let sink = ByteSink.file(child.input, name: "`\(text)`")
      do {
        try Self.write(answers, to: sink, as: format ?? .csv)
      } catch is ByteSink.Closed {
        // The program has enough.
      }
      return
    }
    let path = Paths.expandingHome(text)
    let destination = try Destination(path: path)
    do {
      try Self.write(answers, to: destination.sink, as: format ?? ResultFormat(fileName: path) ?? .csv)
      try destination.commit()
    } catch {
      destination.discard()
      throw error
    }
  }

  private static func write(_ answers: [Answer], to sink: ByteSink, as format: ResultFormat) throws {
    let writer = format.writer(to: sink)
    for answer in answers { _ = try writer.write(answer) }
    try writer.finish()
  }
}
