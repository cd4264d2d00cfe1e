import Foundation
import PlumbDatabase
import PlumbEngine
import Testing

extension Answer {
  /// The first value of the first row.
  var firstValue: Value? { chunks.first { $0.count > 0 }?.vectors().first?.value(at: 0) }
}

/// Numbers at the edge of their types, in the place of every number of the manual's queries.
@Suite(.serialized) struct EdgeNumberTests {
  private static let edges = [
    "0", "1", "-1", "2147483647", "2147483648", "4294967295", "2305843009213693952", "4611686018427387903", "4611686018427387904",
    "4611686018427387905", "9223372036854775806", "9223372036854775807", "-9223372036854775808", "1e308", "-1e308", "5e-324",
    "real(nan)", "real(+inf)", "real(-inf)", "long(null)", "int(null)", "real(null)", "1tick", "-1tick", "10675199d", "-10675199d",
    "datetime(0001-01-01)", "datetime(9999-12-31T23:59:59.9999999Z)", "\"\"", "dynamic(null)",
  ]

  /// Where a text has numbers that are not parts of names.
  private static func numbers(in text: String) throws -> [Range<String.Index>] {
    text.ranges(of: try Regex(#"(?<![\w.'"-])\d+(\.\d+)?(?![\w.])"#))
  }

  @Test(.timeLimit(.hang)) func everyNumberOfTheManualMayBeExtreme() throws {
    let seed = UInt64.random(in: .min ... .max)
    var dice = Dice(seed: seed)
    let places = try manualQueries().flatMap { query in try Self.numbers(in: query).map { (query, $0) } }
    #expect(places.count > 500)
    let trial = Trial("edges-\(seed)")
    let count = Effort.of(30_000, sample: 700)
    for _ in 0..<count {
      let (query, place) = dice.pick(places)
      try trial.run(query.replacingCharacters(in: place, with: dice.pick(Self.edges)))
    }
    #expect(trial.answers + trial.refusals == count, "seed \(seed)")
    #expect(trial.answers * 10 > count, "seed \(seed): some numbers should be accepted")
  }

  /// However large the number of rows, all rows come, in order, over one row, a chunk and several row groups.
  @Test(arguments: ["4294967297", "2305843009213693952", "4611686018427387904", "6917529027641081856", "9223372036854775807"])
  func anyNumberOfRowsCanBeAskedFor(number: String) throws {
    let session = Session(catalog: Catalog(), options: SessionOptions(threads: 2))
    for rows in [1, 3_000, 140_000] {
      let table = "range k from 1 to \(rows) step 1"
      for steps in [
        "top \(number) by k", "top \(number) by k, -k", "sort by k desc, -k | take \(number)", "sort by k asc | limit \(number)",
        "top-hitters \(number) of k", "top-nested \(number) of k by count()", "partition by k % 2 (top \(number) by k)", "sample \(number)",
        "sample-distinct \(number) of k", "take \(number)",
      ] where rows < 100_000 || steps.contains("by k") {
        let answer = try session.run("\(table) | \(steps) | count").first
        #expect(answer?.firstValue == .long(Int64(rows)), "\(rows) rows, \(steps)")
      }
    }
  }
}
