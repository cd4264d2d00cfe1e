import Foundation
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import TestSupport
import Testing

/// Random queries give the same answers however they are run: on one worker or several, with every rewrite
/// rule, without each of them, and without any; from rows and from digests of row groups.
///
/// `PLUMB_DIFFERENTIAL` is the number of queries (2,000 in `Tests/figures/differential.sh`), `PLUMB_DIFFERENTIAL_SEED`
/// where they start.
@Suite(.serialized, .enabled(if: LongTests.areRun)) struct DifferentialTests {
  static func setting(_ name: String, _ usual: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? usual
  }

  static let seed = UInt64(setting("PLUMB_DIFFERENTIAL_SEED", 20_250_306))

  @Test func answersDoNotDependOnTheWay() throws {
    let count = Self.setting("PLUMB_DIFFERENTIAL", 120)
    let isThorough = count > 1_000
    var tables = DifferentialTables(seed: Self.seed)
    let catalog = Catalog()
    for table in tables.all(large: isThorough ? 140_000 : 5_000) { catalog.add(table) }
    let plain = Way("one worker, no rules", catalog, threads: 1, disabled: Set(RewriteRule.names), statistics: false)
    let ways =
      [
        Way("one worker", catalog, threads: 1),
        Way("seven workers", catalog, threads: 7),
        Way("two workers, no rules", catalog, threads: 2, disabled: Set(RewriteRule.names)),
      ] + RewriteRule.names.map { Way("without \($0)", catalog, threads: 2, disabled: [$0]) }
    var queries = DifferentialQueries(seed: Self.seed)
    var answered = 0
    for number in 0..<count {
      // Over the large table only the ways that differ most.
      let overLarge = number % 40 == 39
      let query = queries.next(overLarge: overLarge)
      let expected = plain.answer(to: query)
      if case .rows = expected { answered += 1 }
      for way in overLarge ? Array(ways.prefix(3)) : ways {
        let answer = way.answer(to: query)
        if let difference = expected.difference(from: answer) {
          Issue.record("query \(number), \(way.name): \(difference)\n\(query.text)")
        }
      }
    }
    #expect(answered * 10 > count * 9, "most of the queries should be right KQL")
  }
}

/// One way to run queries: some workers, some rules.
private struct Way {
  let name: String
  private let session: Session

  init(_ name: String, _ catalog: Catalog, threads: Int, disabled: Set<String> = [], statistics: Bool = true) {
    self.name = name
    var options = SessionOptions(threads: threads, memoryLimit: 4 << 30, clock: { 638_770_000_000_000_000 }, seed: 1)
    options.tuning.disabledRules = disabled
    options.tuning.usesStatistics = statistics
    options.tuning.rowsWorthAWorker = 1
    session = Session(catalog: catalog, options: options)
  }

  func answer(to query: DifferentialQueries.Query) -> Outcome {
    do {
      guard let answer = try session.run(query.text).last else { return .rows([]) }
      let rows = answer.rowTexts
      return .rows(query.isOrdered ? rows : rows.sorted { $0.exact < $1.exact || $0.exact == $1.exact && $0.isBefore($1) })
    } catch let errors as Diagnostics {
      return .refusal(errors.list.map(\.code).joined(separator: " "))
    } catch {
      return .refusal("\(error)")
    }
  }
}

/// What a query came to.
private enum Outcome {
  case rows([Row])
  case refusal(String)

  /// One row: the cells that must be equal, joined, and the numbers that may differ in their last digits.
  struct Row {
    var exact: String
    var approximate: [Double?]

    func isBefore(_ other: Row) -> Bool {
      for (a, b) in zip(approximate, other.approximate) where a != b { return (a ?? -.infinity) < (b ?? -.infinity) }
      return false
    }

    func agrees(with other: Row) -> Bool {
      exact == other.exact
        && zip(approximate, other.approximate).allSatisfy { a, b in
          guard let a, let b else { return a == nil && b == nil }
          return a == b || a.isNaN && b.isNaN || abs(a - b) <= 1e-5 + 1e-9 * max(abs(a), abs(b))
        }
    }
  }

  /// How `other` differs; nil when it does not.
  func difference(from other: Outcome) -> String? {
    switch (self, other) {
    case (.refusal, .refusal): return nil
    case (.rows, .refusal(let why)): return "refused with \(why)"
    case (.refusal(let why), .rows): return "answered, though it should be refused with \(why)"
    case (.rows(let mine), .rows(let theirs)):
      if mine.count != theirs.count { return "\(theirs.count) rows in place of \(mine.count)" }
      guard let at = mine.indices.first(where: { !mine[$0].agrees(with: theirs[$0]) }) else { return nil }
      return "row \(at) is \(theirs[at]) in place of \(mine[at])"
    }
  }
}

extension Answer {
  /// The rows as texts, with types told apart and nulls from empty texts.
  fileprivate var rowTexts: [Outcome.Row] {
    let isApproximate = schema.map { $0.name.hasPrefix("approx") }
    return chunks.flatMap { chunk in
      let columns = chunk.vectors()
      return (0..<chunk.count).map { row in
        var text = ByteBuffer()
        var numbers: [Double?] = []
        for (column, isApproximate) in zip(columns, isApproximate) {
          if isApproximate {
            switch column.value(at: row) {
            case .real(let number): numbers.append(number)
            case .long(let number): numbers.append(Double(number))
            default: numbers.append(nil)
            }
          } else {
            column.printLiteral(at: row, to: &text)
            text.append(0x2C)
          }
        }
        return Outcome.Row(exact: text.string, approximate: numbers)
      }
    }
  }
}
