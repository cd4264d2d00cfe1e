import Foundation
import PlumbDatabase
import PlumbEngine
import PlumbKit
import Testing

/// Connections of one workspace, and workspaces of one process, are independent.
struct ConnectionTests {
  private static func options(_ change: (inout ConnectionOptions) -> Void) -> ConnectionOptions {
    var options = ConnectionOptions()
    change(&options)
    return options
  }

  private static let hungry = "range n from 1 to 4000000 step 1 | extend k = hash(n)"

  /// One connection's limit is not another's, while both run.
  @Test func limitsAreTheirOwn() throws {
    let workspace = try Workspace()
    let small = workspace.connect(Self.options { $0.memoryLimit = 16 << 20 })
    let large = workspace.connect(Self.options { $0.memoryLimit = 1 << 30 })
    let outcomes = Outcomes()
    let threads = [(small, false), (large, true)].map { connection, mayEnd in
      Thread.running {
        for _ in 0..<3 {
          do {
            _ = try connection.query(Self.hungry)
            outcomes.add(mayEnd ? "" : "the small one ran")
          } catch {
            let code = (error as? Problems)?.list.first?.code ?? "\(error)"
            outcomes.add(mayEnd ? code : code == "memory-limit" ? "" : code)
          }
        }
      }
    }
    for thread in threads { thread.wait() }
    #expect(outcomes.list.count == 6)
    #expect(outcomes.list.allSatisfy { $0.isEmpty }, "\(outcomes.list)")
  }

  @Test func clocksParametersAndSeedsAreTheirOwn() throws {
    let workspace = try Workspace()
    let moments = ["2025-01-01T00:00:00Z", "2026-02-02T00:00:00Z"].compactMap { Moment($0) }
    let connections = moments.enumerated().map { index, moment in
      workspace.connect(
        Self.options {
          $0.now = moment
          $0.parameters = ["p": "\(index)"]
          $0.seed = 7
        })
    }
    let text = "declare query_parameters(p: long); print t = now(), p = p, r = rand(1000000)"
    let rows = try connections.map { try #require(Array($0.query(text).rows).first) }
    #expect(rows.map { $0["t"] } == moments.map { .datetime($0) })
    #expect(rows.map { $0["p"] } == [.long(0), .long(1)])
    #expect(rows[0]["r"] == rows[1]["r"])
  }

  @Test func workspacesHaveTheirOwnTables() throws {
    let (one, other) = (try Workspace(), try Workspace())
    _ = try one.connect().run(".set t <| print x = 1")
    #expect(try one.tables.map(\.name) == ["t"])
    #expect(try other.tables.isEmpty)
    #expect(throws: Problems.self) { try other.connect().query("t") }
  }

  @Test func mayBeForbiddenToReadFiles() throws {
    let workspace = try Workspace()
    let connection = workspace.connect(Self.options { $0.readsFiles = false })
    let problems = #expect(throws: Problems.self) {
      try connection.query(#"externaldata(a: string) ["/etc/hostname"]"#)
    }
    #expect(problems?.list.first?.code != "no-file")
  }

  /// What a text's own commands change, its later queries see.
  @Test func commandsAreSeenByWhatFollows() throws {
    let folder = try Folder()
    for source in [Workspace.Source.empty, .file(folder.path + "/w.plumb")] {
      let workspace = try Workspace(source)
      let answers = try workspace.connect().run(".set t <| range x from 1 to 3 step 1;\n.append t <| print x = 4;\nt | count")
      #expect(answers.last?["Count"] == [.long(4)])
      #expect(try workspace.tables.map(\.rowCount) == [4])
    }
  }

  @Test func mistakesHaveTheirPlaces() throws {
    let connection = try Workspace().connect()
    let problems = #expect(throws: Problems.self) { try connection.query("print a = 1 | where b > 0") }
    #expect(problems?.list.first?.code == "unknown-column")
    #expect(problems?.list.first?.range == 20..<21)
    #expect(problems?.description.contains("^") == true)
    #expect(connection.check("print a | where").isEmpty == false)
    #expect(connection.columns(of: "print a = 1, b = 'x'") == [Column("a", .long), Column("b", .string)])
  }

  /// Every type of value, and null.
  @Test func cellsHaveTheirTypes() throws {
    let row = try #require(
      Array(
        try Workspace().connect().query(
          """
          print b = true, i = int(3), l = 4, r = 1.5, d = decimal(1.10), t = datetime(2026-01-02), s = 90s, x = "é",
            g = guid(74be27de-1e4e-49d9-b579-fe0b331d3642), j = dynamic({"a": [1, null]}), n = long(null), e = ""
          """
        ).rows).first)
    #expect(row["b"] == .bool(true) && row["i"] == .long(3) && row["l"] == .long(4) && row["r"] == .real(1.5))
    #expect(row["d"] == .decimal("1.1") && row["s"] == .timespan(.seconds(90)) && row["x"] == .string("é"))
    #expect(row["t"] == Moment("2026-01-02").map { .datetime($0) })
    #expect(row["g"] == .guid("74be27de-1e4e-49d9-b579-fe0b331d3642") && row["j"] == .dynamic(json: #"{"a":[1,null]}"#))
    #expect(row["n"].isNull && row["e"] == .string("") && row["missing"].isNull)
    #expect(row["s"].description == "00:01:30" && row["t"].description == "2026-01-02T00:00:00.0000000Z")
  }

  @Test func cancelStopsAText() throws {
    let connection = try Workspace().connect()
    let thread = Thread.running { _ = try? connection.query("range n from 1 to 1000000000000 step 1 | summarize sum(n)") }
    while !thread.isDone {
      connection.cancel()
      usleep(1_000)
    }
    #expect(try connection.query("print 1").rowCount == 1)
  }
}
