import class GRDB.Database

/// The row of `plumb_state`.
struct StateRow: Equatable {
  /// Increases with every transaction.
  var generation: Int64
  /// Numbers are never reused in the life of a file, so that what was read before never means something else.
  var nextID: Int64
  /// Whether a process is writing, or ended without closing the file.
  var isOpen: Bool
  /// The checksums of all catalogue rows, combined.
  var checksums: Int64

  init(generation: Int64, nextID: Int64, isOpen: Bool, checksums: Int64) {
    self.generation = generation
    self.nextID = nextID
    self.isOpen = isOpen
    self.checksums = checksums
  }

  private var checksum: Int64 {
    RecordChecksum().adding(generation).adding(nextID).adding(isOpen ? 1 : 0).adding(checksums).value(1)
  }

  /// - Throws: a diagnostic if the row is damaged or missing.
  init(from file: Database) throws {
    var found: (StateRow, Int64)?
    try file.rows("SELECT generation, next_id, is_open, seals, seal FROM plumb_state WHERE id = 1") { row in
      found = (
        StateRow(
          generation: row.integer(0), nextID: row.integer(1), isOpen: row.integer(2) != 0, checksums: row.integer(3)),
        row.integer(4)
      )
    }
    guard let (state, checksum) = found, state.checksum == checksum, state.nextID > 0 else {
      throw DamagedFile.diagnostic("its state row is damaged", file.name)
    }
    self = state
  }

  func save(in file: Database) throws {
    try file.run(
      "INSERT OR REPLACE INTO plumb_state (id, generation, next_id, is_open, seals, seal) VALUES (1, ?, ?, ?, ?, ?)",
      .integer(generation), .integer(nextID), .integer(isOpen ? 1 : 0), .integer(checksums), .integer(checksum))
  }

  /// The checksums of all rows that the state covers; groups and pieces of texts are covered by their table's and column's.
  static func checksums(in file: Database) throws -> Int64 {
    var sum: Int64 = 0
    for part in Part.allCases {
      try file.rows("SELECT seal FROM \(part.table)") { sum ^= part.covering($0.integer(0)) }
    }
    return sum
  }

  /// The tables of the file whose rows the state covers; their order is part of the format.
  enum Part: Int64, CaseIterable {
    case settings = 100
    case tables, columns, functions, models

    var table: String { "plumb_\(self)" }

    /// What a row with this checksum contributes to the sum of all.
    func covering(_ checksum: Int64) -> Int64 { RecordChecksum().adding(checksum).value(rawValue) }
  }
}
