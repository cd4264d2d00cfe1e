import PlumbDatabase
import PlumbEngine

/// The latest results as tables: `_` is the last one, `_1` the one before, and so on to `_8`.
struct RecentResults {
  private var kept: [Table] = []
  private let catalog: Catalog

  /// Results kept, and rows in all of them; the last one is kept whatever its size.
  private static let count = 9
  private static let rows = 5_000_000

  init(catalog: Catalog) { self.catalog = catalog }

  mutating func add(_ answers: [Answer]) {
    for answer in answers where !answer.schema.isEmpty {
      let groups = answer.chunks.map { RowGroup($0.vectors(), count: $0.count) }
      kept.insert(Table(name: "_", schema: answer.schema, groups: groups), at: 0)
    }
    var total = 0
    var count = 0
    for table in kept.prefix(Self.count) {
      total += table.rowCount
      if count > 0 && total > Self.rows { break }
      count += 1
    }
    kept.removeLast(kept.count - count)
    for i in 0..<Self.count {
      let name = i == 0 ? "_" : "_\(i)"
      if kept.indices.contains(i) {
        catalog.addUnlisted(name, schema: kept[i].schema) { [table = kept[i]] in
          Table(name: name, schema: table.schema, groups: table.groups)
        }
      } else {
        catalog.remove(tableNamed: name)
      }
    }
  }
}
