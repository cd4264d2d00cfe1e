import Glibc
import PlumbKit

extension Paths {
  /// The user's home folder.
  static var home: String? { getenv("HOME").map { String(cString: $0) } }

  /// The path typed after a command: without quotes, and with a leading `~` replaced by the home folder.
  static func typed(_ text: String) -> String { expandingHome(unquoted(text)) }

  /// The path with a leading `~` replaced by the home folder.
  static func expandingHome(_ path: String) -> String { expandingHome(path, home) }
}
