import Foundation
import Testing

/// `.attach` and its kin as scripts and the command line use them.
struct AttachTests {
  private let folder: TemporaryFolder
  private let database: String

  init() throws {
    folder = try TemporaryFolder()
    database = folder.path + "/shop.db"
    try sqlite(
      """
      create table orders (id integer primary key, status text, total real, placed datetime, ms timestamp, paid boolean, mix);
      insert into orders values (1, 'ok', 2.5, '2024-01-01 10:00:00', 1704103200000, 1, 1),
        (2, 'failed', 7, '2024-01-02T11:00:00Z', 1704193200000, 0, 'x'), (3, null, null, null, null, null, null);
      create table "my lines" (order_id int, "what's" text);
      insert into "my lines" values (1, 'pen'), (2, 'ink');
      create view failed as select * from orders where status = 'failed';
      """)
  }

  private func sqlite(_ sql: String) throws {
    let script = try folder.write("make.sql", sql)
    let done = try PlumbProcess.shell(
      "python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(open(sys.argv[2]).read())' '\(database)' '\(script)'")
    #expect(done.status == 0, "\(done.output)")
  }

  private static var canMount: Bool { (try? PlumbProcess.shell("unshare -rm mount -t tmpfs tmpfs /mnt").status) == 0 }

  private func run(_ text: String, _ more: [String] = []) throws -> PlumbProcess {
    try PlumbProcess(["query"] + more + ["--format", "csv", "-c", ".attach '\(database)' as shop; \(text)"])
  }

  /// What the last statement of a text writes.
  private func answer(_ text: String) throws -> String {
    let done = try run(text)
    #expect(done.status == 0, "\(done.messages)")
    return done.output.components(separatedBy: "\n\n").last ?? ""
  }

