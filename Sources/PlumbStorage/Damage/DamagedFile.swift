import PlumbDiagnostics

/// Messages about a file that is not as it was written.
enum DamagedFile {
  static let code = "damaged-file"

  static func diagnostic(_ part: String, _ name: String) -> Diagnostic {
    Diagnostic(code, "`\(name)` is damaged: \(part)", help: "`--salvage` loads what is sound of it")
  }

  static func refusal(_ name: String) -> Diagnostic {
    Diagnostic(
      code, "`\(name)` is damaged and is not written to",
      help: "`plumb export \(name) --to FOLDER --salvage` writes out what is sound, and `plumb import FOLDER --into "
        + "NEW.plumb` makes a file of it")
  }
}
