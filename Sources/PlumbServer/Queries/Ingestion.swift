import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit

/// Rows that a client sends for a table, as text or in a file format, compressed or not.
struct Ingestion {
  let service: QueryService
  let database: String
  let table: String
  /// One of Kusto's names, such as `csv` and `multijson`.
  let format: String

  /// Adds the rows to the table; all of them or none.
  ///
  /// - Returns: the number of rows.
  /// - Throws: a `WireError` or diagnostics that name the line.
  func take(_ data: [UInt8], skippingFirstLine: Bool = false) throws -> Int {
    guard service.settings.isWritable else {
      throw WireError.badRequest(
        "ingestion is refused because this server is read-only; start it with --writable to allow changes", status: 403, name: "read-only")
    }
    guard service.settings.databaseName(database) != nil else { throw service.unknownDatabase(database) }
    let catalog = service.workspace.catalog
    let reading = try catalog.reading()
    let schema = reading.catalog.schema(ofTable: table)
    reading.end()
    guard let schema else {
      throw WireError.badRequest(
        "Semantic error: SEM0100: unknown table `\(VisibleText.string(table))`; create it first with `.create table`", name: "unknown-table")
    }
    guard let read = service.workspace.sessionOptions.readText else {
      throw WireError.badRequest("this server was started to read no data", status: 403, name: "safe-mode")
    }
    var properties = ["format": format]
    if skippingFirstLine { properties["ignoreFirstRecord"] = "true" }
    let rows = try read(data, schema, properties)
    if rows.rowCount > 0 { try catalog.make([.append(Table(name: table, schema: schema, groups: rows.groups))]) }
    return rows.rowCount
  }

  /// The columns of a reply about ingested rows.
  static let schema: Schema = [
    ColumnInfo("ExtentId", .guid), ColumnInfo("ItemLoaded", .string), ColumnInfo("Duration", .timespan), ColumnInfo("HasErrors", .bool),
    ColumnInfo("OperationId", .guid),
  ]
}