  @Test func tablesAreNamedInAllWays() throws {
    for name in ["shop.orders", "database('shop').orders", "['shop'].['orders']", "database(\"shop\").table(\"orders\")"] {
      #expect(try answer("\(name) | where total > 3 | project id, status") == "id,status\n2,failed\n", "\(name)")
    }
    #expect(try answer("shop.['my lines'] | project ['what\\'s'] | sort by ['what\\'s'] asc") == "what's\nink\npen\n")
    #expect(try answer("shop.failed | project id") == "id\n2\n")
    #expect(
      try answer("let o = shop.orders; print x = toscalar(o | count), y = toscalar(shop.orders | count)") == "x,y\n3,3\n")
  }

  /// On read-only storage, SQLite opens the file as immutable and needs no files next to it.
  @Test(.enabled(if: canMount, "needs a system that lets `unshare` mount")) func filesThatCannotChange() throws {
    let mount = "mkdir '\(folder.path)/ro' && mount -t tmpfs tmpfs '\(folder.path)/ro' && cp '\(database)' '\(folder.path)/ro' "
      + "&& mount -o remount,ro '\(folder.path)/ro'"
    let query = ".attach '\(folder.path)/ro/shop.db' as shop; .show attached | project mode = Mode; shop.orders | count"
    try folder.write("q.kql", query)
    // A file system of its own, in which even root cannot write.
    let done = try PlumbProcess.shell("unshare -rm sh -c \"\(mount) && $PLUMB run '\(folder.path)/q.kql' --format csv\"")
    #expect(done.output.contains("immutable") && done.output.hasSuffix("Count\n3\n"), "\(done.output)")
  }

  @Test func typesAreFoundAndSaid() throws {
    let done = try run(".show table shop.orders schema")
    #expect(done.output.contains("shop.['my lines'],2,"))
    #expect(done.output.contains("`placed` is datetime: texts that are times (2 texts, 1 null)"))
    #expect(done.output.contains("`ms` is datetime: Unix times in milliseconds (2 integers, 1 null)"))
    #expect(done.output.contains("`mix` is string: mixed values, as text (1 integer, 1 text, 1 null)"))
    #expect(done.output.contains("paid,5,bool,"))
    #expect(
      try answer("shop.orders | where id == 2 | project placed, ms, paid, mix")
        == "placed,ms,paid,mix\n2024-01-02T11:00:00.0000000Z,2024-01-02T11:00:00.0000000Z,false,x\n")
  }

  @Test func planShowsTheSQL() throws {
    let plan = try answer("explain shop.orders | where status == 'failed' and total > 3 | take 5 | project id")
    #expect(plan.contains(#"SQLite: SELECT ""id"", ""status"", ""total"" FROM ""orders"" WHERE ""status"" = 'failed' AND ""total"" > 3.0 LIMIT 5"#), "\(plan)")
    #expect(try answer("explain shop.orders | where total > 3 | count").contains("SELECT count(*), total(typeof"))
    #expect(try answer("explain shop.orders | top 2 by total").contains(#"ORDER BY ""total"" DESC, rowid LIMIT 2"#))
  }

  @Test func mistakesAreTold() throws {
    func problem(_ text: String) throws -> String {
      let done = try PlumbProcess(["query", "-c", text])
      #expect(done.status == 1)
      return done.messages
    }
    let text = try folder.write("notes.txt", "no database at all")
    let cut = try folder.write("cut.db", "")
    try Data(try Data(contentsOf: URL(fileURLWithPath: database)).prefix(5000)).write(to: URL(fileURLWithPath: cut))
    #expect(try problem(".attach \(folder.path)/none.db as a").contains("error[no-file]"))
    #expect(try problem(".attach \(folder.path) as a").contains("error[folder]"))
    #expect(try problem(".attach \(text) as a").contains("error[not-sqlite]"))
    #expect(try problem(".attach \(database)").contains("`as` and a name should follow"))
    #expect(try problem(".attach \(database) as a; .attach \(database) as a").contains("error[name-taken]"))
    #expect(try problem(".attach \(database) as runs").contains("error[name-taken]"))
    #expect(try problem(".attach \(database) as a with (survey = \"some\")").contains("error[unknown-property]"))
    #expect(try problem(".attach \(database) as a; a.order | count").contains("did you mean `orders`"))
    #expect(try problem(".attach \(database) as shop; shp.orders | count").contains("did you mean `shop`"))
    #expect(try problem("nothing.orders | count").contains("error[unknown-database]"))
    #expect(try problem(".detach a").contains("error[unknown-database]"))
    #expect(try problem(".attach \(cut) as a; a.orders | count").contains("error[damaged-file]"))
    try FileManager.default.removeItem(atPath: database)
  }

  @Test func lockedFilesAreTold() throws {
    let done = try PlumbProcess.shell(
      """
      python3 -c '
      import sqlite3, subprocess, sys, os
      other = sqlite3.connect(sys.argv[1], isolation_level=None)
      other.execute("begin exclusive")
      print(subprocess.run([os.environ["PLUMB"], "query", "-c", ".attach %s as a; a.orders | count" % sys.argv[1]],
        capture_output=True, text=True).stderr)
      ' '\(database)'
      """)
    #expect(done.output.contains("error[locked-file]"), "\(done.output)")
  }

  @Test func detachedNamesAreFree() throws {
    #expect(try answer(".detach shop; .show attached | count") == "Count\n0\n")
    #expect(try answer(".show attached | project DatabaseName, Mode, Tables") == "DatabaseName,Mode,Tables\nshop,read-only,3\n")
  }

  @Test func workspacesRemember() throws {
    let workspace = folder.path + "/w.plumb"
    #expect(try PlumbProcess(["query", workspace, "-c", ".attach \(database) as shop"]).status == 0)
    let again = try PlumbProcess(["query", workspace, "-c", "shop.orders | count", "--format", "csv"])
    #expect(again.output == "Count\n3\n", "\(again.messages)")
    let copied = try PlumbProcess(["query", workspace, "-c", ".set lines <| shop.['my lines']; .detach shop; lines | count", "--format", "csv"])
    #expect(copied.output.hasSuffix("Count\n2\n"), "\(copied.messages)")
    #expect(try PlumbProcess(["query", workspace, "-c", "shop.orders | count"]).messages.contains("error[unknown-database]"))
    // A missing file does not keep the workspace from opening.
    #expect(try PlumbProcess(["query", workspace, "-c", ".attach \(database) as shop"]).status == 0)
    try FileManager.default.removeItem(atPath: database)
    #expect(try PlumbProcess(["query", workspace, "-c", "lines | count"]).status == 0)
    #expect(try PlumbProcess(["query", workspace, "-c", "shop.orders | count"]).messages.contains("error[no-file]"))
    #expect(try PlumbProcess(["query", workspace, "-c", ".show attached"]).output.contains("missing"))
  }

  @Test func nothingIsWritten() throws {
    let before = try Data(contentsOf: URL(fileURLWithPath: database))
    let names = folder.names
    _ = try answer("shop.orders | summarize count() by status")
    #expect(try Data(contentsOf: URL(fileURLWithPath: database)) == before)
    #expect(folder.names == names)
  }
}
