import PlumbDiagnostics
import PlumbPresentation
import PlumbTelemetry

/// All forms in which results are written.
package enum Formats {
  /// In the order of the help.
  package static let all: [ResultFormat] = [.auto] + ResultFormat.general + ResultFormat.lineage

  package static var names: [String] { all.map(\.name) }

  package static func named(_ name: String) -> ResultFormat? { all.first { $0.name == name } }

  /// The diagnostic for an unknown format.
  package static func unknown(_ name: String) -> Diagnostic {
    Diagnostic(
      "unknown-format", "unknown format `\(VisibleText.string(name))`",
      help: Suggestion.nearest(to: name, in: names) ?? "the formats are \(names.joined(separator: ", "))")
  }

  /// The format that a file's extension selects.
  package static func ofFile(named name: String) -> ResultFormat? {
    guard let dot = name.lastIndex(of: ".") else { return nil }
    let ending = name[name.index(after: dot)...].lowercased()
    return all.first { $0.endings.contains(ending) }
  }

  /// Endings of files that are read as text whatever is in them.
  private static let plainEndings: Set<String> = ["txt", "text", "log", "out", "tmp", "dat", "result", "new"]

  /// - Throws: `unknown-ending` for the name of a file whose ending promises what no format writes.
  package static func checkEnding(of name: String) throws {
    guard let file = name.split(separator: "/").last, let dot = file.lastIndex(of: "."), dot != file.startIndex else { return }
    let ending = file[file.index(after: dot)...].lowercased()
    if ending.isEmpty || plainEndings.contains(ending) || ofFile(named: name) != nil { return }
    let first = all.first { format in format.endings.contains { ending.hasPrefix($0 + " ") } }
    throw Diagnostic(
      "unknown-ending", "Plumb does not write files that end in `.\(VisibleText.string(String(ending.prefix(40))))`",
      help: first == nil
        ? "choose a format (`--format`, or `.mode` in the shell), or one of the endings .\(all.compactMap(\.endings.first).sorted().joined(separator: ", ."))"
        : "the name of one file is expected")
  }
}

extension ResultFormat {
  /// The default for people at a terminal, with telemetry drawn as trees and cards.
  package static let auto = ResultFormat.automatic(presenters: Presenter.telemetry)
}

extension Presenter {
  /// Those that draw lineage, risks, causes and the overview.
  package static let ofTelemetry: [Presenter] = telemetry
}
