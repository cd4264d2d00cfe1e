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
}

extension ResultFormat {
  /// The default for people at a terminal, with telemetry drawn as trees and cards.
  package static let auto = ResultFormat.automatic(presenters: Presenter.telemetry)
}
