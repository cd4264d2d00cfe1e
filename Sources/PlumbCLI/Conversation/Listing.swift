import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax

/// The contents of the catalog, as answers that any format can show.
enum Listing {
  static func tables(of catalog: Catalog) throws -> Answer {
    var cells: [[Value]] = []
    for name in catalog.tableNames {
      let table = try catalog.table(named: name)
      cells.append([
        .string(name), .long(Int64(table?.rowCount ?? 0)), .long(Int64(table?.schema.count ?? 0)),
      ])
    }
    // Rows of other programs are not counted for a list.
    for name in catalog.attachedTableNames { cells.append([.string(name), .null(.long), .null(.long)]) }
    return answer([ColumnInfo("table", .string), ColumnInfo("rows", .long), ColumnInfo("columns", .long)], cells)
  }

  /// - Parameter path: the name of a table, or of a database and its table.
  static func columns(of path: [String], in catalog: Catalog) throws -> Answer {
    if let rows = try attachedTable(path, in: catalog) {
      return answer(
        [ColumnInfo("column", .string), ColumnInfo("type", .string), ColumnInfo("found", .string)],
        zip(rows.schema, rows.columnNotes).map { [.string($0.name), .string($0.type.name), .string($1)] })
    }
    return answer(
      [ColumnInfo("column", .string), ColumnInfo("type", .string)],
      try schema(of: path, in: catalog).map { [.string($0.name), .string($0.type.name)] })
  }

  /// - Throws: a diagnostic with the nearest name if the table does not exist.
  static func schema(of path: [String], in catalog: Catalog) throws -> Schema {
    if let rows = try attachedTable(path, in: catalog) { return rows.schema }
    let name = path.joined(separator: ".")
    if path.count == 1, let schema = catalog.schema(ofTable: name) { return schema }
    throw Diagnostic(
      "unknown-table", "unknown table `\(VisibleText.string(name))`",
      help: Suggestion.nearest(to: name, in: catalog.tableNames + catalog.attachedTableNames)
        ?? "list the tables with `.tables`")
  }

  /// The table of an attached database; nil for other names.
  private static func attachedTable(_ path: [String], in catalog: Catalog) throws -> (any ExternalRows)? {
    guard path.count == 2, let database = catalog.attached(named: path[0]) else { return nil }
    let context = ExecutionContext(now: Machine.now, threads: 1, memoryLimit: Machine.memory / 2)
    return try database.rows(ofTable: path[1], context)
  }

  /// One chunk per row: these lists are short.
  private static func answer(_ schema: Schema, _ rows: [[Value]]) -> Answer {
    Answer(schema: schema, chunks: rows.map { Chunk($0.map { Vector.constant($0) }, count: 1) })
  }
}
