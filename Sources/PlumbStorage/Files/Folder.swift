import Glibc
import PlumbDiagnostics

/// What exists at a path, and in a folder.
package enum Folder {
  package static func isFolder(_ path: String) -> Bool { kind(of: path) == S_IFDIR }

  /// Whether a path can be read only once, from its beginning.
  package static func isPipe(_ path: String) -> Bool { kind(of: path) == S_IFIFO }

  private static func kind(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The names in a folder, in any order, including hidden ones; empty if it cannot be read.
  package static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// The path of an entry in a folder.
  package static func path(_ folder: String, _ name: String) -> String { folder.hasSuffix("/") ? folder + name : folder + "/" + name }

  /// The folders in a folder in alphabetical order, without hidden ones.
  package static func folders(in folder: String) -> [String] {
    names(in: folder).filter { !$0.hasPrefix(".") }.sorted().map { path(folder, $0) }.filter(isFolder)
  }

  /// The files of a folder that are tables, and the folders in it that are, in alphabetical order.
  package static func tables(in folder: String) -> [String] {
    names(in: folder).filter {
      !$0.hasPrefix(".") && (FileFormat.isTable(named: $0) || FileFormat.isTableFolder(path(folder, $0)))
    }.sorted().map { path(folder, $0) }
  }

  /// The paths that match a pattern with `*`, `?` or `[`; the path itself if it is not a pattern or is a file.
  package static func expanding(_ pattern: String) throws -> [String] {
    guard access(pattern, F_OK) != 0, pattern.contains(where: { "*?[".contains($0) }) else { return [pattern] }
    var matches = glob_t()
    defer { globfree(&matches) }
    guard glob(pattern, 0, nil, &matches) == 0, let paths = matches.gl_pathv else {
      throw Diagnostic("no-such-file", "no file matches `\(pattern)`")
    }
    return (0..<Int(matches.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
  }
}
