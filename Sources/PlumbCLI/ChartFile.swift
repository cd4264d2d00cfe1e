import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// The picture requested by `render ... with (file = "x.svg")`.
enum ChartFile {
  /// Writes the file, if the answer requests one, and returns its path.
  ///
  /// - Parameter origin: what names the file, and thus what it may replace.
  /// - Throws: a diagnostic about the file's name or the writing.
  @discardableResult
  static func write(_ answer: Answer, isSafe: Bool, namedBy origin: Destination.Origin) throws -> String? {
    guard let path = answer.visualization?.properties["file"] else { return nil }
    guard let format = Formats.ofFile(named: path), format == .svg || format == .page else {
      throw Diagnostic(
        "unknown-format", "a chart can be written as .svg or .html, not as `\(path)`",
        help: "write `with (file = \"chart.svg\")`")
    }
    if isSafe { throw Safety.refusal("cannot write files such as `\(path)`") }
    let destination = try Destination(path: Paths.expandingHome(path), namedBy: origin)
    do {
      let writer = format.writer(to: destination.sink)
      _ = try writer.write(answer)
      try writer.finish()
      try destination.commit()
    } catch {
      destination.discard()
      throw error
    }
    return path
  }
}
