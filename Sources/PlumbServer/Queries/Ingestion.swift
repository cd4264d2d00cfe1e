import Glibc
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
    guard let read = service.workspace.sessionOptions.readExternal else {
      throw WireError.badRequest("this server was started to read no data", status: 403, name: "safe-mode")
    }
    var properties: [String: String] = [:]
    // Both of Kusto's kinds of JSON may be lines or an array; the reader finds out which.
    if !format.lowercased().hasSuffix("json") { properties["format"] = format }
    if skippingFirstLine { properties["ignoreFirstRecord"] = "true" }
    let path = try Self.file(of: data)
    defer { unlink(path) }
    do {
      let rows = try read([path], schema, properties)
      if rows.rowCount > 0 { try catalog.make([.append(Table(name: table, schema: schema, groups: rows.groups))]) }
      return rows.rowCount
    } catch {
      throw Self.withoutPath(error, path)
    }
  }

  /// A file with the data that only this process can read.
  private static func file(of data: [UInt8]) throws -> String {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/plumb-ingest-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      throw Diagnostic("write-failed", "cannot write to the folder for temporary files: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var written = 0
    while written < data.count {
      let count = data[written...].withContiguousStorageIfAvailable { write(descriptor, $0.baseAddress, $0.count) } ?? -1
      if count < 0 && errno == EINTR { continue }
      if count <= 0 {
        unlink(path)
        throw Diagnostic("write-failed", "cannot write the data to a temporary file: \(String(cString: strerror(errno)))")
      }
      written += count
    }
    return path
  }

  /// The same error about the data, not about a file that the client does not know.
  private static func withoutPath(_ error: any Error, _ path: String) -> any Error {
    func renamed(_ diagnostic: Diagnostic) -> Diagnostic {
      var renamed = diagnostic.withoutPlace
      renamed.message = renamed.message.replacing("`\(path)`", with: "the data").replacing(path, with: "the data")
      return renamed
    }
    switch error {
    case let one as Diagnostic: return renamed(one)
    case let several as Diagnostics: return Diagnostics(several.list.map(renamed))
    default: return error
    }
  }

  /// The columns of a reply about ingested rows.
  static let schema: Schema = [
    ColumnInfo("ExtentId", .guid), ColumnInfo("ItemLoaded", .string), ColumnInfo("Duration", .timespan), ColumnInfo("HasErrors", .bool),
    ColumnInfo("OperationId", .guid),
  ]
}
