import CSQLite
import Foundation
import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbStorage

/// A workspace file and what comes back out of it.
struct WorkspaceFileTests {
  @Test func everyTypeComesBackToTheTickAndTheNull() throws {
    let folder = try WorkspaceFolder()
    let table = try Samples.allTypes(rows: 3_000)
    try folder.open().write { try $0.append(table) }
    let again = try folder.open()
    #expect(again.table(named: "all")?.schema == table.schema)
    #expect(try again.cells("all") == Samples.cells(table))
  }

  @Test func appendedRowsComeAfterTheOthers() throws {
    let folder = try WorkspaceFolder()
    let file = try folder.open()
    for part in 0..<5 { try file.write { try $0.append(Samples.numbers(part * 10..<part * 10 + 10)) } }
    try file.reading { () throws -> Void in
      #expect(try file.longs("numbers") == Array(0..<50))
    }
  }

  /// SQLite opens the file of exactly that name, whatever characters it contains.
  @Test func locationsAreThoseOfTheirPaths() {
    #expect(sqliteLocation("/tmp/a?b#c.db", isImmutable: false) == "/tmp/a?b#c.db")
    #expect(sqliteLocation("file:x.db", isImmutable: false) == "./file:x.db")
    #expect(sqliteLocation("/tmp/café 100%?#.db", isImmutable: true) == "file:/tmp/café 100%25%3F%23.db?immutable=1")
  }

