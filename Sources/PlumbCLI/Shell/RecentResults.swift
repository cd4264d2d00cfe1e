import PlumbDatabase
import PlumbEngine

/// The latest results as tables: `_` is the last one, `_1` the one before, and so on to `_8`.
struct RecentResults {
  private var kept: [Result] = []
  private var catalog: Catalog

  /// The number of results kept, and of rows in all of them; the last one is kept whatever its size.
  private static let count = 9
  private static let rows = 5_000_000

  init(catalog: Catalog) { self.catalog = catalog }

  /// The last result.
  var last: Answer? { kept.first?.answer }
  /// The result before it.
  var beforeLast: Answer? { kept.count > 1 ? kept[1].answer : nil }

  mutating func add(_ answers: [Answer]) {
    for answer in answers where !answer.schema.isEmpty { kept.insert(Result(answer), at: 0) }
    var total = 0
    var count = 0
    for result in kept.prefix(Self.count) {
      total += result.answer.rowCount
      if count > 0 && total > Self.rows { break }
      count += 1
    }
    kept.removeLast(kept.count - count)
    publish()
  }

  /// Moves the results to another catalog.
  mutating func move(to catalog: Catalog) {
    self.catalog = catalog
    publish()
  }

  private func publish() {
    for i in 0..<Self.count {
      let name = i == 0 ? "_" : "_\(i)"
      if kept.indices.contains(i) {
        catalog.addUnlisted(name, schema: kept[i].answer.schema) { [result = kept[i]] in result.table(name: name) }
      } else {
        catalog.remove(tableNamed: name)
      }
    }
  }

  /// A result whose rows become those of a table when a query first reads it.
  private final class Result: Sendable {
    let answer: Answer
    private let groups = LockedValue<[RowGroup]?>(nil)

    init(_ answer: Answer) { self.answer = answer }

    func table(name: String) -> Table {
      let made = groups.withLock { groups in
        let made = groups ?? answer.chunks.map { RowGroup($0.vectors(), count: $0.count) }
        groups = made
        return made
      }
      return Table(name: name, schema: answer.schema, groups: made)
    }
  }
}
