import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbProcess

/// The destination of results other than the terminal: a file, or a program after `|`.
///
/// The first result replaces the file's contents; later ones are appended.
final class OutputTarget {
  let text: String
  private let origin: Destination.Origin
  private var isBegun = false

  /// - Parameter isFormatChosen: whether the format does not depend on the file's ending.
  /// - Throws: a diagnostic if the file cannot be created, or its ending is that of no format.
  init(text: String, isFormatChosen: Bool, namedBy origin: Destination.Origin) throws {
    self.text = text
    self.origin = origin
    if text.hasPrefix("|") { return }
    let path = Paths.typed(text)
    if !isFormatChosen { try Formats.checkEnding(of: path) }
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard access(folder, W_OK) == 0 || access(path, W_OK) == 0 else {
      throw Diagnostic("write-failed", "cannot write to `\(VisibleText.string(path))`: \(String(cString: strerror(errno)))")
    }
  }

  /// Writes answers in this format; if nil, the file's name determines it.
  func write(_ answers: [Answer], format: ResultFormat?) throws {
    if text.hasPrefix("|") {
      let child = try ChildProcess(String(text.dropFirst()), hasInput: true)
      defer {
        child.finish()
        Console.freshLine()
      }
      let sink = ByteSink.file(child.input, name: "`\(text)`")
      do {
        try Self.write(answers, to: sink, as: format ?? .csv)
      } catch is ByteSink.Closed {
        // The program has closed its input.
      }
      return
    }
    let path = Paths.typed(text)
    let format = format ?? Formats.ofFile(named: path) ?? .csv
    guard !(isBegun && format.isBinary) else {
      throw Diagnostic(
        "several-answers", "`\(VisibleText.string(path))` holds one result, which it has already",
        help: "`.once FILE` writes the next result to another file")
    }
    let destination = try Destination(path: path, appends: isBegun, namedBy: origin)
    do {
      if isBegun { destination.sink.buffer.append(UInt8(ascii: "\n")) }
      try Self.write(answers, to: destination.sink, as: format)
      try destination.commit()
      // Who writes to a device, such as `/dev/stdout`, wants nothing else there.
      let isDevice = destination.isInPlace && !isBegun
      isBegun = true
      if !isDevice { Console.say(Self.sentence(rows: answers.reduce(0) { $0 + $1.rowCount }, in: path)) }
    } catch {
      destination.discard()
      throw error
    }
  }

  /// How much was written where.
  static func sentence(rows: Int, in path: String) -> String {
    "\(NumberText.grouped(rows)) row\(rows == 1 ? "" : "s") written to \(VisibleText.string(path))"
  }

  private static func write(_ answers: [Answer], to sink: ByteSink, as format: ResultFormat) throws {
    var options = FormatOptions()
    options.threads = Machine.processors
    let writer = format.writer(to: sink, options: options)
    for answer in answers {
      for note in try writer.write(answer).notes { Console.say("note: \(note)") }
    }
    try writer.finish()
  }
}
