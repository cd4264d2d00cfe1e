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
    #expect(treeText(first.script) == treeText(second.script), "printed as:\n\(printed)")
    #expect(printed == print(second.script), "the layout is not stable")
  }

  @Test func documentedQueries() {
    for (_, query) in Corpus.conformance() { Self.check(query) }
  }

  @Test func goodQueries() throws {
    for query in try Corpus.queries(in: "good.kql") { Self.check(query) }
  }
}
