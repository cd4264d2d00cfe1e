import Foundation
import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbStorage

/// Files that are not as they were written: a diagnostic, never a wrong answer, and nothing is written to them.
struct DamageTests {
  /// A file with two tables and a function, and what is in them.
  private func sample() throws -> (folder: WorkspaceFolder, expected: [[Value]]) {
    let folder = try WorkspaceFolder()
    let table = try Samples.allTypes(rows: 400)
    try folder.open().write { writer in
      try writer.append(table)
      try writer.append(Samples.numbers(0..<1_000))
      try writer.save(StoredFunction(name: "f", parameters: "()", body: "{ 1 }"))
    }
    return (folder, try Samples.cells(table))
  }

  @Test func aFlippedByteNeverMakesAWrongAnswer() throws {
    let (folder, expected) = try sample()
    let sound = try folder.bytes
    var state: UInt64 = 4
    var noticed = 0
    for _ in 0..<400 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let place = Int((state >> 20) % UInt64(sound.count))
      var bytes = sound
      bytes[place] ^= UInt8(1 << ((state >> 8) & 7))
      try folder.write(bytes)
      do {
        let file = try folder.open()
        let names = file.tables.map(\.name)
        #expect(names == ["all", "numbers"], "byte \(place)")
        for table in file.tables where table.name == "all" { #expect(try Samples.cells(table) == expected, "byte \(place)") }
        for table in file.tables where table.name == "numbers" {
          #expect(try Samples.longs(table) == Array(0..<1_000), "byte \(place)")
        }
        #expect(file.functions.map(\.body) == ["{ 1 }"], "byte \(place)")
      } catch let diagnostic as Diagnostic {
        noticed += 1
        #expect(diagnostic.message.contains("t.plumb"), "\(diagnostic.message)")
        #expect(try folder.bytes == bytes, "a damaged file was written to")
      }
      for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: folder.path + ending) }
    }
    #expect(noticed > 20)
  }

  @Test func aFlippedByteInAnySegmentIsNoticed() throws {
    let (folder, _) = try sample()
    let count = try #require(Int(folder.sqlite("SELECT count(*) FROM plumb_segments")))
    let sound = try folder.bytes
    for number in 0..<count {
      try folder.write(sound)
      let id = try folder.sqlite("SELECT id FROM plumb_segments ORDER BY id LIMIT 1 OFFSET \(number)")
      // The middle byte, with all its bits turned.
      try folder.change(
        """
        UPDATE plumb_segments SET data = CAST(substr(data, 1, length(data) / 2) AS BLOB)
          || CASE hex(substr(data, length(data) / 2 + 1, 1)) WHEN 'FF' THEN x'00' ELSE x'FF' END
          || CAST(substr(data, length(data) / 2 + 2) AS BLOB) WHERE id = \(id)
        """)
      let file = try folder.open()
      let message = Samples.failure { for table in file.tables { _ = try Samples.cells(table) } }
      #expect(message.contains("damaged-file: `t.plumb` is damaged: column"), "segment \(id): \(message)")
      #expect(Samples.failure { try file.write { try $0.drop("numbers") } }.contains("Plumb will not write to it"))
    }
  }

  @Test func whatIsSoundIsSalvaged() throws {
    let (folder, expected) = try sample()
    let id = try folder.sqlite("SELECT id FROM plumb_groups ORDER BY id DESC LIMIT 1")
    try folder.change("UPDATE plumb_segments SET data = x'00' WHERE id = \(id) * 16384")
    let file = try folder.open { $0.salvages = true }
    #expect(file.losses == ["`numbers` has 0 undamaged rows of 1000"])
    try file.reading { () throws -> Void in
      #expect(try file.cells("all") == expected)
      #expect(file.table(named: "numbers")?.rowCount == 0)
    }
    #expect(Samples.failure { try file.write { try $0.drop("all") } }.contains("is damaged; Plumb will not write to it"))
  }

  @Test func aDamagedColumnDoesNotTakeTheOthersWithIt() throws {
    let (folder, expected) = try sample()
    let id = try folder.sqlite("SELECT min(id) FROM plumb_groups")
    // The long and the string column.
    try folder.change("UPDATE plumb_segments SET data = x'00' WHERE id IN (\(id) * 16384 + 2, \(id) * 16384 + 7)")
    let file = try folder.open { $0.salvages = true }
    #expect(
      file.losses == [
        "column `c_long` of `all` is damaged and left empty in 400 of 400 rows",
        "column `c_string` of `all` is damaged and left empty in 400 of 400 rows",
      ])
    let wanted = expected.map { row in
      row.enumerated().map { $0.offset == 2 ? .null(.long) : $0.offset == 7 ? .string("") : $0.element }
    }
    #expect(try file.cells("all") == wanted)
    #expect(try file.longs("numbers") == Array(0..<1_000))
  }

  @Test func foreignFilesAreNamed() throws {
    let folder = try WorkspaceFolder()
    try folder.write(Array("a,b\n1,2\n".utf8))
    #expect(Samples.failure { _ = try folder.open() }.contains("not-a-workspace: `t.plumb` is not a Plumb workspace"))
    #expect(try folder.bytes == Array("a,b\n1,2\n".utf8))
    try FileManager.default.removeItem(atPath: folder.path)
    try folder.change("CREATE TABLE t (a)")
    #expect(Samples.failure { _ = try folder.open() }.contains("is an SQLite file, but not a Plumb workspace"))
    #expect(Samples.failure { _ = try WorkspaceFile(folder.folder) }.contains("is a folder"))
    #expect(Samples.failure { _ = try WorkspaceFile("/dev/null") }.contains("is not a regular file"))
  }

  @Test func newerFilesAreRefused() throws {
    let (folder, _) = try sample()
    try folder.change("PRAGMA user_version = \(Migrations.current + 1)")
    let before = try folder.bytes
    #expect(Samples.failure { _ = try folder.open() }.contains("was written by a newer Plumb"))
    #expect(try folder.bytes == before)
  }

  @Test func anIndexOfTablesThatIsNotTheirsIsTold() throws {
    let (folder, expected) = try sample()
    // The index changes places with a tree that is empty.
    func page(_ name: String) throws -> Int {
      try #require(Int(folder.sqlite("SELECT rootpage FROM sqlite_schema WHERE name = '\(name)'"))) - 1
    }
    var bytes = try folder.bytes
    let (first, other) = (try page("sqlite_autoindex_plumb_tables_1") * 16_384, try page("plumb_models") * 16_384)
    for i in 0..<16_384 { bytes.swapAt(first + i, other + i) }
    try folder.write(bytes)
    #expect(Samples.failure { _ = try folder.open() }.contains("its index of tables is damaged"))
    let file = try folder.open { $0.salvages = true }
    #expect(file.losses.contains("the index of tables is damaged"))
    #expect(try file.cells("all") == expected)
    #expect(try folder.bytes == bytes)
  }

  /// The kept file of version 1, made by `plumb` when that was the newest; every later version must read it.
  @Test func version1IsRead() throws {
    let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Workspace/Fixtures/version1.plumb").standardizedFileURL
    // Run once for each version of the format, before the next one exists.
    if ProcessInfo.processInfo.environment["PLUMB_MAKE_FIXTURE"] != nil { try makeFixture(at: fixture) }
    let folder = try WorkspaceFolder()
    try folder.write(Array(try Data(contentsOf: fixture)))
    let file = try folder.open()
    // Whoever only reads changes nothing; the first change brings the file to the version of today.
    #expect(try folder.sqlite("PRAGMA user_version") == "1")
    #expect(try file.history() == [])
    #expect(file.tables.map { "\($0.name) \($0.rowCount)" } == ["all 20"])
    #expect(try file.cells("all") == Samples.cells(Samples.allTypes(rows: 20)))
    #expect(file.functions.map(\.name) == ["f"])
    #expect(file.settings == ["clock": "638000000000000000"])
    try file.write { try $0.append(Samples.allTypes(rows: 1)) }
    #expect(try folder.sqlite("PRAGMA user_version") == "\(Migrations.current)")
    #expect(try file.remember([StoredQuery(text: "runs", at: 5, rows: 3)]))
    #expect(try folder.open().history() == [StoredQuery(text: "runs", at: 5, rows: 3)])
    #expect(try folder.open().cells("all").count == 21)
  }

  private func makeFixture(at place: URL) throws {
    let folder = try WorkspaceFolder()
    try folder.open().write { writer in
      try writer.append(Samples.allTypes(rows: 20))
      try writer.save(StoredFunction(name: "f", parameters: "(x: long)", body: "{ x + 1 }"))
      try writer.set("clock", to: "638000000000000000")
    }
    try Data(folder.bytes).write(to: place)
  }
}
