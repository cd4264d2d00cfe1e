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

  private static let depthLimit = 24
  private static let countLimit = 200_000

  /// The files below a folder that are tables or SQLite databases, and the folders that are tables, in alphabetical order:
  /// first those of the folder itself. Names that begin with a full stop or, as Spark's own files, with `_` are left out, and
  /// so are linked folders.
  package static func tables(below folder: String, depth: Int = 0) throws -> [String] {
    var (files, folders) = ([String](), [String]())
    for name in names(in: folder) where !name.hasPrefix(".") && !name.hasPrefix("_") {
      let place = path(folder, name)
      if FileFormat.isTableFolder(place) {
        files.append(place)
      } else if isFolder(place) {
        if !isLink(place) { folders.append(place) }
      } else if FileFormat.isTable(named: name) || isDatabase(named: name) && FileInput.isSQLite(place) {
        files.append(place)
      }
    }
    files.sort()
    if depth < depthLimit {
      for inner in folders.sorted() {
        files += try tables(below: inner, depth: depth + 1)
        if files.count > countLimit {
          throw Diagnostic("too-many-files", "`\(folder)` contains more than \(countLimit) files", help: "name a folder inside it")
        }
      }
    }
    return files
  }

  /// A folder and those below it, without hidden and linked ones.
  private static func folders(below folder: String, depth: Int = 0) -> [String] {
    guard depth < depthLimit else { return [folder] }
    let inner = names(in: folder).filter { !$0.hasPrefix(".") }.map { path(folder, $0) }.filter { isFolder($0) && !isLink($0) }
    return [folder] + inner.sorted().flatMap { folders(below: $0, depth: depth + 1) }
  }

  /// All files below a folder, in any order, without hidden ones and those in linked folders.
  package static func files(below folder: String) -> [String] {
    folders(below: folder).flatMap { folder in
      names(in: folder).filter { !$0.hasPrefix(".") }.map { path(folder, $0) }.filter { !isFolder($0) }
    }
  }

  private static func isDatabase(named file: String) -> Bool {
    [".db", ".sqlite", ".sqlite3"].contains { file.lowercased().hasSuffix($0) }
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// The paths that match a pattern with `*`, `?` or `[`; the path itself if it is not a pattern or is a file. `**` means folders at
  /// any depth.
  package static func expanding(_ pattern: String) throws -> [String] {
    guard access(pattern, F_OK) != 0, pattern.contains(where: { "*?[".contains($0) }) else { return [pattern] }
    let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
    if let place = parts.firstIndex(of: "**"), place + 1 < parts.count {
      let start = parts[..<place].joined(separator: "/")
      let rest = parts[(place + 1)...].joined(separator: "/")
      let roots = place == 0 ? ["."] : start.isEmpty ? ["/"] : try expanding(start)
      let found = roots.flatMap { folders(below: $0) }.flatMap { (try? expanding(path($0, rest))) ?? [] }.filter { access($0, F_OK) == 0 }
      guard !found.isEmpty else { throw Diagnostic("no-such-file", "no file matches `\(pattern)`") }
      return Set(found.map { place == 0 ? String($0.dropFirst(2)) : $0 }).sorted()
    }
    var matches = glob_t()
    defer { globfree(&matches) }
    guard glob(pattern, 0, nil, &matches) == 0, let paths = matches.gl_pathv else {
      throw Diagnostic("no-such-file", "no file matches `\(pattern)`")
    }
    return (0..<Int(matches.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
  }
}
