import class GRDB.Database
import PlumbDiagnostics
import PlumbEngine
import Synchronization

/// The changes of one transaction of a workspace file.
package final class WorkspaceWriter {
  private let connection: WorkspaceConnection
  let file: Database
  private let threads: Int
  /// The catalogue as this transaction leaves it. Its checksums are those that were verified when it was read, with
  /// what changed, so damage in between remains visible.
  private var catalogue: KnownCatalogue

  /// - Parameters:
  ///   - file: the connection's, which nobody else uses meanwhile.
  ///   - memory: what earlier transactions of this process know of the file.
  /// - Throws: a diagnostic if the catalogue must be read and is damaged.
  init(_ connection: WorkspaceConnection, _ file: Database, _ memory: CatalogueMemory, threads: Int) throws {
    self.connection = connection
    self.file = file
    self.threads = max(1, threads)
    let state = try StateRow(from: file)
    catalogue = try memory.take(for: state) ?? KnownCatalogue(StoredCatalogue(from: file, readsGroups: false))
  }

  /// The last step of every transaction; returns what the file contains if it is committed.
  func finish() throws -> KnownCatalogue {
    catalogue.state.generation += 1
    catalogue.state.isOpen = true
    try catalogue.state.save(in: file)
    return catalogue
  }

  private func newID() -> Int64 {
    defer { catalogue.state.nextID += 1 }
    return catalogue.state.nextID
  }

  /// Runs a change of some rows of `plumb_models`, `plumb_settings` or `plumb_functions`, and updates the checksums.
  ///
  /// - Parameter name: the name of the rows that change.
  func changing(_ part: StateRow.Part, named name: String, _ body: () throws -> Void) throws {
    let sql = "SELECT seal FROM \(part.table) WHERE name = ?"
    try file.rows(sql, .text(name)) { catalogue.state.checksums ^= part.covering($0.integer(0)) }
    try body()
    try file.rows(sql, .text(name)) { catalogue.state.checksums ^= part.covering($0.integer(0)) }
  }

  // MARK: Tables

  var tableNames: [String] { catalogue.tables.values.map(\.name) }

  private func row(_ name: String) -> TableRow? { catalogue.tables[StoredName(name)] }

  func tableNumber(named name: String) -> Int64? { row(name)?.id }

  package func hasTable(named name: String) -> Bool { row(name) != nil }

  /// Makes an empty table.
  package func create(_ name: String, _ schema: Schema) throws {
    guard row(name) == nil else {
      throw Diagnostic("table-exists", "a table `\(name)` already exists")
    }
    guard schema.count <= StoredCatalogue.columnLimit else {
      throw Diagnostic("too-many-columns", "a table has at most \(StoredCatalogue.columnLimit) columns")
    }
    let columns = schema.enumerated().map { ColumnRow(name: $1.name, type: $1.type, place: Int64($0)) }
    let table = TableRow(id: newID(), name: name, columns: columns)
    for column in columns { try save(column, table) }
    try save(table)
  }

  package func drop(_ name: String) throws {
    guard let table = row(name) else { throw unknown(name) }
    try removeGroups(of: table, fromPlace: 0)
    try file.run("DELETE FROM plumb_texts WHERE table_id = ?", .integer(table.id))
    try file.run("DELETE FROM plumb_columns WHERE table_id = ?", .integer(table.id))
    try file.run("DELETE FROM plumb_tables WHERE id = ?", .integer(table.id))
    catalogue.remove(table)
    try forgetImports(ofTable: table.id)
  }

  package func rename(_ name: String, to newName: String) throws {
    guard var table = row(name) else { throw unknown(name) }
    guard row(newName) == nil else {
      throw Diagnostic("table-exists", "a table `\(newName)` already exists")
    }
    catalogue.remove(table)
    table.name = newName
    try save(table)
  }

  private func unknown(_ name: String) -> Diagnostic { Diagnostic("unknown-table", "unknown table `\(name)`") }

  /// Adds the rows of `table` to the table of the same name and columns, creating it if necessary.
  ///
  /// - Parameter progress: called occasionally with the number of rows written so far; false stops and undoes everything.
  package func append(_ table: Table, progress: ((Int) -> Bool)? = nil) throws {
    if row(table.name) == nil { try create(table.name, table.schema) }
    guard var stored = row(table.name) else { return }
    guard stored.schema == table.schema else {
      throw Diagnostic(
        "schema-differs", "the table `\(table.name)` has different columns from the rows to add",
        help: "it has \(stored.schema.map { "\($0.name):\($0.type.name)" }.joined(separator: ", "))")
    }
    try add(table.groups, to: &stored, progress: progress)
  }

  /// Makes `table` the table of its name, replacing an existing one.
  package func replace(_ table: Table, progress: ((Int) -> Bool)? = nil) throws {
    if row(table.name) != nil { try drop(table.name) }
    try append(table, progress: progress)
  }

  /// Makes the stored table of this name equal to `table`; equal row groups at its front are kept.
  package func synchronize(_ table: Table, progress: ((Int) -> Bool)? = nil) throws {
    guard var stored = row(table.name), stored.schema == table.schema else {
      return try replace(table, progress: progress)
    }
    let groups = try StoredCatalogue.groups(of: stored, file)
    let pools = try pools(of: stored)
    let encoder = SegmentEncoder()
    var kept = 0
    var skipped = 0
    for (old, new) in zip(groups, table.groups) {
      guard old.rowCount == new.count, try isEqual(old, new, pools, encoder) else { break }
      kept += 1
      skipped += new.count
    }
    if kept < groups.count {
      try removeGroups(of: stored, fromPlace: groups[kept].place)
      stored = try recounted(stored)
    }
    try add(Array(table.groups.dropFirst(kept)), to: &stored) { progress?(skipped + $0) ?? true }
  }

  /// Whether a group would be stored as exactly the existing bytes.
  private func isEqual(_ old: GroupRow, _ new: RowGroup, _ pools: [TextPool?], _ encoder: SegmentEncoder) throws -> Bool {
    for column in old.bounds.indices {
      let segment = encoder.encode(try new.column(column), texts: pools[column])
      let current = segment.bytes.withBytes { checksum($0, of: GroupRow.segmentID(old.id, column)) }
      if current != old.bounds[column].segmentChecksum { return false }
    }
    return true
  }

  private func recounted(_ table: TableRow) throws -> TableRow {
    var table = table
    table.rowCount = 0
    table.groupCount = 0
    table.groupChecksums = 0
    try file.rows("SELECT row_count, seal FROM plumb_groups WHERE table_id = ?", .integer(table.id)) { row in
      table.rowCount &+= row.integer(0)
      table.groupCount += 1
      table.groupChecksums ^= row.integer(1)
    }
    return table
  }

  private func removeGroups(of table: TableRow, fromPlace place: Int64) throws {
    var ids: [Int64] = []
    try file.rows(
      "SELECT id FROM plumb_groups WHERE table_id = ? AND place >= ?", .integer(table.id), .integer(place)
    ) { ids.append($0.integer(0)) }
    for id in ids { try removeGroup(id) }
  }

  private func removeGroup(_ id: Int64) throws {
    try file.run(
      "DELETE FROM plumb_segments WHERE id >= ? AND id < ?", .integer(GroupRow.segmentID(id, 0)),
      .integer(GroupRow.segmentID(id + 1, 0)))
    try file.run("DELETE FROM plumb_groups WHERE id = ?", .integer(id))
  }

  // MARK: Rows

  /// The number of row groups that are encoded before they are written: they are held in memory.
  private static let batch = 16

  private func add(_ groups: [RowGroup], to table: inout TableRow, progress: ((Int) -> Bool)?) throws {
    let pools = try pools(of: table)
    var place = try file.integer("SELECT max(place) FROM plumb_groups WHERE table_id = ?", .integer(table.id)) &+ 1
    if table.groupCount == 0 { place = 0 }
    var done = 0
    var waiting = groups[...]
    while !waiting.isEmpty {
      // Full groups go one by one; small ones are merged, as many as fill some groups.
      var taken = 0, rows = 0
      while taken < waiting.count, rows < Self.batch * RowGroup.capacity {
        rows += waiting[waiting.startIndex + taken].count
        taken += 1
      }
      let part = try RowGroup.regrouping(Array(waiting.prefix(taken)), schema: table.schema)
      waiting = waiting.dropFirst(taken)
      for (group, segments) in zip(part, try encoded(part, pools, columns: table.columns.count)) {
        try insert(group, segments, at: place, into: &table)
        place += 1
        done += group.count
      }
      if let progress, !progress(done) { throw Diagnostic("cancelled", "nothing was saved") }
    }
    try savePools(pools, of: &table)
    try save(table)
  }

  /// The segments of each group. Workers take columns, so that one worker at a time uses each dictionary.
  private func encoded(_ groups: [RowGroup], _ pools: [TextPool?], columns: Int) throws -> [[EncodedSegment]] {
    let made = LockedValue<[[EncodedSegment]]>(Array(repeating: [], count: columns))
    let next = Atomic<Int>(0)
    let shared = UncheckedBox((groups, pools))
    try WorkerPool.shared.run(workers: min(threads, max(1, columns))) { _ in
      let encoder = SegmentEncoder()
      let (groups, pools) = shared.value
      while true {
        let column = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard column < columns else { return }
        let segments = try groups.map { encoder.encode(try $0.column(column), texts: pools[column]) }
        made.withLock { $0[column] = segments }
      }
    }
    let byColumn = made.withLock { $0 }
    return groups.indices.map { group in byColumn.map { $0[group] } }
  }

  private func insert(
    _ group: RowGroup, _ segments: [EncodedSegment], at place: Int64, into table: inout TableRow
  ) throws {
    let id = newID()
    var row = GroupRow(id: id, tableID: table.id, place: place, rowCount: group.count, bounds: [])
    for (column, segment) in segments.enumerated() {
      let number = GroupRow.segmentID(id, column)
      try file.run("INSERT INTO plumb_segments (id, data) VALUES (?, ?)", .integer(number), .blob(segment.bytes))
      row.bounds.append(
        GroupRow.ColumnBounds(
          zone: group.zones[column], dictionaryCount: segment.dictionaryCount,
          segmentChecksum: segment.bytes.withBytes { checksum($0, of: number) }))
    }
    let packed = row.packedBounds
    let rowChecksum = row.checksum(packed)
    try file.run(
      "INSERT INTO plumb_groups (id, table_id, place, row_count, bounds, seal) VALUES (?, ?, ?, ?, ?, ?)",
      .integer(id), .integer(table.id), .integer(place), .integer(Int64(group.count)), .blob(packed), .integer(rowChecksum))
    table.rowCount += Int64(group.count)
    table.groupCount += 1
    table.groupChecksums ^= rowChecksum
  }

  // MARK: Dictionaries

  /// Dictionaries to add to, for columns of strings.
  private func pools(of table: TableRow) throws -> [TextPool?] {
    try table.columns.map { column in
      guard column.type == .string else { return nil }
      guard column.textCount > 0 else { return TextPool(nil) }
      guard let known = StringDictionary.joining(try file.textPieces(table.id, column.place, count: column.textCount))
      else { throw DamagedFile.diagnostic("the texts of column `\(column.name)` of `\(table.name)` are damaged", file.name) }
      return TextPool(known)
    }
  }

  /// The number of pieces of a dictionary after which they are merged.
  private static let pieceLimit: Int64 = 32

  private func savePools(_ pools: [TextPool?], of table: inout TableRow) throws {
    for column in table.columns.indices {
      let first = table.columns[column].textCount
      guard let pool = pools[column], Int64(pool.count) > first else { continue }
      let place = table.columns[column].place
      try insertPiece(pool, from: Int(first), of: table, place)
      table.columns[column].textCount = Int64(pool.count)
      var pieces: Int64 = 0
      try file.rows(
        "SELECT count(*) FROM plumb_texts WHERE table_id = ? AND place = ?", .integer(table.id), .integer(place)
      ) { pieces = $0.integer(0) }
      if pieces > Self.pieceLimit {
        try file.run("DELETE FROM plumb_texts WHERE table_id = ? AND place = ?", .integer(table.id), .integer(place))
        try insertPiece(pool, from: 0, of: table, place)
      }
      try save(table.columns[column], table)
    }
  }

  private func insertPiece(_ pool: TextPool, from first: Int, of table: TableRow, _ place: Int64) throws {
    let data = pool.piece(from: first)
    let id = newID()
    let count = Int64(pool.count - first)
    let checksum = data.withBytes { TextPieceChecksum.value(id, table.id, place, Int64(first), count, $0) }
    try file.run(
      "INSERT INTO plumb_texts (id, table_id, place, first, text_count, seal, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
      .integer(id), .integer(table.id), .integer(place), .integer(Int64(first)), .integer(count), .integer(checksum),
      .blob(data))
  }

  // MARK: Catalogue rows

  /// Saves the row of a table, after those of its columns.
  private func save(_ table: TableRow) throws {
    try file.run(
      """
      INSERT OR REPLACE INTO plumb_tables (id, name, columns, row_count, group_count, group_seals, seal)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """, .integer(table.id), .text(table.name), .integer(Int64(table.columns.count)), .integer(table.rowCount),
      .integer(table.groupCount), .integer(table.groupChecksums), .integer(table.checksum))
    catalogue.put(table)
  }

  private func save(_ column: ColumnRow, _ table: TableRow) throws {
    try file.run(
      "INSERT OR REPLACE INTO plumb_columns (table_id, place, name, type, text_count, seal) VALUES (?, ?, ?, ?, ?, ?)",
      .integer(table.id), .integer(column.place), .text(column.name), .text(column.type.name),
      .integer(column.textCount), .integer(column.checksum(ofTable: table.id)))
  }

  // MARK: Functions and settings

  /// Adds a function, or replaces the one of its name.
  package func save(_ function: StoredFunction) throws {
    try changing(.functions, named: function.name) {
      try file.run(
        "INSERT OR REPLACE INTO plumb_functions (name, parameters, body, folder, summary, seal) VALUES (?, ?, ?, ?, ?, ?)",
        .text(function.name), .text(function.parameters), .text(function.body), .text(function.folder),
        .text(function.summary), .integer(function.checksum))
    }
    catalogue.changes.functions.updateValue(function, forKey: StoredName(function.name))
  }

  package func drop(functionNamed name: String) throws {
    try changing(.functions, named: name) {
      try file.run("DELETE FROM plumb_functions WHERE name = ?", .text(name))
    }
    catalogue.changes.functions.updateValue(nil, forKey: StoredName(name))
  }

  /// Stores a value under a name; nil deletes it.
  package func set(_ name: String, to value: String?) throws {
    try changing(.settings, named: name) {
      guard let value else { return try file.run("DELETE FROM plumb_settings WHERE name = ?", .text(name)) }
      try file.run(
        "INSERT OR REPLACE INTO plumb_settings (name, value, seal) VALUES (?, ?, ?)", .text(name), .text(value),
        .integer(StoredCatalogue.settingChecksum(name, value)))
    }
    catalogue.changes.settings.updateValue(value, forKey: name)
  }

  // MARK: Compaction

  /// Small groups of similar size at the end of a table are merged if there are this many.
  private static let compactionWidth = 8

  static func hasSmallTail(_ groups: [StoredGroup]) -> Bool {
    groups.count >= compactionWidth && smallTail(groups.map(\.rowCount)) > 0
  }

  /// The number of groups at the end to merge: those of the smallest size of which there are enough.
  private static func smallTail(_ rows: [Int]) -> Int {
    var limit = compactionWidth
    while limit <= RowGroup.capacity {
      let count = rows.reversed().prefix { $0 < limit }.count
      if count >= compactionWidth { return count }
      limit *= compactionWidth
    }
    return 0
  }

  /// Merges small groups at the end of the table; each row is merged at most once for each power of eight.
  func compact(_ name: String) throws {
    guard var table = row(name) else { return }
    let groups = try StoredCatalogue.groups(of: table, file)
    let tail = Array(groups.suffix(Self.smallTail(groups.map(\.rowCount))))
    guard let first = tail.first else { return }
    let source = SegmentStore(LiveSnapshots(connection, CatalogueMemory(), open: nil), keeping: 0, in: .current)
    let stored = StoredTable(table, tail, store: source)
    let joined = try RowGroup.regrouping(stored.table.groups, schema: table.schema)
    let inMemory = try joined.map { $0.isInMemory ? $0 : RowGroup(try $0.columns, count: $0.count) }
    for group in tail { try removeGroup(group.id) }
    table = try recounted(table)
    let pools = try pools(of: table)
    for (offset, (group, segments)) in zip(inMemory, try encoded(inMemory, pools, columns: table.columns.count)).enumerated() {
      try insert(group, segments, at: first.place + Int64(offset), into: &table)
    }
    try savePools(pools, of: &table)
    try save(table)
  }
}
