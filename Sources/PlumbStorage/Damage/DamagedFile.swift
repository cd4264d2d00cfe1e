import PlumbDiagnostics

/// Messages about a damaged file.
enum DamagedFile {
  static let code = "damaged-file"

  static func diagnostic(_ part: String, _ name: String) -> Diagnostic {
    Diagnostic(code, "`\(name)` is damaged: \(part)", help: "`--salvage` loads the undamaged parts")
  }

  static func refusal(_ name: String) -> Diagnostic {
    Diagnostic(
      code, "`\(name)` is damaged; Plumb will not write to it",
      help: "`plumb export \(name) --to FOLDER --salvage` exports the undamaged parts, and `plumb import FOLDER --into "
        + "NEW.plumb` imports them into a new file")
  }
}
