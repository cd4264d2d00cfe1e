import Foundation
import TestSupport
import Testing

/// The words of the pipeline vocabulary on the simulated world, and the plain KQL that they stand for.
@Suite(.enabled(if: LongTests.areRun)) struct WordTests {
  @Test func lineageOfABareName() throws {
    let run = try PlumbProcess(
      ["query", "-c", "lineage downstream of entra-risky-users-eastus depth 1 | project pipeline, depth, via"])
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.output == "pipeline,depth,via\nentra-normalise-eastus,1,entra-risky-users-eastus\n")
  }

  @Test func wordsStandAfterAPipe() throws {
    let run = try PlumbProcess(
      ["query", "-c", "pipelines | where name == 'entra-signin-eastus' | lineage downstream | blast depth 1 | count"])
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.output.split(separator: "\n").count == 2)
  }

  @Test func unknownNamesAreMarkedAlone() throws {
    let run = try PlumbProcess(["query", "-c", "blast entra-signin-eastus, entra-sigin-eastus"])
    #expect(run.status == 1)
    #expect(run.messages.contains("error[unknown-pipeline]: unknown pipeline `entra-sigin-eastus`"))
    #expect(run.messages.contains("| " + String(repeating: " ", count: 27) + String(repeating: "^", count: 18) + "\n"))
    #expect(run.messages.contains("did you mean `entra-signin-eastus`?"))
  }

  @Test func expandPrintsFormattedKQL() throws {
    let plain = try PlumbProcess(["query", "-c", ".expand pipelines|where tier==1|count"])
    #expect(plain.output == "pipelines\n| where tier == 1\n| count\n")
    let wrong = try PlumbProcess(["query", "-c", ".expand lineage downstream of x | where deep > 1"])
    #expect(wrong.status == 1)
    #expect(wrong.messages.contains("1 | .expand lineage downstream of x | where deep > 1"))
    let native = try PlumbProcess(["query", "-c", ".expand lineage critical path to impossible-travel-eastus"])
    #expect(native.output.hasPrefix("// `lineage_critical_path` is computed by Plumb itself"))
  }

  /// The words and the KQL that `.expand` prints for them give the same rows in the same order.
  @Test(arguments: [
    "lineage downstream of entra-signin-eastus",
    "lineage downstream of entra-signin-eastus, \"entra-audit-eastus\" depth 2 | top 3",
    "lineage upstream of impossible-travel-eastus as of ago(2d) | where tier == 1",
    "lineage path from entra-signin-eastus to impossible-travel-eastus",
    "lineage path from entra-signin-eastus to entra-signin-eastus as of ago(1d)",
    "blast entra-signin-eastus",
    "let n = 2; pipelines | where tier == 1 | take 3 | blast depth n as of ago(5d) | top 4",
    "union (lineage upstream of impossible-travel-eastus), (lineage downstream of entra-signin-eastus depth 0) | count",
    "pipelines | where status == 'failed' | take 2 | invoke lineage_upstream(depth = 1)",
  ])
  func expandedQueriesGiveTheSameRows(query: String) throws { try Self.compare(query, []) }

  @Test(arguments: [
    "lineage downstream of a", "lineage upstream of e", "lineage upstream of e, c depth 1", "lineage path from d to b",
    "lineage path from e to a", "blast a, x", "lineage downstream of b depth 0",
  ])
  func expandedQueriesGiveTheSameRowsInRings(query: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("edges.csv", "upstream,downstream\na,b\nb,c\nc,a\na,d\nd,c\nc,e\nx,e\nb,e\nd,d\n")
    try Self.compare(query, ["--load", "edges=\(path)"])
  }

  private static func compare(_ query: String, _ options: [String]) throws {
    let expanded = try PlumbProcess(["query"] + options + ["-c", ".expand \(query)"])
    #expect(expanded.status == 0, "\(expanded.messages)")
    #expect(expanded.output.contains("graph-shortest-paths") || expanded.output.contains("ways = print"))
    let original = try PlumbProcess(["query"] + options + ["-c", query])
    let plain = try PlumbProcess(["query"] + options + ["-c", expanded.output])
    #expect(plain.status == 0, "\(plain.messages)")
    #expect(plain.output == original.output)
    #expect(original.output.contains("\n"))
  }

  @Test func formatsDrawLineage() throws {
    let query = "lineage downstream of entra-risky-users-eastus depth 1"
    let tree = try PlumbProcess(["query", "--format", "tree", "-c", query])
    #expect(tree.output.hasPrefix("✓ entra-risky-users-eastus  tier 1\n└─ "))
    #expect(tree.output.contains(" entra-normalise-eastus  "))
    let dot = try PlumbProcess(["query", "--format", "dot", "-c", query])
    #expect(dot.output.hasPrefix("digraph lineage {\n") && dot.output.hasSuffix("  n1 -> n0;\n}\n"))
    let mermaid = try PlumbProcess(["query", "--format", "mermaid", "-c", query])
    #expect(mermaid.output.hasPrefix("flowchart LR\n") && mermaid.output.hasSuffix("  n1 --> n0\n"))
    let wrong = try PlumbProcess(["query", "--format", "tree", "-c", "edges | take 1"])
    #expect(wrong.status == 1)
    #expect(wrong.messages.contains("error[not-lineage]"))
  }
}
