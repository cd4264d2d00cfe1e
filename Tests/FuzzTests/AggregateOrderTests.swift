import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import TestSupport
import Testing

/// Every aggregate gives the same answer over sorted rows in every run, on any number of workers.
@Suite(.serialized, .enabled(if: LongTests.areRun)) struct AggregateOrderTests {
  /// Rows with the awkward values of each type: nulls, zeros of both signs, NaN, numbers whose
  /// sums round, equal decimals and dynamic numbers of different forms, texts, bags, sketches.
  private static let source = """
    range x from 1 to \(Effort.of(13_000, sample: 5_000)) step 1
    | extend y = hash(x, 1000000), g = x % 7
    | extend long = iff(x % 11 == 0, long(null), x % 5003), int = toint(x % 90), bool = x % 3 == 0,
        real = iff(x % 13 == 0, real(null), iff(x % 101 == 0, iff(x % 2 == 0, 0.0, -0.0), todouble(y) / 7)),
        decimal = iff(x % 2 == 0, decimal(1.5), decimal(1.50)) + todecimal(x % 3) / 7,
        datetime = datetime(2024-01-01) + y * 1s, timespan = (y % 977) * 3ms,
        string = iff(x % 17 == 0, "", strcat("s", x % 401)), guid = toguid(hash_md5(tostring(x % 601))),
        dynamic = case(x % 5 == 0, todynamic(tostring(x % 9)), x % 5 == 1, todynamic(strcat(x % 9, ".0")),
          x % 5 == 2, pack(strcat("k", x % 50), x), x % 5 == 3, dynamic(["a", 1.5]), dynamic(null))
    """
  private static let types =
    Effort.isFull
    ? ["long", "int", "bool", "real", "decimal", "datetime", "timespan", "string", "guid", "dynamic"]
    : ["long", "bool", "real", "decimal", "string", "dynamic"]

  /// Calls of the aggregate over each type that it takes, beside the constants and predicates that its parameters name.
  private static func calls(of function: AggregateFunction) -> [String] {
    var shapes = [[]] as [[String]]
    for type in types {
      shapes += [[type], [type, "bool"], [type, "real"], [type, "long"], [type, "50"], [type, "int", "50"]]
      shapes += [[type, "bool", "3"], [type, "real", "bool"], [type, "long", "dynamic([5, 99])"], [type, "dynamic([5, 99])"]]
      shapes += [[type, "*"]]
    }
    return shapes.map { "\(function.name)(\($0.joined(separator: ", ")))" }
  }

  /// The rows, and of each sketch that is merged a column over fewer rows.
  private static let catalog: Result<Catalog, any Error> = Result {
    let maker = Session(catalog: Catalog(), options: SessionOptions(threads: 1, memoryLimit: 4 << 30, clock: { 0 }))
    let catalog = Catalog()
    for (name, query) in [
      ("rows", source), ("one", source + "\n| where x == 1"),
      ("sketches", source + "\n| summarize hll = hll(long), tdigest = tdigest(real), y = min(y), x = min(x), g = min(g) by n = x % 3000"),
    ] {
      guard let answer = try maker.run(query).last else { continue }
      catalog.add(
        Table(name: name, schema: answer.schema, groups: answer.chunks.map { RowGroup($0.vectors(), count: $0.count) }))
    }
    return catalog
  }

  private static func session(threads: Int) throws -> Session {
    var options = SessionOptions(threads: threads, memoryLimit: 4 << 30, clock: { 638_770_000_000_000_000 }, seed: 1)
    options.tuning.rowsWorthAWorker = 1
    return Session(catalog: try catalog.get(), options: options)
  }

  @Test(arguments: AggregateFunction.all.map(\.name)) func answersAreTheSameInEveryRun(name: String) throws {
    let function = try #require(AggregateFunction.named(name))
    let alone = try Self.session(threads: 1)
    let isMerge = name.hasSuffix("_merge")
    let candidates = isMerge ? ["\(name)(\(name.dropLast(6)))"] : Self.calls(of: function)
    let accepted = candidates.filter { (try? alone.run("\(isMerge ? "sketches" : "one") | summarize \($0)")) != nil }
    #expect(!accepted.isEmpty)
    // In parts: a list of rows is long.
    for first in stride(from: 0, to: accepted.count, by: 12) {
      let part = accepted[first..<min(first + 12, accepted.count)]
      for by in ["", " by g"] {
        let query = """
          \(isMerge ? "sketches" : "rows") | sort by y asc, x asc
          | summarize \(part.joined(separator: ", "))\(by)
          """
        let expected = try Self.texts(alone, query)
        for threads in Effort.isFull ? [2, 7] : [7] {
          let session = try Self.session(threads: threads)
          let answer = try Self.texts(session, query)
          for (mine, theirs) in zip(answer, expected) where mine.text != theirs.text {
            Issue.record("\(threads) workers: the column \(mine.name) differs from one worker's, of \(part.joined(separator: ", "))\(by)")
          }
        }
      }
    }
  }

  /// The columns of the answer as texts.
  private static func texts(_ session: Session, _ query: String) throws -> [(name: String, text: String)] {
    guard let answer = try session.run(query).last else { return [] }
    return answer.schema.enumerated().map { column, info in
      var text = ByteBuffer()
      for chunk in answer.chunks {
        let vector = chunk.column(column)
        for row in 0..<chunk.count {
          vector.printLiteral(at: row, to: &text)
          text.append(0x2C)
        }
      }
      return (info.name, text.string)
    }
  }
}
