import PlumbEngine
import Testing

@testable import PlumbStorage

@Suite struct BadRowTests {
  static let text = "a,b\n1,x\n2\n3,y,z\nfour,w\n5,v\n"
  static let schema: Schema = [.init("a", .long), .init("b", .string)]

  @Test func rejectNamesTheFirst() {
    #expect(
      failure(BadRowTests.text) { $0.columns = BadRowTests.schema }
        == "bad-row: `t.csv` line 3 has 1 field where 2 are expected")
    #expect(failure("a,b\n1,2\n3,4,5\n") == "bad-row: `t.csv` line 3 has 3 fields where 2 are expected")
    #expect(
      failure("a,b\n\"1\n\n\",2\nx,y\n") { $0.columns = BadRowTests.schema }
        == "bad-value: `t.csv` line 5, column `a`: `x` is not a long")
    #expect(
      failure("a\n99999999999\n") { $0.columns = [.init("a", .int)] }
        == "bad-value: `t.csv` line 2, column `a`: `99999999999` is not an int")
    #expect(
      failure("a,b\n1,2\n3,\"open\n") == "open-quote: `t.csv`: the row at line 3 opens a quote that is never closed")
    let long = String(repeating: "é", count: 50)
    #expect(
      failure("a\n\(long)\n") { $0.columns = [.init("a", .real)] }
        == "bad-value: `t.csv` line 2, column `a`: `\(String(repeating: "é", count: 20))…` is not a real")
  }

  @Test func theFirstBadRowOfAllThreads() {
    var lines = ["a,b"]
    for i in 0..<50_000 { lines.append("\(i),x") }
    for bad in [40_000, 12_345, 30_000] { lines[bad] = "oops,x" }
    let message = failure(lines.joined(separator: "\n")) {
      $0.columns = BadRowTests.schema
      $0.threads = 2
      $0.blockSize = 5000
    }
    #expect(message == "bad-value: `t.csv` line 12346, column `a`: `oops` is not a long")
  }

  @Test func skipLeavesOut() throws {
    let loaded = try load(BadRowTests.text) {
      $0.columns = BadRowTests.schema
      $0.badRows = .skip
    }
    #expect(loaded.rows == ["1|x", "5|v"])
    #expect(loaded.skippedRows == 3)
    let open = try load("a,b\n1,2\n3,\"open\n") { $0.badRows = .skip }
    #expect(open.rows == ["1|2"])
    #expect(open.skippedRows == 1)
  }

  @Test func nullKeepsTheRow() throws {
    let loaded = try load(BadRowTests.text) {
      $0.columns = BadRowTests.schema
      $0.badRows = .null
    }
    #expect(loaded.rows == ["1|x", "2|", "3|y", "∅|w", "5|v"])
    #expect(loaded.nulledCells == 2)
    #expect(loaded.skippedRows == 0)
    #expect(loaded.misfits.notes == [
      "2 cells did not fit and became null",
      "2 rows had the wrong number of fields; missing fields became null, extra fields were dropped",
    ])
  }

  @Test func skippingAcrossBatches() throws {
    var lines = ["a,b"]
    var expected: [String] = []
    for i in 0..<20_000 {
      let isBad = i % 7 == 3
      lines.append(isBad ? "bad,t\(i)" : "\(i),t\(i)")
      if !isBad { expected.append("\(i)|t\(i)") }
    }
    let loaded = try load(lines.joined(separator: "\n")) {
      $0.columns = BadRowTests.schema
      $0.badRows = .skip
      $0.blockSize = 30_000
      $0.threads = 2
    }
    #expect(loaded.rows == expected)
    #expect(loaded.skippedRows == 20_000 - expected.count)
  }
}
