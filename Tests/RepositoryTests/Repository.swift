import Foundation

/// The repository that these tests stand in: its files, and commands run at its top.
enum Repository {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folder of the built products, `plumb` among them.
  static let products: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (tests as NSString).deletingLastPathComponent
  }()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// Paths below `folder` that end in `ending`, from the top, in alphabetical order.
  static func files(in folder: String, ending: String) -> [String] {
    let paths = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
    return (paths?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix(ending) }.map { folder + "/" + $0 }.sorted()
  }

  /// Runs a command of bash at the top, with `plumb` on the path; what it writes to both outputs.
  static func shell(_ command: String, environment: [String: String] = [:]) throws -> (output: String, status: Int32) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "set -o pipefail; " + command]
    process.currentDirectoryURL = root
    process.environment = ["PATH": products + ":/usr/bin:/bin", "HOME": "/nonexistent", "TERM": "dumb"]
      .merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
  }

  /// The folder of the sample telemetry, made once for all tests.
  static let telemetry: Result<String, any Error> = Result {
    let made = try shell("python3 Samples/make-telemetry.py")
    guard made.status == 0 else { throw Failed(command: "make-telemetry.py", output: made.output) }
    return "Samples/telemetry"
  }

  struct Failed: Error {
    let command: String
    let output: String
  }
}

/// A regular expression of ICU, which in a debug build is many times as fast as Swift's.
struct Pattern: @unchecked Sendable {
  private let expression: NSRegularExpression

  init(_ pattern: String) throws { expression = try NSRegularExpression(pattern: pattern, options: .anchorsMatchLines) }

  func isFound(in text: String) -> Bool {
    expression.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
  }
}

/// A Swift file without its comments; line numbers stay.
struct SwiftSource {
  let path: String
  let lines: [String]
  private let text: String

  init(_ path: String) throws {
    self.path = path
    lines = try Repository.text(path).components(separatedBy: "\n").map { line in
      let start = line.range(of: "//")?.lowerBound ?? line.endIndex
      return String(line[..<start])
    }
    text = lines.joined(separator: "\n")
  }

  /// Every Swift file of a module.
  static func module(_ name: String) throws -> [SwiftSource] { try all.get()[name] ?? [] }

  /// By module, read once for all tests.
  static let all = Result {
    let sources = try Repository.files(in: "Sources", ending: ".swift").map(SwiftSource.init)
    return Dictionary(grouping: sources) { String($0.path.split(separator: "/")[1]) }
  }

  /// Returns where `pattern` occurs, as `path:line: text`.
  func places(of pattern: Pattern) -> [String] {
    // Most patterns are nowhere, which one pass over the file tells.
    guard pattern.isFound(in: text) else { return [] }
    return lines.enumerated().filter { pattern.isFound(in: $0.element) }
      .map { "\(path):\($0.offset + 1): \($0.element.trimmingCharacters(in: .whitespaces))" }
  }

  var imports: Set<String> {
    Set(
      lines.compactMap { line in
        let words = line.split(separator: " ")
        guard let at = words.firstIndex(of: "import"), at < 2, at + 1 < words.count else { return nil }
        // `import class Module.Name` brings in one name.
        let isOne = ["class", "struct", "enum", "protocol", "func", "typealias"].contains(words[at + 1])
        guard at + (isOne ? 2 : 1) < words.count else { return nil }
        return words[at + (isOne ? 2 : 1)].split(separator: ".").first.map(String.init)
      })
  }
}
