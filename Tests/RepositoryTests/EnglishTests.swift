import Foundation
import Testing

/// The sources, tests and pages are in plain English: no phrases that are translated word by word.
struct EnglishTests {
  private static let folders = ["Sources", "Tests", "Grammar", "Samples", ".ci"]
  private static let endings = [".swift", ".md", ".test", ".txt", ".py", ".sh", ".ebnf", ".kql", ".c", ".h"]

  /// Lines that may contain such a phrase, by a part of their text.
  private static let exceptions: [(file: String, text: String, reason: String)] = []

  @Test(arguments: folders + ["README.md"])
  func wordsArePlain(path: String) throws {
    // “is no error” instead of “is not an error”, “stands in” instead of “is in”, “is told” instead of “Plumb reports”.
    let pattern = try Pattern(
      #"(?<![Tt]here )\b(is|are) (no|none)\b(?! (longer|more)\b)|\bstands\b(?! out\b)|\blies\b|\bbehind\b|\b(is|are|was|were) (told|had)\b|\banew\b|^\s*/// Is |"Is "#)
    let files = path.hasSuffix(".md") ? [path] : Self.endings.flatMap { Repository.files(in: path, ending: $0) }
    var places: [String] = []
    for file in files where !file.hasSuffix("/EnglishTests.swift") {
      guard let text = try? Repository.text(file), pattern.isFound(in: text) else { continue }
      for (number, line) in text.components(separatedBy: "\n").enumerated() {
        guard pattern.isFound(in: line),
          !Self.exceptions.contains(where: { $0.file == file && line.contains($0.text) })
        else { continue }
        places.append("\(file):\(number + 1): \(line.trimmingCharacters(in: .whitespaces))")
      }
    }
    #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
  }
}
