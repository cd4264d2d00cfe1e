import Glibc

extension Workspace {
  /// The workspace of a file for these texts. A file that is not there is not made for texts that only read, such as
  /// those of a user who mistyped its name: they find nothing in it, which is said.
  init(_ options: DataOptions, file path: String?, for texts: [String]) throws {
    guard let path, access(path, F_OK) != 0, !texts.contains(where: Self.mayChange) else {
      try self.init(options, file: path)
      return
    }
    Console.say("note: there is no file `\(path)`, so that nothing is in it; a command such as `.set` or `plumb import` makes it")
    try self.init(options, simulates: false)
  }

  /// Whether a text may hold a command: a dot at the beginning of a line or a statement.
  private static func mayChange(_ text: String) -> Bool {
    var isAtStart = true
    for byte in text.utf8 {
      switch byte {
      case 0x2E where isAtStart: return true
      case 0x0A, 0x0D, 0x3B: isAtStart = true
      case 0x20, 0x09: break
      default: isAtStart = byte >= 0x80 && isAtStart
      }
    }
    return false
  }
}
