import Foundation
import Testing

/// `plumb query` as scripts use it: where the text comes from, where the result goes, how it ends.
struct QueryTests {
  @Test func readsTheQueryFromAnywhere() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("q.kql", "print x = 3")
    #expect(try PlumbProcess(["query", "-c", "print x = 3"]).output == "x\n3\n")
    #expect(try PlumbProcess(["query", "-f", file]).output == "x\n3\n")
    #expect(try PlumbProcess(["query", "-"], input: "print x = 3").output == "x\n3\n")
    #expect(try PlumbProcess(["query"], input: "print x = 3\n").output == "x\n3\n")
    #expect(try PlumbProcess([], input: "print x = 3").output == "x\n3\n")
  }

  @Test func exitStatuses() throws {
    #expect(try PlumbProcess(["query", "-c", "print 1"]).status == 0)
    #expect(try PlumbProcess(["query", "-c", "nosuchtable"]).status == 1)
    #expect(try PlumbProcess(["query", "-c", "print 1 |"]).status == 1)
    #expect(try PlumbProcess(["query", "--no-such-option"]).status == 2)
    #expect(try PlumbProcess(["query", "print 1"]).status == 2)
    #expect(try PlumbProcess(["query", "-c", "print 1", "--format", "nosuchformat"]).status == 2)
    #expect(try PlumbProcess(["query", "-c", "print 1", "--memory", "much"]).status == 2)
    #expect(try PlumbProcess(["query", "-c", "print 1", "--param", "novalue"]).status == 2)
    #expect(try PlumbProcess(["query", "-c", "print 1", "--fail-if-rows"]).status == 3)
    #expect(try PlumbProcess(["query", "-c", "print a = 1 | where a > 1", "--fail-if-rows"]).status == 0)
    #expect(try PlumbProcess(["--help"]).status == 0)
    #expect(try PlumbProcess(["query", "-f", "/nonexistent/q.kql"]).status == 1)
  }

  @Test func messagesGoToStandardErrorOnly() throws {
    let run = try PlumbProcess(["query", "-c", "print nosuchfunction(1)"])
    #expect(run.output == "")
    #expect(run.messages.contains("error["))
    #expect(run.messages.contains("^"))
    #expect(!run.messages.contains("\u{1B}"))
    let usage = try PlumbProcess(["query", "--no-such-option"])
    #expect(usage.output == "")
    #expect(usage.messages.contains("--no-such-option"))
  }

  @Test func timingIsAMessage() throws {
    let run = try PlumbProcess(["query", "-c", "print x = 1", "--timing"])
    #expect(run.output == "x\n1\n")
    #expect(run.messages.hasSuffix(" ms\n"))
  }

  @Test func version() throws {
    let run = try PlumbProcess(["--version"])
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("Plumb 0.1.0\n"))
    #expect(run.output.contains("\nreadline "))
    #expect(run.output.contains("\nSQLite "))
  }

  @Test func writesFilesByTheirEnding() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/result.json"
    let run = try PlumbProcess(["query", "-c", "print x = 1", "-o", path])
    #expect(run.status == 0)
    #expect(run.output == "")
    #expect(try folder.read("result.json") == "[\n{\"x\":1}\n]\n")
    #expect(folder.names == ["result.json"])
  }

  /// A file is replaced as a whole or not at all.
  @Test func aFailureLeavesTheFileAlone() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("result.csv", "as before\n")
    #expect(try PlumbProcess(["query", "-c", "nosuchtable", "-o", path]).status == 1)
    #expect(try folder.read("result.csv") == "as before\n")
    #expect(folder.names == ["result.csv"])
    #expect(try PlumbProcess(["query", "-c", "print 1", "-o", folder.path + "/no/such/folder.csv"]).status == 1)
  }

  @Test func writesIntoDevicesInPlace() throws {
    let (output, _) = try PlumbProcess.shell(
      "\"$PLUMB\" query -c 'print x = 1' -o /dev/stdout; \"$PLUMB\" query -c 'print 1' -o /dev/full 2>&1; echo $?")
    #expect(output.hasPrefix("x\n1\nerror[write-failed]"), "\(output)")
    #expect(output.hasSuffix("\n1\n"))
  }

  @Test func parameters() throws {
    let run = try PlumbProcess(
      ["query", "--param", "n=20", "--param", "name=a=b", "-c",
       "declare query_parameters(n: long, name: string); print n + 1, name"])
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.output == "print_0,name\n21,a=b\n" || run.output.hasSuffix("\n21,a=b\n"))
  }

  @Test func now() throws {
    let run = try PlumbProcess(["query", "--now", "2024-05-06T07:08:09Z", "-c", "print t = now()"])
    #expect(run.output == "t\n2024-05-06T07:08:09.0000000Z\n")
  }

  @Test func rowLimitIsTold() throws {
    let run = try PlumbProcess(["query", "-c", "range n from 1 to 9 step 1", "--row-limit", "2"])
    #expect(run.output == "n\n1\n2\n")
    #expect(run.messages.contains("2 of 9 rows"))
  }

  @Test func brokenPipesEndQuietly() throws {
    let (output, _) = try PlumbProcess.shell(
      "\"$PLUMB\" query -c 'range n from 1 to 3000000 step 1' | head -2; echo ${PIPESTATUS[0]}")
    #expect(output == "n\n1\n0\n")
  }

  @Test func anInterruptEndsWith130() throws {
    let (output, _) = try PlumbProcess.shell(
      """
      set -m
      "$PLUMB" query -c 'range x from 1 to 100000000000 step 1 | summarize sum(x % 7)' &
      sleep 1; kill -INT $!; wait $!; echo $?
      """)
    #expect(output.split(separator: "\n").contains("130"), "\(output)")
  }

  @Test func loadsFilesAndFolders() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("cities.csv", "name,people\nBonn,330000\nUlm,126000\n")
    try folder.write("rivers.ndjson", "{\"name\":\"Donau\",\"km\":2850}\n")
    #expect(
      try PlumbProcess(["query", "--load", "c=\(path)", "-c", "c | where people > 200000"]).output
        == "name,people\nBonn,330000\n")
    #expect(
      try PlumbProcess(["query", "--load", folder.path, "-c", "cities | count"]).output == "Count\n2\n")
    let missing = try PlumbProcess(["query", "--load", "x=/nonexistent.csv", "-c", "x"])
    #expect(missing.status == 1)
    #expect(missing.messages.contains("/nonexistent.csv"))
  }

  @Test func textThatIsNoTextIsRefused() throws {
    let folder = try TemporaryFolder()
    try Data([0x70, 0xFF, 0xFE]).write(to: folder.url("q.kql"))
    let run = try PlumbProcess(["query", "-f", folder.path + "/q.kql"])
    #expect(run.status == 1)
    #expect(run.messages.contains("not UTF-8"))
  }
}
