/// A page of the manual: one of the files that the tests run, which the build embeds in the binary.
struct ManualPage {
  /// The path below `Tests/Golden`, such as `operators/where.test`.
  let path: String
  /// The file as it is.
  let source: String

  /// The index, which lists the others in their order.
  static var index: ManualPage { all[0] }

  /// The index, then the pages in its order.
  static let all: [ManualPage] = EmbeddedPages.all

  /// The path without its ending, such as `operators/where`.
  var title: String { String(path[..<(path.lastIndex(of: ".") ?? path.endIndex)]) }

  /// The pages that a user can mean by `name`: `where`, `operators/where` or a folder such as `operators`.
  static func named(_ name: String) -> [ManualPage] {
    let exact = all.filter { $0.title == name || $0.path == name }
    if !exact.isEmpty { return exact }
    let folder = all.filter { $0.title.hasPrefix(name + "/") }
    if !folder.isEmpty { return folder }
    return all.filter { $0.title.hasSuffix("/" + name) }
  }

  /// The page in Markdown: prose as paragraphs, queries and what they print in blocks.
  var markdown: String {
    path.hasSuffix(".md") ? source : "# \(title)\n\n" + PageMarkdown(source).text
  }
}

/// Turns the format of test pages into Markdown.
private struct PageMarkdown {
  private(set) var text = ""
  private var part = Part.none

  private enum Part { case none, prose, query, output }

  init(_ source: String) {
    for line in source.split(separator: "\n", omittingEmptySubsequences: false) { read(line) }
    begin(.none)
  }

  private mutating func read(_ line: Substring) {
    if part == .output {
      if line.isEmpty { begin(.none) } else { text += line + "\n" }
    } else if line == "---" {
      begin(.output)
    } else if line.hasPrefix("# ") {
      begin(.prose)
      text += line.dropFirst(2) + "\n"
    } else if let query = query(line) {
      begin(.query)
      text += query + "\n"
    }
  }

  /// What follows `> ` or `[form]> `.
  private func query(_ line: Substring) -> Substring? {
    if line.hasPrefix(">") { return line.dropFirst(line.hasPrefix("> ") ? 2 : 1) }
    guard line.hasPrefix("["), let end = line.firstRange(of: "]> ") else { return nil }
    return line[end.upperBound...]
  }

  /// Ends the part before and opens `next`, unless it is the same.
  private mutating func begin(_ next: Part) {
    guard next != part else { return }
    switch part {
    case .none: break
    case .prose: text += "\n"
    case .query: text += "```\n"
    case .output: text += "```\n\n"
    }
    part = next
    switch next {
    case .none, .prose: break
    case .query: text += "```kql\n"
    case .output: text += "```text\n"
    }
  }
}
