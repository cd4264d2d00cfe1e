import Foundation
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage
import TestSupport
import Testing

/// Mutated and random files, 2,500 of them: each is loaded, or its mistake is named.
@Suite(.serialized, .enabled(if: LongTests.areRun)) struct FileFuzzTests {
  @Test(.timeLimit(.hang), arguments: [0x506C_756D_6221] as [UInt64])
  func delimitedFilesEndWell(seed: UInt64) throws {
    let pieces = [
      "a", "b", "1", "-7", "2.5", "1e400", "true", "2025-03-06", "2025-03-06T07:08:09Z", "00:05:00", "é", "日本", "{\"a\":1}",
      "[1,2]", "\"a,b\"", "\"a\"\"b\"", "\"", "'", ",", ",", ",", ";", "\t", "|", "\n", "\n", "\n", "\r\n", "\r", "\"a\nb\"",
      "\u{FEFF}", "\u{0}", " ", "NULL", "9223372036854775808", "74be27de-1e4e-49d9-b579-fe0b331d3642", "\\", "\\\"", "",
    ]
    try fuzz(count: 1_250, seed: seed, ending: "csv", pieces: pieces, start: "a,b,c\n1,x,2025-01-01\n2,\"y, z\",\n")
  }

  @Test(.timeLimit(.hang), arguments: [0x506C_756D_6231] as [UInt64])
  func jsonFilesEndWell(seed: UInt64) throws {
    let pieces = [
      "{", "}", "[", "]", ":", ",", "\"a\"", "\"b\"", "\"\\u00e9\"", "\"\\uD83D\"", "\"\\", "\"", "1", "-", "1.5", "1e999", "-0",
      "true", "false", "null", "nul", "NaN", "{\"a\": 1}", "{\"a\": {\"b\": [1]}}", "\n", "\n", "\n", "\r\n", " ", "\t",
      "\u{FEFF}", "\u{0}", "9223372036854775808", "\"2025-03-06T07:08:09Z\"", "{\"a\":1,\"a\":2}", "[[[[", "é",
    ]
    try fuzz(
      count: 1_250, seed: seed, ending: "ndjson", pieces: pieces,
      start: "{\"a\": 1, \"b\": \"x\", \"c\": {\"d\": [1, 2]}}\n{\"a\": null, \"b\": \"y\"}\n")
  }

  @Test(.timeLimit(.hang)) func deepAndWideFilesEndWell() throws {
    let n = 100_000
    let trial = Trial("files")
    let files: [(ending: String, text: String)] = [
      ("ndjson", String(repeating: "[", count: n)),
      ("ndjson", "{\"a\": " + String(repeating: "[", count: n) + String(repeating: "]", count: n) + "}\n"),
      ("json", String(repeating: "{\"a\":", count: n) + "1" + String(repeating: "}", count: n)),
      ("csv", "a\n\"" + String(repeating: "x\n", count: n)),
      ("csv", String(repeating: ",", count: n) + "\n" + String(repeating: ",", count: n) + "\n"),
      ("csv", String(repeating: "\n", count: n)), ("csv", ""), ("ndjson", ""), ("json", ""), ("csv", "\u{FEFF}"),
      ("csv", "a,b\n" + String(repeating: "1\n", count: 1_000)),
    ]
    for file in files { try load(Data(file.text.utf8), ending: file.ending, ReadOptions(context: Self.context), trial) }
    #expect(trial.answers + trial.refusals >= 0)
  }

  private static var context: ExecutionContext { ExecutionContext(now: 0, threads: 2, memoryLimit: 128 << 20) }

  private func fuzz(count: Int, seed: UInt64, ending: String, pieces: [String], start: String) throws {
    var dice = Dice(seed: seed)
    let trial = Trial(ending)
    var loaded = 0
    for _ in 0..<count {
      var bytes = dice.flip(oneIn: 3) ? Data() : Data(start.utf8)
      for _ in 0..<dice.roll(30) {
        let at = dice.roll(bytes.count + 1)
        switch dice.roll(6) {
        case 0 where at < bytes.count: bytes[at] = UInt8(dice.roll(256))
        case 1: bytes.removeSubrange(at..<min(bytes.count, at + dice.roll(6)))
        case 2: bytes.append(contentsOf: dice.pick(pieces).utf8)
        default: bytes.insert(contentsOf: dice.pick(pieces).utf8, at: at)
        }
      }
      var options = ReadOptions(context: Self.context)
      options.badRows = dice.pick([.reject, .skip, .null])
      if dice.flip(oneIn: 3) { options.hasHeader = dice.flip(oneIn: 2) }
      if dice.flip(oneIn: 4) { options.delimiter = dice.pick([0x2C, 0x3B, 0x09, 0x7C]) }
      if dice.flip(oneIn: 3) { options.blockSize = 16 + dice.roll(64) }
      if dice.flip(oneIn: 4) {
        options.columns = [ColumnInfo("a", .long), ColumnInfo("b", .datetime), ColumnInfo("c", .dynamic)]
      }
      if try load(bytes, ending: ending, options, trial) { loaded += 1 }
    }
    #expect(loaded > count / 20, "too few of the files can be read to try what follows")
  }

  /// Loads a file and reads every cell of it.
  @discardableResult
  private func load(_ bytes: Data, ending: String, _ options: ReadOptions, _ trial: Trial) throws -> Bool {
    let path = FileManager.default.temporaryDirectory.appending(path: "plumb-fuzz-\(getpid())-file.\(ending)")
    try bytes.write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    do {
      let loaded = try readTable(named: "t", path.path, options)
      trial.session.catalog.add(loaded.table)
      try trial.run("t | take 50; t | summarize count() by *", format: .json)
      return true
    } catch let error as Diagnostic {
      #expect(!error.message.isEmpty)
      return false
    }
  }
}
