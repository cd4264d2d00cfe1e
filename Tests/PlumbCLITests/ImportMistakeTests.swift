import PlumbStorage
import Testing

/// Imports of which nothing, or not all, could be read.
struct ImportMistakeTests {
  private let folder: TemporaryFolder
  private var file: String { folder.path + "/w.plumb" }

  init() throws { folder = try TemporaryFolder() }

  private func importing(_ arguments: [String], input: String = "") throws -> PlumbProcess {
    try PlumbProcess(["import", "--into", file] + arguments, input: input)
  }

  private static let event = """
    {"eventTime": "2025-03-06T01:00:00Z", "eventType": "START", "run": {"runId": "r1"}, "job": {"namespace": "etl", "name": "a"}}

    """

  @Test func nothingReadIntoAWorkspaceThatHoldsTelemetry() throws {
    let good = try folder.write("events.jsonl", Self.event)
    let bad = try folder.write("bad.json", "{\"a\": 1}")
    #expect(try importing([good, "--kind", "openlineage"]).status == 0)
    let run = try importing([bad, "--kind", "openlineage"])
    #expect(run.status == 1)
    #expect(run.messages.contains("error[nothing-loaded]: `\(bad)` contains no readable telemetry"), "\(run.messages)")
    // What is known already was read, and one file of two is enough.
    #expect(try importing([good]).status == 0)
    #expect(try importing([bad, good, "--kind", "openlineage"]).status == 0)
    #expect(try PlumbProcess(["query", file, "-c", "runs | count"]).output == "Count\n1\n")
  }

  @Test func foldersWithoutTables() throws {
    let inner = folder.path + "/data/inner"
    #expect(try PlumbProcess.shell("mkdir -p '\(inner)'").status == 0)
    let empty = try importing([inner])
    #expect(empty.status == 1)
    #expect(empty.messages == "error[no-file]: the folder `\(inner)` contains no \(FileFormat.namesOfTables) file\n")
    #expect(try importing([folder.path + "/nosuch.csv"]).status == 1)
    #expect(folder.names == ["data"])
    // Folders in it are searched too.
    try folder.write("data/inner/t.csv", "a\n1\n")
    #expect(try importing([folder.path + "/data"]).status == 0)
    #expect(try importing([inner]).messages.contains("have already been imported"))
  }

  @Test func emptyArtifacts() throws {
    try folder.write("events.jsonl", Self.event)
    for name in ["run_results.json", "manifest.json", "sources.json"] { try folder.write(name, "") }
    try folder.write("other.json", "")
    let run = try importing([folder.path])
    #expect(run.status == 0)
    for name in ["run_results.json", "manifest.json", "sources.json"] {
      #expect(run.messages.contains("\(folder.path)/\(name): not read; 1 rejected: the file is empty\n"), "\(run.messages)")
    }
    #expect(!run.messages.contains("other.json"))
  }

  @Test func viewsThatCannotBeRead() throws {
    let database = folder.path + "/shop.db"
    let made = try PlumbProcess.shell(
      """
      python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript("create table a(x int); \
      insert into a values (1); create view b as select * from nosuch; create table c(y int); insert into c values (3);")' '\(database)'
      """)
    #expect(made.status == 0, "\(made.output)")
    let run = try importing([database])
    #expect(run.status == 1)
    #expect(run.messages.contains("`b` was left out: `shop.db` cannot be read as SQLite: no such table"), "\(run.messages)")
    #expect(try PlumbProcess(["query", file, "-c", "a | union c | count"]).output == "Count\n2\n")
  }

  @Test func helpForStandardInputAndOptionsOfOthers() throws {
    let rows = "a,b\n1,2\n"
    let input = try importing(["-"], input: rows)
    #expect(input.status == 1)
    #expect(input.messages.contains("`--as NAME` loads its rows into a table"), "\(input.messages)")
    #expect(try importing(["-", "--as", "t"], input: rows).status == 0)
    let loaded = try PlumbProcess(["query", "--load", "-", "-c", "t"], input: rows)
    #expect(loaded.messages.contains("`--load NAME=-` loads its rows into a table"), "\(loaded.messages)")
    let data = try folder.write("t.csv", rows)
    for (option, advice) in [("--load", "plumb import x.csv --as x --into"), ("--attach", "plumb import x.csv --into")] {
      let run = try importing([data, option, "x=x.csv"])
      #expect(run.status == 2)
      #expect(run.messages.contains(advice), "\(run.messages)")
    }
  }

  /// `status` and `last_run` are of one run: the last that was not skipped, or the last if all were.
  @Test func summariesAreOfOneRun() throws {
    let data = try folder.write(
      "log.csv",
      """
      job,began,result
      a,2025-03-06 01:00,succeeded
      a,2025-03-06 02:00,failed
      a,2025-03-06 03:00,skipped
      b,2025-03-06 01:00,skipped
      b,2025-03-06 02:00,skipped

      """)
    let map = try folder.write(
      "log.kql", "let runs = input | project pipeline = job, started = began, ended = began, status = result;")
    let run = try PlumbProcess([
      "query", "--load", data, "--map", map, "-c", "pipelines | project name, status, last_run | sort by name asc",
    ])
    #expect(run.output == """
      name,status,last_run
      a,failed,2025-03-06T02:00:00.0000000Z
      b,skipped,2025-03-06T02:00:00.0000000Z

      """, "\(run.messages)")
  }
}
