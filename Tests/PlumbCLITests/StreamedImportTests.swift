import Foundation
import TestSupport
import Testing

/// Files that `plumb import` reads batch by batch: what is in after each end of it, and what a second time does.
@Suite(.enabled(if: LongTests.areRun)) struct StreamedImportTests {
  /// Rows `n,text,share` with an `n` from 0.
  private static func csv(_ rows: Int, from first: Int = 0, header: Bool = true, odd: Int? = nil) -> String {
    var text = header ? "n,text,share\n" : ""
    for n in first..<first + rows { text += "\(n == odd ? "x\(n)" : "\(n)"),\"text, \(n % 97)\",\(Double(n) / 8)\n" }
    return text
  }

  private func importing(_ arguments: String..., into file: String) throws -> PlumbProcess {
    try PlumbProcess(["import"] + arguments + ["--into", file, "--batch", "32KB"])
  }

  private func sums(_ file: String, _ table: String = "t") throws -> String {
    try PlumbProcess(["query", file, "-c", "\(table) | summarize count(), sum(n), dcount(text), sum(share)"]).output
  }

  /// Runs and interrupts as soon as so many lines are on standard error.
  private func interrupting(_ arguments: [String], afterLines count: Int) throws -> (messages: String, status: Int32) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: PlumbProcess.path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    var said = ""
    while said.split(separator: "\n").count < count {
      let more = pipe.fileHandleForReading.availableData
      if more.isEmpty { break }
      said += String(decoding: more, as: UTF8.self)
    }
    process.interrupt()
    said += String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (said, process.terminationStatus)
  }

  @Test func batchesAreAcknowledged() throws {
    let folder = try TemporaryFolder()
    let data = try folder.write("t.csv", Self.csv(20_000))
    let file = folder.path + "/w.plumb"
    let run = try importing(data, into: file)
    #expect(run.status == 0)
    let lines = run.messages.split(separator: "\n").map(String.init)
    #expect(lines.count > 3)
    #expect(lines.dropLast().allSatisfy { $0.hasPrefix("t: ") && $0.hasSuffix(" rows saved") })
    #expect(lines.last == "t: 20,000 rows from \(data)")
    let whole = try PlumbProcess(["query", "--load", data, "-c", "t | summarize count(), sum(n), dcount(text), sum(share)"]).output
    #expect(try sums(file) == whole)
    // What is in is not put in again, under whatever name, until it is another file.
    let copy = try folder.write("copy.csv", Self.csv(20_000))
    for path in [data, copy] {
      let again = try importing(path, "--as", "t", into: file)
      #expect(again.status == 0)
      #expect(again.messages == "t: all 20,000 rows of \(path) have already been imported; use --replace to import them again\n")
    }
    #expect(try sums(file) == whole)
    #expect(try importing(data, "--replace", into: file).status == 0)
    #expect(try sums(file) == whole)
    // A table that was dropped has forgotten its files.
    #expect(try PlumbProcess(["query", file, "-c", ".drop table t"]).status == 0)
    #expect(try importing(data, into: file).status == 0)
    #expect(try sums(file) == whole)
  }

  /// What `--replace` puts in the place of a table comes as a whole, or the table stays.
  @Test func replacementsAreWhole() throws {
    let folder = try TemporaryFolder()
    let data = try folder.write("t.csv", Self.csv(3_000))
    let file = folder.path + "/w.plumb"
    #expect(try importing(data, into: file).status == 0)
    let before = try sums(file)
    try folder.write("t.csv", Self.csv(9_000, from: 1) + "1,2,3,4\n")
    let run = try importing(data, "--replace", into: file)
    #expect(run.status == 1)
    #expect(run.messages.contains("error[bad-row]: `t.csv` line 9002 has 4 fields where 3 are expected"))
    #expect(try sums(file) == before)
  }

  /// A file that has grown adds what is new; one whose front has changed is another file.
  @Test func filesThatGrowOrChange() throws {
    let folder = try TemporaryFolder()
    let data = try folder.write("t.csv", Self.csv(3_000))
    let file = folder.path + "/w.plumb"
    #expect(try importing(data, into: file).status == 0)
    try folder.write("t.csv", Self.csv(5_000))
    let more = try importing(data, into: file)
    #expect(more.messages.hasSuffix("t: 5,000 rows from \(data) (3,000 of them already existed)\n"))
    #expect(try sums(file).hasPrefix("count_,sum_n,dcount_text,sum_share\n5000,12497500,97,"))
    try folder.write("t.csv", Self.csv(10, from: 5_000))
    let other = try importing(data, into: file)
    let note = "note: `\(data)` has changed since it was imported, so all of its rows were added; `--replace` keeps only them"
    #expect(other.messages == "\(note)\nt: 10 rows from \(data)\n")
    #expect(try sums(file).contains("\n5010,"))
  }

  /// A column that looked like numbers for longer than anybody looks.
  @Test(arguments: [21_000, 29_999]) func guessesThatDoNotHold(odd: Int) throws {
    let folder = try TemporaryFolder()
    let data = try folder.write("t.csv", Self.csv(30_000, odd: odd))
    let file = folder.path + "/w.plumb"
    let run = try importing(data, into: file)
    #expect(run.status == 0)
    let query = "t | summarize count(), dcount(n), countif(n startswith 'x'), countif(n == '0'), sum(share)"
    #expect(try PlumbProcess(["query", file, "-c", query]).output == PlumbProcess(["query", "--load", data, "-c", query]).output)
    // Rows of others cannot be made again: they stay, and so do the batches before.
    let other = folder.path + "/other.plumb"
    #expect(try importing(try folder.write("a.csv", Self.csv(100)), "--as", "t", into: other).status == 0)
    let refused = try importing(data, into: other)
    #expect(refused.status == 1)
    #expect(refused.messages.contains("error[schema-differs]: `\(data)` has values in `n` that do not fit in `t`"))
    let kept = try PlumbProcess(["query", other, "-c", "t | where isnotnull(n) | count"]).output.split(separator: "\n")[1]
    #expect((100...odd + 100).contains(try #require(Int(kept))))
  }

  @Test(arguments: ["t.ndjson", "t.json", "t.csv", "t.csv.gz"]) func otherFiles(name: String) throws {
    let folder = try TemporaryFolder()
    let objects = (0..<9_000).map { "{\"n\": \($0), \"text\": \"t\($0 % 97)\", \"share\": \(Double($0) / 8)}" }
    let text = name.hasSuffix("ndjson") ? objects.joined(separator: "\n") + "\n"
      : name.hasSuffix("json") ? "[" + objects.joined(separator: ",\n") + "]\n" : Self.csv(9_000)
    var data = try folder.write(name.replacingOccurrences(of: ".gz", with: ""), text)
    if name.hasSuffix("gz") {
      #expect(try PlumbProcess.shell("gzip '\(data)'").status == 0)
      data += ".gz"
    }
    let file = folder.path + "/w.plumb"
    let run = try importing(data, into: file)
    #expect(run.messages.hasSuffix("t: 9,000 rows from \(data)\n"))
    #expect(try sums(file).hasPrefix("count_,sum_n,dcount_text,sum_share\n9000,40495500,97,"))
    #expect(try importing(data, into: file).messages.hasPrefix("t: all 9,000 rows of"))
  }

  /// SIGINT while batches are written: what was acknowledged is in, and the same command completes the file.
  @Test(arguments: ["t.csv", "t.ndjson", "t.json"]) func interrupted(name: String) throws {
    let folder = try TemporaryFolder()
    let count = 60_000
    let objects = { (0..<count).map { "{\"n\": \($0), \"text\": \"t\($0 % 97)\", \"share\": 0.5}" } }
    let text = name == "t.csv" ? Self.csv(count)
      : name == "t.ndjson" ? objects().joined(separator: "\n") : "[" + objects().joined(separator: ",") + "]"
    let data = try folder.write(name, text)
    let file = folder.path + "/w.plumb"
    let (said, status) = try interrupting(["import", data, "--into", file, "--batch", "64KB"], afterLines: 3)
    #expect(status == 130)
    let lines = said.split(separator: "\n").map(String.init)
    let acknowledged = try #require(lines.last { $0.hasSuffix(" rows saved") })
    let rows = try #require(Int(acknowledged.filter(\.isNumber)))
    let last = try #require(lines.last)
    #expect(last.hasPrefix("stopped: the first \(acknowledged.split(separator: " ")[1]) rows of `\(data)`, up to byte "))
    #expect(last.hasSuffix("are in `t`; run the same command again to continue"))
    #expect(rows < count)
    let sum = rows * (rows - 1) / 2
    #expect(try PlumbProcess(["query", file, "-c", "t | summarize count(), sum(n)"]).output == "count_,sum_n\n\(rows),\(sum)\n")
    let rest = try PlumbProcess(["import", data, "--into", file])
    #expect(rest.status == 0)
    #expect(rest.messages.hasSuffix("rows from \(data) (\(acknowledged.split(separator: " ")[1]) of them already existed)\n"))
    #expect(try PlumbProcess(["query", file, "-c", "t | summarize count(), sum(n), dcount(n)"]).output
      .hasPrefix("count_,sum_n,dcount_n\n\(count),\(count * (count - 1) / 2),"))
  }

  /// What is in stays when a row does not fit; once it is mended the rest follows.
  @Test func badRows() throws {
    let folder = try TemporaryFolder()
    let good = Self.csv(6_000)
    let data = try folder.write("t.csv", good + "1,2,3,4\n" + Self.csv(10, from: 6_000, header: false))
    let file = folder.path + "/w.plumb"
    let run = try importing(data, into: file)
    #expect(run.status == 1)
    #expect(run.messages.contains("error[bad-row]: `t.csv` line 6002 has 4 fields where 3 are expected"))
    #expect(run.messages.contains("note: the first "))
    try folder.write("t.csv", good + Self.csv(10, from: 6_000, header: false))
    #expect(try importing(data, into: file).status == 0)
    #expect(try sums(file).contains("\n6010,18057045,"))
    // What is in must be what the file still begins with.
    let other = folder.path + "/o.plumb"
    try folder.write("t.csv", good + "1,2,3,4\n")
    #expect(try importing(data, into: other).status == 1)
    try folder.write("t.csv", "n,text,share\n" + Self.csv(6_000, from: 1, header: false))
    let changed = try importing(data, into: other)
    #expect(changed.status == 1)
    #expect(changed.messages.contains("error[file-changed]"))
    #expect(try importing(data, "--replace", into: other).status == 0)
    #expect(try sums(other).contains("\n6000,18003000,"))
  }

  /// Telemetry is saved now and then, too: what was stopped is completed by the same command, by natural key.
  @Test func telemetryInBatches() throws {
    let folder = try TemporaryFolder()
    let count = 12_000
    let events = (0..<count).map { run in
      let second = "\(run / 3600 % 24):\(run / 60 % 60):\(run % 60)"
        .split(separator: ":").map { $0.count == 1 ? "0\($0)" : "\($0)" }.joined(separator: ":")
      return "{\"eventTime\": \"2025-03-06T\(second)Z\", \"eventType\": \"COMPLETE\", \"run\": {\"runId\": \"r\(run)\"}, "
        + "\"job\": {\"namespace\": \"etl\", \"name\": \"j\(run % 50)\"}}"
    }
    let data = try folder.write("events.ndjson", events.joined(separator: "\n"))
    let file = folder.path + "/w.plumb"
    let (said, status) = try interrupting(["import", data, "--into", file, "--batch", "100KB"], afterLines: 2)
    #expect(status == 130)
    #expect(said.hasPrefix("runs: "))
    #expect(said.contains("note: loading `\(data)` was stopped, in `\(data)` after 0 files\n"))
    let kept = try PlumbProcess(["query", file, "-c", "runs | count"]).output.split(separator: "\n")[1]
    #expect((1..<count).contains(try #require(Int(kept))))
    let rest = try PlumbProcess(["import", data, "--into", file])
    #expect(rest.status == 0)
    #expect(rest.messages.contains("runs: 12,000 rows, "))
    let again = try PlumbProcess(["import", data, "--into", file])
    #expect(again.messages.contains("runs: 12,000 rows, 0 of them new"))
    #expect(try PlumbProcess(["query", file, "-c", "runs | summarize dcount(run_id), count() by status | project count_"]).output
      == "count_\n12000\n")
  }
}
