import PlumbDatabase
import PlumbEngine

/// The session's queries as the table `history`: what was asked, when, how many rows came, how long it took.
struct QueryLog {
  struct Entry: Sendable {
    let query: String
    /// Ticks.
    let when: Int64
    let rows: Int?
    let milliseconds: Double
    let error: String

    /// As the columns of `schema`.
    var cells: [Value] {
      let count: Value = rows.map { .long(Int64($0)) } ?? .null(.long)
      let duration = Int64(min(max(milliseconds, 0), 1e12) * 10_000)
      return [.string(query), .datetime(when), count, .timespan(duration), .string(error)]
    }
  }

  private(set) var entries: [Entry] = []
  private let catalog: Catalog
  private let isShown: Bool

  /// The oldest are forgotten beyond this many.
  private static let limit = 5000

  static let schema: Schema = [
    ColumnInfo("query", .string), ColumnInfo("when", .datetime), ColumnInfo("rows", .long),
    ColumnInfo("duration", .timespan), ColumnInfo("error", .string),
  ]

  /// A table of the user's with this name stays.
  init(catalog: Catalog) {
    self.catalog = catalog
    isShown = !catalog.hasTable(named: "history")
    publish()
  }

  mutating func add(_ entry: Entry) {
    entries.append(entry)
    if entries.count > Self.limit { entries.removeFirst(entries.count - Self.limit) }
    publish()
  }

  /// The table is made when a query reads it.
  private func publish() {
    guard isShown else { return }
    catalog.addUnlisted("history", schema: Self.schema) { [entries] in
      Table(name: "history", schema: Self.schema, rows: entries.map(\.cells))
    }
  }
}
