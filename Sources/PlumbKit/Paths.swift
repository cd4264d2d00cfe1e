import Glibc

/// Paths of files as people write them.
package enum Paths {
  /// A path without the quotes around it.
  package static func unquoted(_ path: String) -> String {
    guard let first = path.first, first == "\"" || first == "'", path.count > 1, path.last == first else { return path }
    return String(path.dropFirst().dropLast())
  }

  /// Whether both paths refer to the same file.
  package static func areSameFile(_ one: String, _ other: String) -> Bool {
    var first = stat(), second = stat()
    guard stat(one, &first) == 0, stat(other, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// The path with a leading `~` replaced by `home`.
  package static func expandingHome(_ path: String, _ home: String?) -> String {
    guard path == "~" || path.hasPrefix("~/"), let home else { return path }
    return home + path.dropFirst()
  }
}
