import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// The table that `externaldata` reads: the rows of local files with stated columns, in sequence.
struct ExternalData: Sendable {
  let badRows: BadRowPolicy
  var threads: Int
  let memoryLimit: Int
  let memory: MemoryAccount

  /// Kusto's formats of delimited text; without a format the delimiter is found out from the file.
  private static let delimiters: [String: UInt8] = [
    "csv": UInt8(ascii: ","), "scsv": UInt8(ascii: ";"), "psv": UInt8(ascii: "|"), "tsv": UInt8(ascii: "\t"), "sohsv": 1,
  ]

  /// - Throws: diagnostics about the properties and the files.
  func read(_ locations: [String], _ schema: Schema, _ properties: [String: String]) throws -> Table {
    var reading = ReadingOptions()
    reading.schema = schema
    reading.takesColumnsByPlace = true
    reading.badRowPolicy = badRows
    if let name = properties["format"] {
      reading.delimiter = Self.delimiters[name.lowercased()]
      guard let format = reading.delimiter.map({ _ in FileFormat.csv }) ?? FileFormat(name: name) else {
        throw Diagnostic("unknown-format", "`externaldata` cannot read the format `\(name)`", help: "it reads \(FileFormat.names)")
      }
      reading.format = format
    }
    // Columns are those of the file by place; a header is a row like any other unless it is left out.
    reading.hasHeader = properties["ignoreFirstRecord"] == "true"
    if let url = locations.first(where: { $0.contains("://") }) {
      throw Diagnostic(
        "unsupported", "`externaldata` can read only local files, not `\(url)`", help: "download the file first and use its path")
    }
    let sink = TableSink(Table(name: "externaldata", schema: schema, groups: []))
    let intake = try Intake(into: sink, reading, threads: threads, memoryLimit: memoryLimit, in: memory)
    try intake.take(locations.map { (sink.name, $0) }, Work())
    return sink.table
  }
}

/// One table that combines the files.
private struct TableSink: RowSink {
  let name: String
  private let gathered: Guarded<Table>

  init(_ table: Table) {
    name = table.name
    gathered = Guarded(table)
  }

  var table: Table { gathered.withLock { $0 } }
  var takesAllTables: Bool { false }
  var takesFilesOnce: Bool { false }
  var isLasting: Bool { false }
  var batchBytes: Int? { nil }

  func table(named name: String) -> Table? { table }

  func take(_ file: IntakeFile, _ work: Work) throws -> LoadedFile? {
    let rows = try readTable(named: name, file.path, file.options).table
    gathered.withLock { $0 = $0.appending(rows.groups) }
    return LoadedFile(name: name, rows: rows.rowCount, path: file.path)
  }

  func take(_ tables: TelemetryTables, mapping: MappingFile?, _ work: Work) {}
}
