import ArgumentParser
import Glibc

/// Which arguments name workspace files.
enum WorkspacePath {
  static let ending = ".plumb"

  /// A name that ends in `.plumb`, or an existing file.
  static func isWorkspace(_ path: String) -> Bool { path.hasSuffix(ending) || access(path, F_OK) == 0 }

  /// - Throws: a usage error for a text that is neither.
  static func check(_ path: String, else advice: String) throws {
    guard isWorkspace(path) else { throw ValidationError("unexpected '\(path)'; \(advice)") }
  }
}
