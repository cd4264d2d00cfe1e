import Glibc
import PlumbDiagnostics

/// Finds files: those of a folder and the folders in it, and those that a pattern names.
package enum TelemetryFiles {
  private static let depthLimit = 24
  private static let countLimit = 200_000
  private static let endings = [".json", ".jsonl", ".ndjson", ".log"]

  package static func isFolder(_ path: String) -> Bool { kind(of: path) == S_IFDIR }

  /// Whether what is at a path can be read once only, from its beginning.
  package static func isPipe(_ path: String) -> Bool { kind(of: path) == S_IFIFO }

  private static func kind(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The folders in a folder in alphabetical order, hidden ones left out.
  package static func folders(in folder: String) -> [String] {
    let names = names(in: folder).filter { !$0.hasPrefix(".") }
    return names.sorted().map { folder.hasSuffix("/") ? folder + $0 : folder + "/" + $0 }.filter(isFolder)
  }

  /// Whether a name could be that of telemetry; what is in the file decides.
  static func isCandidate(_ name: String) -> Bool {
    let plain = (name.hasSuffix(".gz") ? String(name.dropLast(3)) : name).lowercased()
    return endings.contains { plain.hasSuffix($0) }
  }

  /// Whether a file is called as dbt calls what it writes.
  static func isArtifact(_ path: String) -> Bool {
    let name = lastPart(of: path)
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    return ["run_results.json", "manifest.json", "sources.json"].contains(plain)
  }

  /// All candidates below a folder, in alphabetical order. Hidden files and linked folders are left out.
  static func candidates(in folder: String) throws -> [String] {
    var found: [String] = []
    var folders = [(path: folder, depth: 0)]
    while let (path, depth) = folders.popLast() {
      for name in names(in: path) where !name.hasPrefix(".") {
        let place = path.hasSuffix("/") ? path + name : path + "/" + name
        var status = stat()
        guard lstat(place, &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          if depth < depthLimit { folders.append((place, depth + 1)) }
        } else if isCandidate(name), !isFolder(place) {
          found.append(place)
          if found.count > countLimit {
            throw Diagnostic("too-many-files", "`\(folder)` holds more than \(countLimit) files", help: "name a folder in it")
          }
        }
      }
    }
    return found.sorted()
  }

  /// The names in a folder, none when it cannot be read.
  static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      names.append(name)
    }
    return names
  }

  /// The paths that a pattern with `*`, `?` or `[` stands for; the path itself when it is no pattern or a file.
  package static func expanding(_ pattern: String) throws -> [String] {
    guard access(pattern, F_OK) != 0, pattern.contains(where: { "*?[".contains($0) }) else { return [pattern] }
    var matches = glob_t()
    defer { globfree(&matches) }
    guard glob(pattern, 0, nil, &matches) == 0, let paths = matches.gl_pathv else {
      throw Diagnostic("no-such-file", "no file fits `\(pattern)`")
    }
    return (0..<Int(matches.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
  }
}
