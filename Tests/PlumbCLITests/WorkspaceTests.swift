import Foundation
import Testing

/// Workspace files, as the command line uses them.
struct WorkspaceTests {
  private static let rows = #"""
    id,name,at,took,score,good,key,bag
    1,alpha,2024-05-01T12:30:00.0000001Z,00:01:00,1.5,true,74be27de-1e4e-49d9-b579-fe0b331d3642,"{""a"":1}"
    2,,,,,,,
    3,"x, ""y""",0001-01-01T00:00:00Z,-1.02:03:04.0000005,-0.1,false,00000000-0000-0000-0000-000000000000,[]

    """#
  private static let types =
    "id:long,name:string,at:datetime,took:timespan,score:real,good:bool,key:guid,bag:dynamic"

  private func imported(_ folder: TemporaryFolder) throws -> String {
    let data = try folder.write("all.csv", Self.rows)
    let done = try PlumbProcess(["import", data, "--types", Self.types, "--into", folder.path + "/t.plumb"])
    #expect(done.status == 0, "\(done.messages)")
    return folder.path + "/t.plumb"
  }

  private func answer(_ path: String, _ query: String, _ more: [String] = []) throws -> String {
    let done = try PlumbProcess(["query", path, "-c", query] + more)
    return done.status == 0 ? done.output : done.messages
  }

  /// A name that was mistyped makes no file; a command does.
  @Test func readingMakesNoFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/typo.plumb"
    let script = try folder.write("s.kql", "runs | count\n")
    for arguments in [["query", path, "-c", "runs | count"], ["run", path, script]] {
      let read = try PlumbProcess(arguments)
      #expect(read.status == 1)
      #expect(read.messages.hasPrefix("note: `\(path)` does not exist yet"), "\(read.messages)")
      #expect(read.messages.contains("error[unknown-table]"))
    }
    #expect(folder.names == ["s.kql"])
    let made = try PlumbProcess(["query", path, "-c", "let n = 1;\n.set t <| print x = n"])
    #expect(made.status == 0 && !made.messages.contains("note"), "\(made.messages)")
    #expect(folder.names == ["s.kql", "typo.plumb"])
    #expect(try PlumbProcess(["query", path, "-c", "t | count"]).messages == "")
  }

  @Test func importedRowsAreQueried() throws {
    let folder = try TemporaryFolder()
    let path = try imported(folder)
    #expect(try answer(path, "all | count") == "Count\n3\n")
    #expect(try answer(path, "all | where id > 1 | project name") == "name\n\"\"\n\"x, \"\"y\"\"\"\n")
    #expect(folder.names == ["all.csv", "t.plumb"])
  }

  @Test(arguments: ["csv", "jsonl", "json"])
  func exportedFoldersComeBack(format: String) throws {
    let folder = try TemporaryFolder()
    let path = try imported(folder)
    let out = folder.path + "/out", back = folder.path + "/back.plumb"
    #expect(try PlumbProcess(["export", path, "--to", out, "--format", format]).status == 0)
    let again = try PlumbProcess(["import", out, "--into", back])
    #expect(again.status == 0, "\(again.messages)")
    #expect(try answer(back, "all", ["--format", "datatable"]) == answer(path, "all", ["--format", "datatable"]))
  }

  @Test func exportedSQLiteComesBack() throws {
    let folder = try TemporaryFolder()
    let path = try imported(folder)
    let out = folder.path + "/out.sqlite", back = folder.path + "/back.plumb"
    #expect(try PlumbProcess(["export", path, "--to", out]).status == 0)
    let again = try PlumbProcess(["import", out, "--into", back])
    #expect(again.status == 0, "\(again.messages)")
    #expect(try answer(back, "all", ["--format", "datatable"]) == answer(path, "all", ["--format", "datatable"]))
    #expect(try PlumbProcess(["export", path, "--to", out]).messages.contains("already exists"))
  }

  /// All ten types, nulls of each, their extremes, and texts that look like values of another type.
  private static let extremes = #"""
    .set ten <| datatable(b: bool, i: int, l: long, r: real, c: decimal, d: datetime, t: timespan, s: string, g: guid, y: dynamic)[
      true, 1, 9223372036854775807, 0.1, decimal(1.000000000000000000000000000000001), datetime(2024-02-29 23:59:59.9999999),
      time(1.02:03:04.5678901), "naïve \"q\", 'x'\n\ttab", guid(74be27de-1e4e-49d9-b579-fe0b331d3642), dynamic({"a":[1,null,"é"],"b":{"c":1.5}}),
      bool(null), int(null), long(null), real(null), decimal(null), datetime(null), timespan(null), "", guid(null), dynamic(null),
      false, -2147483648, -9223372036854775807, real(nan), decimal(-0.5), datetime(0001-01-01), time(-00:00:00.0000001), " ",
      guid(00000000-0000-0000-0000-000000000000), dynamic("12"),
      true, 2147483647, 0, real(+inf), decimal(99999999999999999999999999999999), datetime(9999-12-31 23:59:59.9999999),
      time(10675199.00:00:00), "a,b;c|d", guid(ffffffff-ffff-ffff-ffff-ffffffffffff), dynamic(12),
      false, 0, 1, real(-inf), decimal(0), datetime(1970-01-01), 0s, "null", guid(12345678-1234-1234-1234-123456789012), dynamic("null"),
      false, 0, 2, 1e300, decimal(1e10), datetime(2024-01-01), 1s, "\r\n", guid(12345678-1234-1234-1234-123456789012), dynamic("[1]"),
      false, 0, 3, 5e-324, decimal(7), datetime(2024-01-01), 1s, "1.5", guid(12345678-1234-1234-1234-123456789012), dynamic(""),
      false, 0, 4, 2.0, decimal(7), datetime(2024-01-01), 1s, "true", guid(12345678-1234-1234-1234-123456789012), dynamic(1.0)];
    .set texts <| datatable(s: string)["", "1", "", "2"]
    """#

  @Test(arguments: ["out.csv", "out.jsonl", "out.json", "out.sqlite"])
  func allTypesComeBackEqual(target: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/t.plumb", back = folder.path + "/back.plumb"
    let script = try folder.write("make.kql", Self.extremes)
    let made = try PlumbProcess(["run", script, path])
    #expect(made.status == 0, "\(made.messages)")
    // A folder is named here after the format of its files.
    let out = folder.path + "/" + target
    let format = target.hasSuffix("sqlite") ? [] : ["--format", String(target.dropFirst(4))]
    let written = try PlumbProcess(["export", path, "--to", out] + format)
    #expect(written.status == 0, "\(written.messages)")
    let read = try PlumbProcess(["import", out, "--into", back])
    #expect(read.status == 0, "\(read.messages)")
    for query in ["ten", "texts", "ten | extend kind = gettype(y), size = strlen(s) | project l, kind, size", "ten | getschema"] {
      #expect(try answer(back, query, ["--format", "json"]) == answer(path, query, ["--format", "json"]), "\(query)")
    }
  }

  @Test func changesOfScriptsStay() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/t.plumb"
    let script = try folder.write(
      "make.kql",
      """
      .set nums <| range n from 1 to 4 step 1;
      .create function big(least: long) { nums | where n >= least };
      .append nums <| print n = 9;
      big(3) | count
      """)
    let done = try PlumbProcess(["run", script, path])
    #expect(done.output.hasSuffix("Count\n3\n"), "\(done.output)\(done.messages)")
    #expect(try answer(path, "big(4) | summarize sum(n)") == "sum_n\n13\n")
    #expect(try answer(path, ".show tables | project Rows") == "Rows\n5\n")
  }

  @Test func aSimulatedWorldGoesOnWithoutASeam() throws {
    let folder = try TemporaryFolder()
    let part = folder.path + "/part.plumb", whole = folder.path + "/whole.plumb"
    let world = ["simulate", "--pipelines", "20", "--seed", "5"]
    #expect(try PlumbProcess(world + ["--days", "2", "--into", part]).status == 0)
    #expect(try PlumbProcess(world + ["--days", "3", "--into", whole]).status == 0)
    for step in ["7h", "13h", "4h"] { _ = try answer(part, ".advance \(step)") }
    for table in ["runs", "pipelines", "errors", "metrics", "alerts", "incidents", "edges", "schema_changes"] {
      #expect(try answer(part, table) == answer(whole, table), "\(table)")
    }
    #expect(try answer(part, "print now()") == answer(whole, "print now()"))
    #expect(try answer(part, "print now()", ["--now", "2020-01-01"]) == "print_0\n2020-01-01T00:00:00.0000000Z\n")
  }

  @Test func readOnlyPlacesAreReadAndNotWritten() throws {
    let folder = try TemporaryFolder()
    let path = try imported(folder)
    let before = try Data(contentsOf: folder.url("t.plumb"))
    chmod(path, 0o444)
    chmod(folder.path, 0o555)
    defer { chmod(folder.path, 0o755) }
    #expect(try answer(path, "all | count") == "Count\n3\n")
    // Rights do not hold root back.
    if getuid() != 0 { #expect(try answer(path, ".drop table all").contains("read-only")) }
    chmod(folder.path, 0o755)
    if getuid() != 0 { #expect(try Data(contentsOf: folder.url("t.plumb")) == before) }
  }

  @Test func aTextThatIsNoWorkspaceIsNamed() throws {
    #expect(try PlumbProcess(["query", "runz"]).messages.contains("runz"))
    #expect(try PlumbProcess(["frobnicate"]).status == 2)
  }
}
