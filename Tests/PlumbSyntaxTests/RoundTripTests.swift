import PlumbDiagnostics
import PlumbSyntax
import Testing

@Suite struct RoundTripTests {
  /// Printing and parsing gives the same tree, and printing that the same text.
  static func check(_ text: String) {
    let first = parse(text)
    guard first.diagnostics.isEmpty else {
      let picture = DiagnosticRenderer().render(first.diagnostics[0], source: text)
      Issue.record("is not read:\n\(text)\n\(picture)")
      return
    }
    let printed = print(first.script)
    let second = parse(printed)
    if let diagnostic = second.diagnostics.first {
      let picture = DiagnosticRenderer().render(diagnostic, source: printed)
      Issue.record("the printed text of\n\(text)\nis not read:\n\(picture)")
      return
    }
    let isSame = treeText(first.script) == treeText(second.script)
    #expect(isSame, "the tree of this text changes:\n\(text)\nprinted as:\n\(printed)")
    let isStable = printed == print(second.script)
    #expect(isStable, "the layout of this text is not stable:\n\(printed)\n\(print(second.script))")
  }

  @Test func documentedQueries() {
    for (_, query) in Corpus.conformance() { Self.check(query) }
  }

  @Test func goodQueries() throws {
    for query in try Corpus.queries(in: "good.kql") { Self.check(query) }
  }
}
