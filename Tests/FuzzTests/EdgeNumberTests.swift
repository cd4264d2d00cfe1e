import PlumbDatabase
import PlumbEngine
import Testing

extension Answer {
  /// The first value of the first row.
  var firstValue: Value? { chunks.first { $0.count > 0 }?.vectors().first?.value(at: 0) }
}

/// Numbers of rows at the edge of their type.
@Suite(.serialized) struct EdgeNumberTests {
  /// However large the number of rows, all rows come, in order, over one row, a chunk and several row groups.
  @Test(arguments: ["4294967297", "2305843009213693952", "4611686018427387904", "6917529027641081856", "9223372036854775807"])
  func anyNumberOfRowsCanBeAskedFor(number: String) throws {
    let session = Session(catalog: Catalog(), options: SessionOptions(threads: 2))
    for rows in [1, 3_000, 140_000] {
      let table = "range k from 1 to \(rows) step 1"
      for steps in [
        "top \(number) by k", "top \(number) by k, -k", "sort by k desc, -k | take \(number)", "sort by k asc | limit \(number)",
        "top-hitters \(number) of k", "top-nested \(number) of k by count()", "take \(number)",
      ] where rows < 100_000 || steps.contains("by k") {
        let answer = try session.run("\(table) | \(steps) | count").first
        #expect(answer?.firstValue == .long(Int64(rows)), "\(rows) rows, \(steps)")
      }
    }
  }
}
