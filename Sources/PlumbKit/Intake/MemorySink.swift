import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// Tables of a catalog in memory.
///
/// Loading replaces a table of the same name; importing appends to it, but not twice.
struct MemorySink: RowSink {
  let catalog: Catalog
  /// What was imported before, by table and path; nil for loading.
  var imported: LockedValue<[String: ImportedFile]>?
  /// Whether an import replaces a table of the same name.
  var replaces = false

  var takesAllTables: Bool { isLasting }
  var takesFilesOnce: Bool { true }
  var isLasting: Bool { imported != nil }
  var batchBytes: Int? { nil }
  var columns: ColumnCache? { catalog.columns }

  func table(named name: String) throws -> Table? { try catalog.table(named: name) }

  func take(_ file: IntakeFile, _ work: Work) throws -> LoadedFile? {
    if try isThere(file, work) { return nil }
    let isAdded = isLasting && !replaces || file.first != nil
    let known = isAdded ? try catalog.table(named: file.table) : nil
    let (table, _, notes) = try work.running(file.options.context) {
      if let known { return try rows(of: file, for: known) }
      return try readTable(named: file.table, file.path, file.options)
    }
    // Columns that only some files have are null in the rows of the others.
    let union = known.flatMap { TableUnion($0, table) }
    if isLasting {
      try catalog.make([union.map { .setTable($0.table(file.options)) } ?? (known == nil ? .setTable(table) : .append(table))])
      imported?.withLock { $0[key(file)] = ImportedFile(file, rows: table.rowCount) }
    } else {
      catalog.add(union?.table(file.options) ?? known?.appending(table.groups) ?? table)
    }
    if let union { work.note("`\(file.path)`: \(union.note)") }
    for note in notes { work.note("`\(file.path)`: \(note)") }
    if isLasting { work.say("\(file.table): \(counted(table.rowCount, "row")) from \(file.path)") }
    return LoadedFile(name: file.table, rows: table.rowCount, path: file.path)
  }

  /// The size of a batch when a file is read for an existing table; all batches are kept.
  private static let batchBytes = 256 << 20

  /// The rows of a file in columns found by their names, converted to the table's types.
  ///
  /// - Throws: `schema-differs`, which names both files, and diagnostics about the file.
  private func rows(of file: IntakeFile, for table: Table) throws -> (table: Table, misfits: RowMisfits, notes: [String]) {
    var options = file.options
    (options.tableColumns, options.batchBytes) = (table.schema, Self.batchBytes)
    let rows = try RowFile(file.path, options)
    var groups: [RowGroup] = []
    var misfits = RowMisfits()
    do {
      try rows.begin()
      guard rows.schema == table.schema || !file.options.isStrict && TableUnion.isPossible(table.schema, rows.schema) else {
        throw differs(rows.schema, file, table)
      }
      while !rows.isAtEnd, let batch = try rows.next() {
        groups += batch.groups
        misfits += batch.misfits
      }
    } catch let wider as WiderColumns {
      let schema = table.schema.indices.map { place in
        ColumnInfo(table.schema[place].name, wider.types[place] ?? table.schema[place].type)
      }
      throw differs(schema, file, table)
    }
    return (Table(name: table.name, schema: rows.schema, groups: groups), misfits, rows.notes + misfits.notes)
  }

  private func differs(_ own: Schema, _ file: IntakeFile, _ table: Table) -> Diagnostic {
    let columns = Dictionary(table.schema.map { ($0.name, $0.type) }) { one, _ in one }
    let odd = own.first { columns[$0.name] != $0.type }
    var reason = "other columns"
    if let odd, let type = columns[odd.name] {
      reason = "values of type \(odd.type.name) in `\(odd.name)`, which has type \(type.name) in the table"
    } else if let odd {
      reason = "a column `\(odd.name)`, which the table does not have"
    } else if let missing = table.schema.first(where: { column in !own.contains { $0.name == column.name } }) {
      reason = "no column `\(missing.name)`"
    }
    let stated = odd.flatMap { columns[$0.name] == nil ? nil : "`--types` sets the types of all columns; " } ?? ""
    return Diagnostic(
      "schema-differs",
      "`\(file.path)` cannot be added to `\(table.name)`\(file.first.map { " of `\($0)`" } ?? ""): it has \(reason)",
      help: isLasting
        ? "\(stated)use `--as NAME` for another table, or `--replace` to replace this one"
        : "\(stated)use `--load NAME=\(file.path)` to load it into another table")
  }

  // MARK: Files that were imported before

  private func key(_ file: IntakeFile) -> String { "\(file.table) \(FileInput.identity(ofPath: file.path))" }

  /// Whether all rows of a file are in its table.
  ///
  /// - Throws: `file-changed` if it has changed.
  private func isThere(_ file: IntakeFile, _ work: Work) throws -> Bool {
    guard let imported, !replaces, file.path != "-", catalog.hasTable(named: file.table),
      let before = imported.withLock({ $0[key(file)] })
    else { return false }
    guard before.isSame else {
      throw Diagnostic(
        "file-changed", "`\(file.path)` has changed since its rows were imported into `\(file.table)`",
        help: "use `--replace` to read all of it into a new table, or import a copy under another name to append all of its rows")
    }
    work.sayUnchanged("\(file.table): all rows of \(file.path) have already been imported; use --replace to import them again")
    return true
  }

  // MARK: Telemetry

  func take(_ tables: TelemetryTables, mapping: MappingFile?, _ work: Work) throws {
    for table in tables.all + tables.kept.filter({ $0.rowCount > 0 }) {
      if isLasting { try catalog.make([.setTable(table)]) } else { catalog.add(table) }
    }
    // Queries for any world find the tables that no reader fills, with zero rows.
    for (name, schema) in TelemetryIntake.otherTables where !catalog.hasTable(named: name) {
      catalog.add(Table(name: name, schema: schema, groups: []))
    }
  }
}

/// A file of rows that is in a table in memory, and its state when it was read.
package struct ImportedFile: Sendable {
  let table: String
  let path: String
  let rows: Int
  /// How it was read.
  let options: ReadOptions
  private let state: String

  init(_ file: IntakeFile, rows: Int) {
    table = file.table
    path = FileInput.identity(ofPath: file.path)
    options = file.options
    self.rows = rows
    state = FileStates.state(FileInput.file(ofPath: path))
  }

  /// Whether the file is unchanged since it was read.
  var isSame: Bool { state == FileStates.state(FileInput.file(ofPath: path)) }
}
