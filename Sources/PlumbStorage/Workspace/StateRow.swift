import class GRDB.Database

/// The row of `plumb_state`.
struct StateRow: Equatable {
  /// Grows with every transaction.
  var generation: Int64
  /// No number is used twice in the life of a file, so that what was read before never means something else.
  var nextID: Int64
  /// Whether a process is writing, or ended without closing the file.
  var isOpen: Bool
  /// The seals of all catalogue rows, together.
  var seals: Int64

  init(generation: Int64, nextID: Int64, isOpen: Bool, seals: Int64) {
    self.generation = generation
    self.nextID = nextID
    self.isOpen = isOpen
    self.seals = seals
  }

  private var seal: Int64 {
    Seal().adding(generation).adding(nextID).adding(isOpen ? 1 : 0).adding(seals).value(1)
  }

  /// - Throws: a diagnostic when the row is damaged or missing.
  init(from file: Database) throws {
    var found: (StateRow, Int64)?
    try file.rows("SELECT generation, next_id, is_open, seals, seal FROM plumb_state WHERE id = 1") { row in
      found = (
        StateRow(
          generation: row.integer(0), nextID: row.integer(1), isOpen: row.integer(2) != 0, seals: row.integer(3)),
        row.integer(4)
      )
    }
    guard let (state, seal) = found, state.seal == seal, state.nextID > 0 else {
      throw DamagedFile.diagnostic("its state is not what was written", file.name)
    }
    self = state
  }

  func save(in file: Database) throws {
    try file.run(
      "INSERT OR REPLACE INTO plumb_state (id, generation, next_id, is_open, seals, seal) VALUES (1, ?, ?, ?, ?, ?)",
      .integer(generation), .integer(nextID), .integer(isOpen ? 1 : 0), .integer(seals), .integer(seal))
  }

  /// The seals of all rows that the state vouches for; groups and pieces of texts are in their table's and column's.
  static func seals(in file: Database) throws -> Int64 {
    var sum: Int64 = 0
    let kinds = ["plumb_settings", "plumb_tables", "plumb_columns", "plumb_functions", "plumb_models"]
    for (kind, table) in kinds.enumerated() {
      try file.rows("SELECT seal FROM \(table)") { sum ^= Seal().adding($0.integer(0)).value(Int64(kind + 100)) }
    }
    return sum
  }
}
