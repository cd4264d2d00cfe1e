import Glibc
import PlumbDiagnostics

/// Finds the files of a folder, and of its subfolders, that could be telemetry.
enum TelemetryFiles {
  private static let depthLimit = 24
  private static let countLimit = 200_000
  private static let endings = [".json", ".jsonl", ".ndjson", ".log"]

  /// Whether a name could belong to telemetry; the file's contents decide.
  static func isCandidate(_ name: String) -> Bool {
    let plain = (name.hasSuffix(".gz") ? String(name.dropLast(3)) : name).lowercased()
    return endings.contains { plain.hasSuffix($0) }
  }

  /// Whether a file has a name that a tool gives to its output.
  static func isArtifact(_ path: String) -> Bool {
    let name = lastPart(of: path)
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    return TelemetryKind.sources.contains { $0.artifacts.contains(plain) }
  }

  /// All candidates below a folder, in alphabetical order, without hidden files and linked folders.
  static func candidates(in folder: String) throws -> [String] {
    var found: [String] = []
    var folders = [(path: folder, depth: 0)]
    while let (path, depth) = folders.popLast() {
      for name in Folder.names(in: path) where !name.hasPrefix(".") {
        let place = Folder.path(path, name)
        var status = stat()
        guard lstat(place, &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          if depth < depthLimit { folders.append((place, depth + 1)) }
        } else if isCandidate(name), !Folder.isFolder(place) {
          found.append(place)
          if found.count > countLimit {
            throw Diagnostic("too-many-files", "`\(folder)` contains more than \(countLimit) files", help: "name a folder inside it")
          }
        }
      }
    }
    return found.sorted()
  }
}
