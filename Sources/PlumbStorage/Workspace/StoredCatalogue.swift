import class GRDB.Database
import PlumbDiagnostics
import PlumbEngine

/// Everything that a file says about itself, read in one snapshot and verified by its checksums.
struct StoredCatalogue {
  var state: StateRow
  var settings: [String: String] = [:]
  var tables: [(row: TableRow, groups: [GroupRow])] = []
  var functions: [StoredFunction] = []

  /// The maximum number of columns in a table; segment numbers have room for as many.
  static let columnLimit = 10_000

  /// - Parameters:
  ///   - known: versions of tables by id, whose groups are not read again.
  ///   - readsGroups: whether to read the groups of other tables.
  /// - Throws: a diagnostic that says which part is damaged.
  init(from file: Database, known: [Int64: Int64] = [:], readsGroups: Bool = true) throws {
    state = try StateRow(from: file)
    guard try StateRow.checksums(in: file) == state.checksums else {
      throw DamagedFile.diagnostic("its list of tables and functions is damaged", file.name)
    }
    settings = try Self.settings(file)
    functions = try Self.functions(file)
    let rows = try Self.tables(file)
    guard try Self.indexed(file) == rows.map(\.name) else {
      throw DamagedFile.diagnostic("its index of tables is damaged", file.name)
    }
    for row in rows {
      tables.append((row, !readsGroups || known[row.id] == row.version ? [] : try Self.groups(of: row, file)))
    }
  }

  static func settings(_ file: Database) throws -> [String: String] {
    var settings: [String: String] = [:]
    try file.rows("SELECT name, value, seal FROM plumb_settings") { row in
      let name = row.text(0), value = row.text(1)
      guard settingChecksum(name, value) == row.integer(2) else {
        throw DamagedFile.diagnostic("the setting `\(name)` is damaged", file.name)
      }
      settings[name] = value
    }
    return settings
  }

  static func settingChecksum(_ name: String, _ value: String) -> Int64 { RecordChecksum().adding(name).adding(value).value(7) }

  static func functions(_ file: Database) throws -> [StoredFunction] {
    var functions: [StoredFunction] = []
    try file.rows("SELECT name, parameters, body, folder, summary, seal FROM plumb_functions ORDER BY name") { row in
      let function = StoredFunction(
        name: row.text(0), parameters: row.text(1), body: row.text(2), folder: row.text(3), summary: row.text(4))
      guard function.checksum == row.integer(5) else {
        throw DamagedFile.diagnostic("the function `\(function.name)` is damaged", file.name)
      }
      functions.append(function)
    }
    return functions
  }

  /// The names of all tables in their index, which only changes use.
  static func indexed(_ file: Database) throws -> [String] {
    var names: [String] = []
    try file.rows("SELECT name FROM plumb_tables INDEXED BY sqlite_autoindex_plumb_tables_1 ORDER BY name") { row in
      names.append(row.text(0))
    }
    return names
  }

  /// All tables, or the one of a name, without the index of their names.
  static func tables(_ file: Database, named name: String? = nil) throws -> [TableRow] {
    var found: [(row: TableRow, columns: Int, checksum: Int64)] = []
    try file.rows(
      """
      SELECT id, name, columns, row_count, group_count, group_seals, seal FROM plumb_tables NOT INDEXED
      WHERE name = ?1 OR ?1 IS NULL ORDER BY name
      """, name.map { .text($0) } ?? .null
    ) { row in
      let table = TableRow(
        id: row.integer(0), name: row.text(1), columns: [], rowCount: row.integer(3), groupCount: row.integer(4),
        groupChecksums: row.integer(5))
      found.append((table, Int(row.integer(2)), row.integer(6)))
    }
    return try found.map { entry in
      var table = entry.row
      table.columns = try columns(of: table, file)
      guard table.columns.count == entry.columns, table.checksum == entry.checksum, table.rowCount >= 0 else {
        throw DamagedFile.diagnostic("the table `\(table.name)` is damaged", file.name)
      }
      return table
    }
  }

  private static func columns(of table: TableRow, _ file: Database) throws -> [ColumnRow] {
    var columns: [ColumnRow] = []
    try file.rows(
      "SELECT place, name, type, text_count, seal FROM plumb_columns WHERE table_id = ? ORDER BY place",
      .integer(table.id)
    ) { row in
      guard let type = ScalarType(name: row.text(2)), row.integer(0) == Int64(columns.count) else {
        throw DamagedFile.diagnostic("a column of `\(table.name)` is damaged", file.name)
      }
      let column = ColumnRow(name: row.text(1), type: type, textCount: row.integer(3), place: row.integer(0))
      guard column.checksum(ofTable: table.id) == row.integer(4) else {
        throw DamagedFile.diagnostic("the column `\(column.name)` of `\(table.name)` is damaged", file.name)
      }
      columns.append(column)
    }
    return columns
  }

  /// The groups of a table in their order.
  static func groups(of table: TableRow, _ file: Database) throws -> [GroupRow] {
    var groups: [GroupRow] = []
    var rows: Int64 = 0, checksums: Int64 = 0
    try file.rows(
      "SELECT id, place, row_count, bounds, seal FROM plumb_groups WHERE table_id = ? ORDER BY place",
      .integer(table.id)
    ) { row in
      guard let group = group(row, of: table) else {
        throw DamagedFile.diagnostic(
          "the description of rows \(rows + 1) and on of `\(table.name)` is damaged", file.name)
      }
      rows += Int64(group.rowCount)
      checksums ^= row.integer(4)
      groups.append(group)
    }
    guard rows == table.rowCount, Int64(groups.count) == table.groupCount, checksums == table.groupChecksums else {
      throw DamagedFile.diagnostic("rows of the table `\(table.name)` are missing", file.name)
    }
    return groups
  }

  /// A row of `plumb_groups`, nil if it is damaged.
  static func group(_ row: StoredRow, of table: TableRow) -> GroupRow? {
    let count = row.integer(2)
    guard count > 0, count <= Int64(RowGroup.capacity),
      let bounds = GroupRow.bounds(row.bytes(3), columns: table.columns.count)
    else { return nil }
    let group = GroupRow(
      id: row.integer(0), tableID: table.id, place: row.integer(1), rowCount: Int(count), bounds: bounds)
    return group.checksum(group.packedBounds) == row.integer(4) ? group : nil
  }
}
