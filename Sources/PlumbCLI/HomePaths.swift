import Glibc
import PlumbKit

extension Paths {
  /// The user's home folder.
  static var home: String? { getenv("HOME").map { String(cString: $0) } }

  /// The path that was typed after a command: quotes around it go, and a leading `~` is the home folder.
  static func typed(_ text: String) -> String { expandingHome(unquoted(text)) }

  /// The path with a leading `~` replaced by the home folder.
  static func expandingHome(_ path: String) -> String { expandingHome(path, home) }
}
