import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// What the catalog holds, as answers that any format can show.
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
    for name in attachedTableNames(of: catalog) { cells.append([.string(name), .null(.long), .null(.long)]) }
    return answer([ColumnInfo("table", .string), ColumnInfo("rows", .long), ColumnInfo("columns", .long)], cells)
  }

  /// The tables of attached databases as queries name them; a file that cannot be read has none.
  static func attachedTableNames(of catalog: Catalog) -> [String] {
    catalog.attached.flatMap { name, database in
      ((try? database.tableNames) ?? []).map { "\(KQLName.inQuery(name)).\(KQLName.inQuery($0))" }
    }
  }

  static func columns(ofTable name: String, in catalog: Catalog) throws -> Answer {
    if let rows = try attachedTable(name, in: catalog) {
      return answer(
        [ColumnInfo("column", .string), ColumnInfo("type", .string), ColumnInfo("found", .string)],
        zip(rows.schema, rows.columnNotes).map { [.string($0.name), .string($0.type.name), .string($1)] })
    }
    guard let schema = catalog.schema(ofTable: name) else {
      throw Diagnostic(
        "unknown-table", "there is no table `\(name)`",
        help: Suggestion.nearest(to: name, in: catalog.tableNames) ?? "`.tables` lists the tables")
    }
    return answer(
      [ColumnInfo("column", .string), ColumnInfo("type", .string)],
      schema.map { [.string($0.name), .string($0.type.name)] })
  }

  /// The table behind `database.table`; nil for other names.
  private static func attachedTable(_ name: String, in catalog: Catalog) throws -> (any ExternalRows)? {
    guard !catalog.hasTable(named: name), let dot = name.firstIndex(of: "."),
      let database = catalog.attached(named: String(name[..<dot]))
    else { return nil }
    let context = ExecutionContext(now: Machine.now, threads: 1, memoryLimit: Machine.memory / 2)
    return try database.rows(ofTable: String(name[name.index(after: dot)...]), context)
  }

  /// One chunk a row: these lists are short.
  private static func answer(_ schema: Schema, _ rows: [[Value]]) -> Answer {
    Answer(schema: schema, chunks: rows.map { Chunk($0.map { Vector.constant($0) }, count: 1) })
  }
}
