import PlumbDatabase
import PlumbEngine
import PlumbKit
import PlumbStorage

/// The queries of this and earlier sessions as the table `history`: text, time, number of rows, duration.
struct QueryLog {
  struct Entry: Sendable {
    var query: String
    /// In ticks.
    let when: Int64
    let rows: Int?
    let milliseconds: Double
    let error: String

    /// In the order of `schema`.
    var cells: [Value] {
      let count: Value = rows.map { .long(Int64($0)) } ?? .null(.long)
      return [.string(query), .datetime(when), count, .timespan(duration), .string(error)]
    }

    var duration: Int64 { Int64(min(max(milliseconds, 0), 1e12) * 10_000) }
  }

  private(set) var entries: [Entry] = []
  private let earlier: EarlierEntries
  private let catalog: Catalog
  private let isShown: Bool

  /// Beyond this number the oldest are forgotten.
  private static let limit = 5000

  static let schema: Schema = [
    ColumnInfo("query", .string), ColumnInfo("when", .datetime), ColumnInfo("rows", .long),
    ColumnInfo("duration", .timespan), ColumnInfo("error", .string),
  ]

  /// A user's table of this name is kept.
  ///
  /// - Parameter file: where earlier sessions stored their entries; nil for the state folder.
  init(catalog: Catalog, file: WorkspaceFile? = nil) {
    self.catalog = catalog
    earlier = EarlierEntries(file)
    isShown = !catalog.hasTable(named: "history")
    publish()
  }

  mutating func add(_ entry: Entry) {
    entries.append(entry)
    if entries.count > Self.limit { entries.removeFirst(entries.count - Self.limit) }
    publish()
  }

  /// The last entries, including those of earlier sessions.
  func latest(_ count: Int) throws -> [Entry] {
    if entries.count >= count { return entries.suffix(count) }
    return (try earlier.all() + entries).suffix(count)
  }

  /// All entries with their numbers, the oldest first, which is 1.
  func numbered() throws -> [(number: Int, entry: Entry)] {
    (try earlier.all() + entries).enumerated().map { ($0.offset + 1, $0.element) }
  }

  /// The table is made when a query reads it.
  private func publish() {
    guard isShown else { return }
    catalog.addUnlisted("history", schema: Self.schema) { [entries, earlier] in
      Table(name: "history", schema: Self.schema, rows: try (earlier.all() + entries).suffix(Self.limit).map(\.cells))
    }
  }
}

extension QueryLog.Entry {
  init(_ stored: StoredQuery) {
    self.init(
      query: stored.text, when: stored.at, rows: stored.rows.map { Int($0) },
      milliseconds: Double(stored.duration) / 10_000, error: stored.error)
  }

  /// A row of a table with the columns of `schema`; nil without a text.
  init?(_ columns: [Vector], row: Int) {
    guard columns.count == QueryLog.schema.count, case .string(let query) = columns[0].value(at: row), !query.isEmpty,
      case .datetime(let when) = columns[1].value(at: row)
    else { return nil }
    var rows: Int?
    if case .long(let count) = columns[2].value(at: row) { rows = Int(count) }
    var duration: Int64 = 0
    if case .timespan(let ticks) = columns[3].value(at: row) { duration = ticks }
    var error = ""
    if case .string(let text) = columns[4].value(at: row) { error = text }
    self.init(query: query, when: when, rows: rows, milliseconds: Double(duration) / 10_000, error: error)
  }

  var stored: StoredQuery {
    StoredQuery(text: query, at: when, rows: rows.map { Int64($0) }, duration: duration, error: error)
  }
}

/// The queries of earlier sessions, read once on first use.
private final class EarlierEntries: Sendable {
  private let file: WorkspaceFile?
  private let began = Machine.now
  private let read = LockedValue<[QueryLog.Entry]?>(nil)

  init(_ file: WorkspaceFile?) { self.file = file }

  func all() throws -> [QueryLog.Entry] {
    try read.withLock { known in
      if let known { return known }
      let found = try file.map { try $0.history().filter(\.isQuery).map { QueryLog.Entry($0) } } ?? StateHistory.entries()
      // What this session has written meanwhile is in its own list.
      let entries = found.filter { $0.when < began }
      known = entries
      return entries
    }
  }
}
