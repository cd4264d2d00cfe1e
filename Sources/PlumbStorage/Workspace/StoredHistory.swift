import class GRDB.Database
import PlumbDiagnostics
import PlumbEngine

/// A query, or a command of the shell, that a workspace remembers.
package struct StoredQuery: Hashable, Sendable {
  package var text: String
  /// When it was run, in ticks of the machine's clock.
  package var at: Int64
  /// The number of rows in its answer; nil without an answer.
  package var rows: Int64?
  /// In ticks.
  package var duration: Int64
  /// The error message; empty if it succeeded.
  package var error: String
  /// Whether it belongs to the table `history`; other lines are only for the arrow keys.
  package var isQuery: Bool

  package init(
    text: String, at: Int64, rows: Int64? = nil, duration: Int64 = 0, error: String = "", isQuery: Bool = true
  ) {
    self.text = text
    self.at = at
    self.rows = rows
    self.duration = duration
    self.error = error
    self.isQuery = isQuery
  }

  var checksum: Int64 {
    RecordChecksum().adding(text).adding(at).adding(rows ?? -1).adding(duration).adding(error).adding(isQuery ? 1 : 0).value(9)
  }

  /// The maximum number of entries in a file, and of bytes of text in all of them.
  static let limit: Int64 = 5_000
  static let textLimit: Int64 = 8 << 20

  /// The latest entries, the oldest first.
  ///
  /// - Throws: a diagnostic if one is damaged.
  static func latest(_ count: Int, in file: Database) throws -> [StoredQuery] {
    // Earlier versions stored no history.
    guard try file.integer("PRAGMA user_version") >= 2 else { return [] }
    var found: [StoredQuery] = []
    try file.rows(
      """
      SELECT text, at, coalesce(row_count, -1), duration, error, is_query, seal FROM plumb_history
      ORDER BY id DESC LIMIT ?
      """, .integer(Int64(count))
    ) { row in
      let rows = row.integer(2)
      let entry = StoredQuery(
        text: row.text(0), at: row.integer(1), rows: rows < 0 ? nil : rows, duration: row.integer(3), error: row.text(4),
        isQuery: row.integer(5) != 0)
      guard entry.checksum == row.integer(6) else {
        throw DamagedFile.diagnostic("a query in the history is damaged", file.name)
      }
      found.append(entry)
    }
    return found.reversed()
  }

  static func add(_ entries: [StoredQuery], to file: Database) throws {
    for entry in entries {
      try file.run(
        """
        INSERT INTO plumb_history (at, text, row_count, duration, error, is_query, seal) VALUES (?, ?, ?, ?, ?, ?, ?)
        """, .integer(entry.at), .text(entry.text), entry.rows.map { .integer($0) } ?? .null, .integer(entry.duration),
        .text(entry.error), .integer(entry.isQuery ? 1 : 0), .integer(entry.checksum))
    }
    let newest = try file.integer("SELECT max(id) FROM plumb_history")
    try file.run("DELETE FROM plumb_history WHERE id <= ?", .integer(newest - limit))
    // Long texts, such as pasted ones, count for more.
    guard entries.contains(where: { $0.text.utf8.count > 1_000 }) else { return }
    while try file.integer("SELECT sum(length(text)) FROM plumb_history") > textLimit {
      let oldest = try file.integer("SELECT min(id) FROM plumb_history")
      guard oldest < newest else { return }
      try file.run("DELETE FROM plumb_history WHERE id <= ?", .integer(min(oldest + 100, newest - 1)))
    }
  }
}

extension WorkspaceFile {
  /// The latest entries of the history, the oldest first.
  package func history(last count: Int = 5_000) throws -> [StoredQuery] {
    try reader.with { try StoredQuery.latest(count, in: $0) }
  }

  /// Adds to the history, unless the file cannot be written to or another process is writing.
  ///
  /// - Returns: whether the entries were stored. Readers of tables are not affected: it does not start a new generation.
  package func remember(_ entries: [StoredQuery]) throws -> Bool {
    try changingIfFree { try StoredQuery.add(entries, to: $0) }
  }
}
