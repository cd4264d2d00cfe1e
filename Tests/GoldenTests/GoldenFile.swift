import Foundation

/// A page of the manual: prose, queries and what they print, as `Tests/Golden/README.md` describes the format.
struct GoldenFile {
  /// One query with its answer.
  struct Block: Equatable {
    /// Lines that begin with `#`, and empty lines before the query.
    var prose: [String] = []
    /// `opt` in `[opt]> runs | take 5`; empty for a table.
    var form = ""
    var query: [String] = []
    var output: [String] = []
    /// Of the first line of the query, from 1.
    var line = 0

    var text: String { query.joined(separator: "\n") }
  }

  let url: URL
  var blocks: [Block] = []
  /// Prose after the last block.
  var ending: [String] = []

  init(_ url: URL) throws {
    self.url = url
    try read(String(contentsOf: url, encoding: .utf8))
  }

  /// Every page, in alphabetical order of its path.
  static let all: [URL] = {
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix(".test") }.sorted().map { folder.appending(path: $0) }
  }()

  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden")

  /// The path below `Tests/Golden`.
  static func name(_ url: URL) -> String { String(url.path.dropFirst(folder.path.count + 1)) }

  struct Malformed: Error, CustomStringConvertible {
    let line: Int
    let reason: String
    var description: String { "line \(line): \(reason)" }
  }

  private mutating func read(_ text: String) throws {
    var block = Block()
    var isOutput = false
    for (index, line) in text.components(separatedBy: "\n").enumerated() {
      if isOutput {
        if !line.isEmpty {
          block.output.append(line)
          continue
        }
        blocks.append(block)
        block = Block()
        isOutput = false
      } else if line == "---" {
        guard !block.query.isEmpty else { throw Malformed(line: index + 1, reason: "`---` without a query") }
        isOutput = true
      } else if let (form, query) = Self.query(line) {
        if block.query.isEmpty {
          block.form = form
          block.line = index + 1
        }
        block.query.append(query)
      } else if line.isEmpty || line.hasPrefix("#") {
        guard block.query.isEmpty else { throw Malformed(line: index + 1, reason: "a query without `---`") }
        if line.isEmpty && block.prose.isEmpty && !blocks.isEmpty { continue }
        block.prose.append(line)
      } else {
        throw Malformed(line: index + 1, reason: "neither prose nor a query: \(line)")
      }
    }
    if isOutput {
      blocks.append(block)
    } else if block.query.isEmpty {
      ending = block.prose
    } else {
      throw Malformed(line: block.line, reason: "a query without `---`")
    }
  }

  /// The form and the text of a line `> query` or `[form]> query`.
  private static func query(_ line: String) -> (form: String, query: String)? {
    var form = ""
    var rest = Substring(line)
    if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
      form = String(rest[rest.index(after: rest.startIndex)..<end])
      rest = rest[rest.index(after: end)...]
    }
    guard rest.hasPrefix(">") else { return nil }
    rest = rest.dropFirst()
    return (form, String(rest.hasPrefix(" ") ? rest.dropFirst() : rest))
  }

  /// The page with `outputs` in place of its own.
  func text(with outputs: [[String]]) -> String {
    var parts: [String] = zip(blocks, outputs).map { block, output in
      let mark = block.form.isEmpty ? ">" : "[\(block.form)]>"
      let query = block.query.enumerated().map { index, line in
        let lead = index == 0 ? mark : ">"
        return line.isEmpty ? lead : "\(lead) \(line)"
      }
      return (block.prose + query + ["---"] + output).joined(separator: "\n")
    }
    let closing = ending.filter { !$0.isEmpty }
    if !closing.isEmpty { parts.append(closing.joined(separator: "\n")) }
    return parts.joined(separator: "\n\n") + "\n"
  }
}
