import Glibc
import PlumbAlerts
import PlumbDiagnostics
import PlumbKit
import PlumbStorage

/// The rules in files and folders.
struct RuleFiles {
  /// A rule and its file.
  struct Entry {
    let path: String
    let text: String
    let rule: AlertRule
  }

  static let ending = ".kql"
  static let testEnding = ".test.kql"

  private(set) var entries: [Entry] = []
  /// Unit tests: `late.test.kql` belongs to `late.kql`.
  private(set) var tests: [String] = []

  var rules: [AlertRule] { entries.map(\.rule) }

  /// Reads the rules of files, and of all files in folders.
  ///
  /// - Throws: `SourcedDiagnostics` about a file.
  init(_ paths: [String]) throws {
    for path in paths {
      let isFolder = Folder.isFolder(path)
      if !isFolder, access(path, F_OK) != 0 { throw Diagnostic("no-file", "cannot open `\(path)`: \(String(cString: strerror(errno)))") }
      let files = isFolder ? try Self.files(in: path) : [path]
      for file in files {
        if file.hasSuffix(Self.testEnding) {
          tests.append(file)
          continue
        }
        let text = try QueryText.file(file)
        // A folder may hold other queries as well.
        if isFolder && !RuleFile.isRule(text) { continue }
        do { entries.append(Entry(path: file, text: text, rule: try RuleFile.read(text))) } catch let problems as Diagnostics {
          throw SourcedDiagnostics(list: problems.list, source: text, name: file)
        }
        let test = file.hasSuffix(Self.ending) ? String(file.dropLast(Self.ending.count)) + Self.testEnding : ""
        if !isFolder, access(test, F_OK) == 0 { tests.append(test) }
      }
      if isFolder && !files.contains(where: { $0.hasSuffix(Self.ending) }) {
        throw Diagnostic("no-rules", "`\(path)` contains no `.kql` files")
      }
    }
  }

  private static func files(in folder: String) throws -> [String] {
    guard access(folder, R_OK | X_OK) == 0 else {
      throw Diagnostic("no-file", "cannot open `\(folder)`: \(String(cString: strerror(errno)))")
    }
    return Folder.names(in: folder).filter { $0.hasSuffix(ending) && !$0.hasPrefix(".") }.sorted().map { Folder.path(folder, $0) }
  }
}