  /// Who made the file was ended before it had a log: whoever opens it next gives it one.
  @Test func aFileWithoutALogGetsOne() throws {
    let folder = try WorkspaceFolder()
    try folder.open().write { try $0.append(Samples.numbers(0..<10)) }
    var connection: OpaquePointer?
    sqlite3_open(folder.path, &connection)
    sqlite3_exec(connection, "pragma journal_mode = delete", nil, nil, nil)
    sqlite3_close(connection)
    func mode() throws -> UInt8 { try Data(contentsOf: URL(fileURLWithPath: folder.path))[18] }
    #expect(try mode() == 1)
    let file = try folder.open()
    #expect(try mode() == 2)
    try file.reading { () throws -> Void in #expect(try file.longs("numbers") == Array(0..<10)) }
  }

  @Test func aFailedChangeLeavesNothing() throws {
    let folder = try WorkspaceFolder()
    let file = try folder.open()
    try file.write { try $0.append(Samples.numbers(0..<10)) }
    #expect(throws: Diagnostic.self) {
      try file.write { writer in
        try writer.append(Samples.numbers(10..<20))
        try writer.drop("nothing")
      }
    }
    try file.reading { () throws -> Void in #expect(try file.longs("numbers") == Array(0..<10)) }
  }

  @Test func tablesAreRenamedReplacedAndDropped() throws {
    let folder = try WorkspaceFolder()
    let file = try folder.open()
    try file.write { try $0.append(Samples.numbers(0..<10)) }
    try file.write { try $0.rename("numbers", to: "others") }
    try file.reading { () throws -> Void in #expect(file.tables.map(\.name) == ["others"]) }
    try file.write { try $0.append(Samples.numbers(5..<8)) }
    try file.write { try $0.replace(Samples.numbers(1..<3)) }
    try file.reading { () throws -> Void in #expect(try file.longs("numbers") == [1, 2]) }
    try file.write { try $0.drop("others") }
    try file.reading { () throws -> Void in #expect(file.tables.map(\.name) == ["numbers"]) }
    #expect(try folder.sqlite("SELECT count(*) FROM plumb_segments") == "1")
  }

  @Test func functionsAndSettingsStay() throws {
    let folder = try WorkspaceFolder()
    let function = StoredFunction(name: "f", parameters: "(x: long)", body: "{ x }", folder: "a", summary: "one")
    try folder.open().write { writer in
      try writer.save(function)
      try writer.set("clock", to: "12")
      try writer.set("gone", to: "1")
      try writer.set("gone", to: nil)
    }
    let again = try folder.open()
    #expect(again.functions == [function])
    #expect(again.settings == ["clock": "12"])
  }

  /// SQLite would keep the part before the zero byte.
  @Test func zeroBytesInTextsAreRefused() throws {
    let folder = try WorkspaceFolder()
    let file = try folder.open()
    let function = StoredFunction(name: "f", parameters: "()", body: "{ \"a\0b\" }")
    #expect(Samples.failure { try file.write { try $0.save(function) } }.contains("zero-byte"))
    #expect(try folder.open().functions == [])
  }

  @Test func aReaderSeesItsRowsWhileTheyAreCompacted() throws {
    let folder = try WorkspaceFolder()
    let writer = try folder.open()
    for part in 0..<7 { try writer.write { try $0.append(Samples.numbers(part * 3..<part * 3 + 3)) } }
    let reader = try folder.open()
    try reader.reading { () throws -> Void in
      #expect(reader.layout.map(\.groups) == [7])
      try writer.write { try $0.append(Samples.numbers(21..<24)) }
      try writer.compact()
      #expect(try reader.longs("numbers") == Array(0..<21))
    }
    try reader.reading { () throws -> Void in
      #expect(reader.layout.map(\.groups) == [1])
      #expect(try reader.longs("numbers") == Array(0..<24))
    }
  }

  @Test func manySmallAppendsBecomeFewGroups() throws {
    let folder = try WorkspaceFolder()
    let file = try folder.open()
    for part in 0..<200 {
      try file.write { try $0.append(Samples.numbers(part * 3..<part * 3 + 3)) }
      try file.reading {}
      try file.compactIfNeeded()
    }
    try file.reading { () throws -> Void in
      #expect(try file.longs("numbers") == Array(0..<600))
      #expect(file.layout.map(\.groups).allSatisfy { $0 < 24 }, "\(file.layout)")
    }
    #expect(try folder.sqlite("PRAGMA integrity_check") == "ok")
  }

  @Test func synchronizingKeepsEqualGroups() throws {
    let folder = try WorkspaceFolder()
    let file = try folder.open()
    let capacity = RowGroup.capacity
    try file.write { try $0.synchronize(Samples.numbers(0..<capacity * 2 + 5)) }
    let before = try folder.sqlite("SELECT group_concat(id) FROM (SELECT id FROM plumb_groups ORDER BY place)")
    try file.write { try $0.synchronize(Samples.numbers(0..<capacity * 2 + 9)) }
    let after = try folder.sqlite("SELECT group_concat(id) FROM (SELECT id FROM plumb_groups ORDER BY place)")
    #expect(before.split(separator: ",").prefix(2) == after.split(separator: ",").prefix(2))
    try file.reading { () throws -> Void in #expect(file.table(named: "numbers")?.rowCount == capacity * 2 + 9) }
  }

  @Test func aReaderSeesWhatWasThereWhenItBegan() throws {
    let folder = try WorkspaceFolder()
    let writer = try folder.open()
    try writer.write { try $0.append(Samples.numbers(0..<10)) }
    let reader = try folder.open()
    try reader.reading { () throws -> Void in
      let seen = try #require(reader.table(named: "numbers"))
      try writer.write { try $0.replace(Samples.numbers(50..<60)) }
      try writer.write { try $0.append(Samples.numbers(60..<70)) }
      #expect(try Samples.longs(seen) == Array(0..<10))
    }
    try reader.reading { () throws -> Void in #expect(try reader.longs("numbers") == Array(50..<70)) }
  }

  @Test func oneWriterAtATime() throws {
    let folder = try WorkspaceFolder()
    let first = try folder.open()
    let second = try folder.open()
    try first.write { try $0.append(Samples.numbers(0..<1)) }
    try first.holdingWriterLock {
      let message = Samples.failure { try second.write { try $0.append(Samples.numbers(1..<2)) } }
      #expect(message.contains("is being written by process \(getpid())"), "\(message)")
    }
    try second.write { try $0.append(Samples.numbers(1..<2)) }
    try first.reading { () throws -> Void in #expect(first.table(named: "numbers")?.rowCount == 2) }
  }

  @Test func queriesReadOnlyTheColumnsTheyTouch() throws {
    let folder = try WorkspaceFolder()
    try folder.open().write { try $0.append(Samples.allTypes(rows: 100)) }
    // All segments but one are gone; reading that one still works.
    try folder.change("DELETE FROM plumb_segments WHERE id % 16384 <> 2")
    let file = try folder.open()
    let table = try #require(file.table(named: "all"))
    #expect(try table.groups[0].column(2).count == 100)
    #expect(throws: Diagnostic.self) { try table.groups[0].column(3) }
    #expect(table.rowCount == 100)
  }
}
