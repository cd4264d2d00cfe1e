import Foundation
import PlumbEngine
import PlumbKit
import Testing

/// Many connections read while one writes: each text sees the tables as they were when it began.
struct SnapshotTests {
  private static let batch = 500

  /// Two looks of one text at a table that grows by whole batches.
  private static let looks = "t | count; t | summarize n = count(), sum(x), max(x); t | where x >= 0 | count"

  private static func check(_ connection: Connection, _ outcomes: Outcomes, until isDone: () -> Bool) {
    var last = 0
    while !isDone() {
      do {
        let answers = try connection.run(looks)
        let counts = answers.compactMap { $0.rows.first { _ in true }?[0].integer }
        let count = counts.first ?? -1
        if Set(counts).count != 1 { outcomes.add("one text saw \(counts) rows") }
        if count % batch != 0 { outcomes.add("\(count) rows are not whole batches") }
        if count < last { outcomes.add("\(count) rows after \(last)") }
        last = count
      } catch {
        outcomes.add("\(error)")
      }
    }
  }

  private static func run(_ workspace: Workspace, readers: Int, _ write: (Int) throws -> Void) throws -> [String] {
    let outcomes = Outcomes()
    let isDone = LockedValue(false)
    let threads = (0..<readers).map { number in
      var options = ConnectionOptions()
      options.threads = 1 + number % 2
      let connection = workspace.connect(options)
      return Thread.running { Self.check(connection, outcomes) { isDone.withLock { $0 } } }
    }
    defer {
      isDone.withLock { $0 = true }
      for thread in threads { thread.wait() }
    }
    for step in 0..<24 { try write(step) }
    isDone.withLock { $0 = true }
    for thread in threads { thread.wait() }
    return outcomes.list
  }

  @Test(arguments: [false, true])
  func commandsWriteWhileOthersRead(inFile: Bool) throws {
    let folder = try Folder()
    let workspace = try Workspace(inFile ? .file(folder.path + "/w.plumb") : .empty)
    let writer = workspace.connect()
    _ = try writer.run(".set t <| range x from 1 to \(Self.batch) step 1")
    let found = try Self.run(workspace, readers: 4) { step in
      _ = try writer.run(".append t <| range x from 1 to \(Self.batch) step 1")
    }
    #expect(found == [])
    #expect(try writer.query("t | count")["Count"] == [.long(Int64(25 * Self.batch))])
  }

  @Test func anImportWritesWhileOthersRead() throws {
    let folder = try Folder()
    let workspace = try Workspace(.file(folder.path + "/w.plumb"))
    _ = try workspace.connect().run(".set t <| range x from 1 to \(Self.batch) step 1")
    let found = try Self.run(workspace, readers: 4) { step in
      let rows = (1...Self.batch).map { "\($0 + step)\n" }.joined()
      let path = try folder.write("more\(step).csv", "x\n" + rows)
      var request = ImportRequest(paths: [path])
      request.tableName = "t"
      #expect(try workspace.importFiles(request))
    }
    #expect(found == [])
    #expect(try workspace.connect().query("t | count")["Count"] == [.long(Int64(25 * Self.batch))])
  }

  /// A table that is replaced again and again, so that what readers still read is gone from the file's newest state.
  @Test func tablesAreReplacedWhileOthersRead() throws {
    let folder = try Folder()
    let workspace = try Workspace(.file(folder.path + "/w.plumb"))
    let writer = workspace.connect()
    _ = try writer.run(".set t <| range x from 1 to \(Self.batch) step 1 | extend s = strcat('a', x)")
    let found = try Self.run(workspace, readers: 4) { step in
      let letter = step.isMultiple(of: 2) ? "b" : "c"
      _ = try writer.run(
        ".set-or-replace t <| range x from 1 to \(Self.batch * (step + 2)) step 1 | extend s = strcat('\(letter)', x)")
    }
    #expect(found == [])
  }

  /// A stream that was begun goes on over what there was, whatever happens to the table.
  @Test func aStreamOutlivesItsTable() throws {
    let folder = try Folder()
    for source in [Workspace.Source.empty, .file(folder.path + "/w.plumb")] {
      let workspace = try Workspace(source)
      let writer = workspace.connect()
      _ = try writer.run(".set t <| range x from 1 to 400000 step 1 | extend s = tostring(x)")
      var sum = 0
      try workspace.connect().stream("t | where x % 2 == 0") { batch in
        if batch.table.rowCount == 0, !batch.isLast { _ = try writer.run(".drop table t") }
        sum += batch.table["x"]?.reduce(0) { $0 + ($1.integer ?? 0) } ?? 0
        #expect(batch.table["s"]?.allSatisfy { $0.string?.isEmpty == false } == true)
      }
      #expect(sum == 200_000 * 200_001)
      #expect(try workspace.tables.isEmpty)
    }
  }
}
