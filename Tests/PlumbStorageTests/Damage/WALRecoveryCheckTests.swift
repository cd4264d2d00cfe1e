import Foundation
import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbStorage

/// Write-ahead logs that are not as they were written: what was saved in them never goes without a word.
struct WALRecoveryCheckTests {
  private func sample() throws -> WorkspaceFolder {
    let folder = try WorkspaceFolder()
    try folder.open().write { writer in
      try writer.append(Samples.allTypes(rows: 400))
      try writer.append(Samples.numbers(0..<1_000))
    }
    return folder
  }

  /// A file as its process left it: with changes in the log, of which the index beside it knows.
  ///
  /// - Parameter change: what was done to the file before, in SQL.
  private func left(after change: String? = nil) throws -> (folder: WorkspaceFolder, log: [UInt8], file: WorkspaceFile) {
    let folder = try sample()
    if let change { try folder.change(change) }
    let file = try folder.open()
    try file.write { try $0.append(Samples.numbers(1_000..<1_005)) }
    try file.write { try $0.append(Samples.numbers(1_005..<1_010)) }
    let copy = try WorkspaceFolder()
    for ending in ["", "-wal", "-shm"] {
      try FileManager.default.copyItem(atPath: folder.path + ending, toPath: copy.path + ending)
    }
    return (copy, Array(try Data(contentsOf: URL(fileURLWithPath: folder.path + "-wal"))), file)
  }

  /// The threat: rows were saved, a bit of the log has changed since, and SQLite makes a sound file without them.
  @Test func sqliteDropsWhatWasSavedWithoutAWord() throws {
    let (folder, log, _) = try left()
    let logPlace = folder.path + "-wal"
    var changed = log
    // In a page of the second transaction.
    changed[log.count - 5_000] ^= 1
    try Data(changed).write(to: URL(fileURLWithPath: logPlace))
    #expect(Samples.failure { _ = try folder.open() }.contains("damaged-log: `t.plumb-wal` is damaged"))
    #expect(try Array(Data(contentsOf: URL(fileURLWithPath: logPlace))) == changed)

    let rows = "SELECT row_count FROM plumb_tables WHERE name = 'numbers'"
    #expect(try folder.sqlite(rows) == "1005")
    #expect(try folder.sqlite("PRAGMA integrity_check") == "ok")
    #expect(!FileManager.default.fileExists(atPath: logPlace))
  }

  @Test func aLogThatIsCutOffOrChangedIsTold() throws {
    let (folder, log, _) = try left()
    let logPlace = URL(fileURLWithPath: folder.path + "-wal")
    var changed: [[UInt8]] = [[], Array(log.prefix(31)), Array(log.prefix(log.count / 2))]
    for place in [0, 5, 17, 32, 40, log.count / 2, log.count * 2 / 3] {
      var bytes = log
      bytes[place] ^= 4
      changed.append(bytes)
    }
    let before = try folder.bytes
    for (i, bytes) in changed.enumerated() {
      // The log is looked at before SQLite comes to it: nothing changes.
      try Data(bytes).write(to: logPlace)
      let message = Samples.failure { _ = try folder.open() }
      #expect(message.contains(i == 0 ? "missing-log" : "damaged-log: `t.plumb-wal` is damaged"), "\(i): \(message)")
      #expect(try folder.bytes == before)
      #expect(try Array(Data(contentsOf: logPlace)) == bytes)
    }
    // What is undamaged without the log is salvaged; nothing is written, and the loss is reported again.
    for bytes in [changed[3], changed[2]] {
      try Data(bytes).write(to: logPlace)
      do {
        let salvaged = try folder.open { $0.salvages = true }
        #expect(salvaged.losses.count == 1 && salvaged.tables.count == 2)
      }
      #expect(try folder.bytes == before)
      #expect(Samples.failure { _ = try folder.open() }.contains("damaged-log"))
    }
    // Put back, it is read.
    try Data(log).write(to: logPlace)
    #expect(try folder.open().table(named: "numbers")?.rowCount == 1_010)
    #expect(try folder.open().table(named: "numbers")?.rowCount == 1_010)
  }

  @Test func damageThatAQueryFindsLeavesFileAndLogAsTheyAre() throws {
    let (folder, log, _) = try left(after: "DELETE FROM plumb_segments WHERE id = (SELECT min(id) FROM plumb_segments)")
    let before = try folder.bytes
    do {
      let file = try folder.open()
      #expect(Samples.failure { _ = try file.cells("all") }.contains("rows 1 to 400, is missing"))
      #expect(Samples.failure { try file.write { try $0.drop("numbers") } }.contains("Plumb will not write to it"))
    }
    #expect(try folder.bytes == before)
    #expect(try Array(Data(contentsOf: URL(fileURLWithPath: folder.path + "-wal"))) == log)
  }

  @Test func anEmptyFileWithAnIndexOfChangesIsDamaged() throws {
    let (folder, _, _) = try left()
    try folder.write([])
    try FileManager.default.removeItem(atPath: folder.path + "-wal")
    #expect(Samples.failure { _ = try folder.open() }.contains("it is empty, but `t.plumb-shm` records changes to it"))
    #expect(try folder.bytes == [])
  }

  @Test func aMissingLogIsTold() throws {
    let folder = try sample()
    let file = try folder.open()
    try file.write { try $0.append(Samples.numbers(0..<5)) }
    // What a process leaves that is ended from outside.
    let copy = try WorkspaceFolder()
    try copy.write(try folder.bytes)
    #expect(Samples.failure { _ = try copy.open() }.contains("missing-log: `t.plumb-wal` is missing"))
    let salvaged = try copy.open { $0.salvages = true }
    #expect(salvaged.tables.count == 2)
    // With its log beside it the file is whole.
    let whole = try WorkspaceFolder()
    try whole.write(try folder.bytes)
    try Data(contentsOf: URL(fileURLWithPath: folder.path + "-wal")).write(to: URL(fileURLWithPath: whole.path + "-wal"))
    #expect(try whole.open().table(named: "numbers")?.rowCount == 1_005)
    #expect(try whole.open().table(named: "numbers")?.rowCount == 1_005)
  }

  @Test func aMissingLogIsToldThoughAReaderWasInTheWay() throws {
    let folder = try sample()
    let file = try folder.open()
    try file.reading { () throws -> Void in try file.write { try $0.append(Samples.numbers(0..<5)) } }
    let copy = try WorkspaceFolder()
    try copy.write(try folder.bytes)
    #expect(Samples.failure { _ = try copy.open() }.contains("missing-log"))
  }

  @Test func withoutItsIndexALogIsFollowedToItsEnd() throws {
    let (folder, log, _) = try left()
    try FileManager.default.removeItem(atPath: folder.path + "-shm")
    var bytes = log
    bytes[log.count / 4] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: folder.path + "-wal"))
    #expect(Samples.failure { _ = try folder.open() }.contains("damaged-log"))
    // What a process was about to write when it was killed does not count as lost.
    try Data(log + log.suffix(5_000)).write(to: URL(fileURLWithPath: folder.path + "-wal"))
    #expect(try folder.open().table(named: "numbers")?.rowCount == 1_010)
  }
}
