import Foundation
import PlumbDiagnostics
import PlumbSyntax
import Testing

/// The pictures of diagnostics, compared with Fixtures/errors/*.txt; rewritten when
/// PLUMB_UPDATE_GOLDEN is set.
@Suite struct DiagnosticTests {
  @Test(arguments: ["syntax.txt", "rendering.txt"]) func goldenPictures(_ name: String) throws {
    let file = Corpus.fixtures.appending(path: "errors/\(name)")
    let text = try String(contentsOf: file, encoding: .utf8)
    var result: [String] = []
    for entry in text.components(separatedBy: "\n====\n") where !entry.isEmpty {
      let query = entry.components(separatedBy: "\n----\n")[0]
      // `\t` and `\r` are written out, so that editors keep them.
      let source = query.replacingOccurrences(of: "<TAB>", with: "\t")
        .replacingOccurrences(of: "<CR>", with: "\r")
      let renderer = DiagnosticRenderer()
      let pictures = parse(source).diagnostics.map { renderer.render($0, source: source) }
      result.append(query + "\n----\n" + pictures.joined(separator: "\n\n"))
    }
    let actual = result.joined(separator: "\n====\n") + "\n====\n"
    if ProcessInfo.processInfo.environment["PLUMB_UPDATE_GOLDEN"] != nil {
      try actual.write(to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(actual == text)
    }
  }

  @Test func placesOfSpans() {
    let renderer = DiagnosticRenderer()
    func picture(_ source: String, _ lower: Int, _ upper: Int) -> [String] {
      let diagnostic = Diagnostic("x", "m", at: SourceSpan(lower, upper))
      return renderer.render(diagnostic, source: source).components(separatedBy: "\n").map {
        String($0.reversed().drop { $0 == " " }.reversed())
      }
    }
    #expect(picture("", 0, 0) == ["error[x]: m", " --> 1:1", "  |", "1 |", "  | ^"])
    #expect(picture("ab", 2, 2).last == "  |   ^")
    #expect(picture("ab\r\ncd", 4, 6).suffix(2) == ["2 | cd", "  | ^^"])
    #expect(picture("日本 x", 7, 8).last == "  |      ^")
    #expect(picture("ab", -5, 900).last == "  | ^^")
    #expect(picture("a\nb\nc\nd", 0, 7).suffix(5) == ["1 | a", "  | ^", "  …", "4 | d", "  | ^"])
    let long = String(repeating: "a", count: 5_000) + "X" + String(repeating: "b", count: 5_000)
    let lines = picture(long, 5_000, 5_001)
    #expect(lines.allSatisfy { $0.count < 120 })
    let caret = lines[4].count - 1
    #expect(Array(lines[3])[caret] == "X")
  }

  @Test func nearestNames() {
    #expect(Suggestion.nearest(to: "statuss", in: ["source", "status"]) == "did you mean `status`?")
    #expect(Suggestion.nearestName(to: "wehre", in: ["where", "whatever"]) == "where")
    #expect(Suggestion.nearestName(to: "STATUS", in: ["status"]) == "status")
    #expect(Suggestion.nearestName(to: "x", in: ["y", "z"]) == nil)
    #expect(Suggestion.nearestName(to: "pineapple", in: ["status"]) == nil)
  }

  @Test func widths() {
    let cases: [(String, Int)] = [
      ("abc", 3), ("", 0), ("日本", 4), ("é", 1), ("e\u{301}", 1), ("👍🏽", 2), ("👨‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 2), ("\u{200B}", 0),
    ]
    for (text, columns) in cases { #expect(DisplayWidth.columns(of: text) == columns, "\(text)") }
  }
}
