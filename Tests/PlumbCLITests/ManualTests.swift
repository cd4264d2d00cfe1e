import PlumbDatabase
import PlumbEngine
import PlumbSyntax
import Testing

/// `plumb manual` prints the pages of `Tests/Golden` and everything that is declared.
struct ManualTests {
  @Test func printsOnePageWithItsQueriesAndAnswers() throws {
    let page = try PlumbProcess(["manual", "where"])
    #expect(page.status == 0 && page.messages == "")
    #expect(page.output.hasPrefix("# operators/where\n\n") && page.output.contains("```kql\n") && page.output.contains("```text\n"))
    #expect(page.output.components(separatedBy: "```").count % 2 == 1, "a block is left open")
  }

  @Test func namesWhatTheReferenceDeclares() throws {
    let text = try PlumbProcess(["manual", "reference"]).output
    let names =
      ScalarFunction.all.map { "`\($0.name)(" } + AggregateFunction.all.map { "`\($0.name)(" }
      + Plugin.all.map { "evaluate \($0.name)(" } + CommandDeclaration.all.filter { $0.place != .tour }.map { "`\($0.usage)`" }
      + QueryOption.all.map { "`set \($0.name)`" } + OperatorDeclaration.all.filter(\.isSupported).map { "`| \($0.usage)`" }
      + ["`predict_risk(", "`lineage_downstream("]
    for name in names where !text.contains(name) { Issue.record("the reference does not have \(name)") }
  }

  @Test func everythingIsThePagesAndTheReference() throws {
    let text = try PlumbProcess(["manual"]).output
    #expect(text.hasPrefix("# The manual\n") && text.contains("# errors/syntax\n") && text.contains("\n# Reference\n"))
  }

  @Test func anUnknownPageNamesTheNearest() throws {
    let run = try PlumbProcess(["manual", "summarise"])
    #expect(run.status == 1 && run.output == "")
    #expect(run.messages.contains("did you mean `summarize`"), "\(run.messages)")
  }
}
