import Glibc
import PlumbDatabase

extension Workspace {
  /// Opens a workspace for these texts. A missing file is not created for texts that only read, such as
  /// those of a user who mistyped its name: they find no tables in it, which is reported.
  package convenience init(
    _ source: Source, _ options: WorkspaceOptions, for texts: [String], _ work: Work
  ) throws {
    guard case .file(let path) = source, access(path, F_OK) != 0, !texts.contains(where: Self.mayChange) else {
      try self.init(source, options, work)
      return
    }
    work.note("`\(path)` does not exist yet; the first command that writes to it (`.set`, `plumb import`) creates it")
    try self.init(.empty, options, work)
  }

  /// Whether a text may contain a command: a dot at the beginning of a line or a statement.
  private static func mayChange(_ text: String) -> Bool {
    var isAtStart = true
    for byte in text.utf8 {
      switch byte {
      case .fullStop where isAtStart: return true
      case .newline, .carriageReturn, .semicolon: isAtStart = true
      case .space, .tab: break
      default: isAtStart = byte >= 0x80 && isAtStart
      }
    }
    return false
  }
}
