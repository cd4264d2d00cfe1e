import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbStorage

/// Rows that are left out and handed on with their lines, whichever thread and batch met them.
@Suite struct RejectedRowTests {
  private final class Rows {
    var list: [RejectedInput] = []
    var texts: [String] { list.map { "\($0.line ?? 0)|\(String(decoding: $0.text, as: UTF8.self))" } }
    func take(_ row: RejectedInput) { list.append(row) }
  }

  private func rejects(
    _ text: String, named name: String = "t.csv", policy: BadRowPolicy = .skip, types: Schema? = nil, threads: Int = 1,
    blockSize: Int? = nil
  ) throws -> Rows {
    let rows = Rows()
    _ = try load(text, named: name) {
      $0.columns = types
      $0.badRows = policy
      $0.threads = threads
      $0.blockSize = blockSize
      $0.onReject = { rows.take($0) }
    }
    return rows
  }

  @Test func rowsOfDelimitedText() throws {
    let rows = try rejects(BadRowTests.text, types: BadRowTests.schema)
    #expect(rows.texts == ["3|2", "4|3,y,z", "5|four,w"])
    #expect(rows.list.map(\.reason) == [
      "`t.csv` line 3 has 1 field where 2 are expected", "`t.csv` line 4 has 3 fields where 2 are expected",
      "`t.csv` line 5, column `a`: `four` is not a long",
    ])
    #expect(rows.list.allSatisfy { $0.path.hasSuffix("/t.csv") })
    #expect(try rejects("a,b\n1,2\n3,\"open\nx,y,z\n").texts == ["3|3,\"open\nx,y,z\n"])
    #expect(try rejects("a,b\r\n1,2\r\n\"x\r\ny\",\"z\",3\r\n4\r\n").texts == ["3|\"x\r\ny\",\"z\",3", "5|4"])
  }

  /// Where bad values become null only a row whose quote is never closed is left out.
  @Test func whatIsRepairedIsNotRejected() throws {
    #expect(try rejects(BadRowTests.text, policy: .null, types: BadRowTests.schema).texts == [])
    #expect(try rejects("a,b\n1,2\n3,\"open\n", policy: .null).texts == ["3|3,\"open\n"])
    #expect(try rejects("a,b\n1,2\n3,4\n", policy: .reject).texts == [])
  }

  /// The same rows in the same order, whatever the blocks and threads are.
  @Test(arguments: [(1, 16), (2, 16), (2, 5_000), (3, 1_000), (2, 1 << 20)]) func threadsAndBlocks(threads: Int, size: Int) throws {
    var lines = ["a,b"]
    var expected: [String] = []
    for row in 0..<2_000 {
      let line = row % 97 == 5 ? "\(row)" : row % 101 == 7 ? "x\(row),y" : "\(row),y"
      lines.append(line)
      if row % 97 == 5 || row % 101 == 7 { expected.append("\(row + 2)|\(line)") }
    }
    let rows = try rejects(lines.joined(separator: "\n"), types: BadRowTests.schema, threads: threads, blockSize: size)
    #expect(rows.texts == expected)
  }

  @Test func rowsOfJSON() throws {
    let lines = "{\"a\":1}\n{\"a\": 2\n7\n{\"a\":\"x\"}\n\n{\"a\":3}\n"
    let rows = try rejects(lines, named: "t.ndjson", types: [.init("a", .long)])
    #expect(rows.texts == ["2|{\"a\": 2", "3|7", "4|{\"a\":\"x\"}"])
    #expect(rows.list[1].reason.contains("line 3") && rows.list[1].reason.contains("a row must be an object in braces"))
    let array = try rejects("[{\"a\":1},7,\n \"x\", {\"a\":2}]", named: "t.json")
    #expect(array.texts == ["1|7", "2|\"x\""])
  }

  /// A text that is read again from its front, as a type did not hold, hands each row on once.
  @Test func batchesThatBeginAgain() throws {
    let text = "a,b\n" + (0..<400).map { $0 == 300 ? "word,1\n" : $0 % 50 == 3 ? "\($0)\n" : "\($0),1\n" }.joined()
    let file = try TemporaryFile(Array(text.utf8), named: "t.csv")
    defer { file.remove() }
    let rows = Rows()
    var options = makeOptions()
    options.badRows = .skip
    options.onReject = { rows.take($0) }
    let table = try RowFile.rows(file.path, options, batchBytes: 64)
    #expect(table.rowCount == 392)
    #expect(rows.list.map(\.line) == stride(from: 5, to: 405, by: 50).map { $0 })
  }

  @Test func whoeverTakesThemCanEndIt() throws {
    let full = Diagnostic("write-failed", "no room")
    #expect(throws: full) {
      _ = try load("a,b\n1\n") {
        $0.badRows = .skip
        $0.onReject = { _ in throw full }
      }
    }
  }

  /// A file of which hardly a row fits ends well when it is too large to hold.
  @Test func tooManyAreSaid() throws {
    let text = "a,b\n1,2\n" + String(repeating: "x\n", count: 40_000)
    let file = try TemporaryFile(Array(text.utf8), named: "t.csv")
    defer { file.remove() }
    var options = ReadOptions(context: ExecutionContext(now: 0, threads: 1, memoryLimit: 1 << 20))
    options.badRows = .skip
    options.onReject = { _ in }
    options.context = ExecutionContext(now: 0, threads: 1, memoryLimit: 4 << 20)
    let failure = #expect(throws: Diagnostic.self) { _ = try readTable(named: "t", file.path, options) }
    #expect(failure?.code == "memory-limit")
  }
}
