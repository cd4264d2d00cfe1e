import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// The table that `externaldata` reads: the rows of files and of permitted addresses with stated columns, in sequence.
struct ExternalData: Sendable {
  let badRows: BadRowPolicy
  var threads: Int
  let memoryLimit: Int
  let memory: MemoryAccount
  let permits: URLPermits

  /// Kusto's formats of delimited text; without a format the delimiter is found out from the file.
  private static let delimiters: [String: UInt8] = [
    "csv": UInt8(ascii: ","), "scsv": UInt8(ascii: ";"), "psv": UInt8(ascii: "|"), "tsv": UInt8(ascii: "\t"),
    "tsve": UInt8(ascii: "\t"), "sohsv": 1,
  ]

  /// - Throws: diagnostics about the properties, the files and the addresses.
  func read(
    _ locations: [String], _ schema: Schema, _ properties: [String: String], _ remark: (String) -> Void
  ) throws -> Table {
    var reading = try self.reading(schema, properties)
    // As in Kusto, a value that does not fit its column is null, and so is a column that the file does not have.
    if reading.badRowPolicy == .reject { reading.badRowPolicy = .null }
    let sink = TableSink(Table(name: "externaldata", schema: schema, groups: []))
    let intake = try Intake(into: sink, reading, threads: threads, memoryLimit: memoryLimit, in: memory)
    for location in locations {
      if let path = Self.localPath(location) {
        try intake.take([(sink.name, path)], Work())
      } else {
        let file = try permits.fetch(location, limit: memoryLimit)
        defer { file.remove() }
        _ = try file.withoutPath(called: location) { try intake.take([(sink.name, file.path)], Work()) }
      }
    }
    for note in sink.notes { remark("`externaldata`: \(note)") }
    return sink.table
  }

  /// The rows in a text.
  func read(text: [UInt8], _ schema: Schema, _ properties: [String: String]) throws -> Table {
    let file = try TemporaryFile(ending: "")
    defer { file.remove() }
    try file.write(text)
    return try file.withoutPath(called: "the data") {
      let sink = TableSink(Table(name: "data", schema: schema, groups: []))
      let intake = try Intake(
        into: sink, try reading(schema, properties), threads: threads, memoryLimit: memoryLimit, in: memory)
      try intake.take([(sink.name, file.path)], Work())
      return sink.table
    }
  }

  private func reading(_ schema: Schema, _ properties: [String: String]) throws -> ReadingOptions {
    var reading = ReadingOptions()
    reading.schema = schema
    reading.takesColumnsByPlace = true
    reading.badRowPolicy = badRows
    // Both of Kusto's kinds of JSON may be lines or an array; the reader finds out which.
    if let name = properties["format"]?.lowercased(), name != "json", name != "multijson" {
      reading.delimiter = Self.delimiters[name]
      guard let format = reading.delimiter.map({ _ in FileFormat.csv }) ?? FileFormat(name: name) else {
        throw Diagnostic("unknown-format", "`externaldata` cannot read the format `\(name)`", help: "it reads \(FileFormat.names)")
      }
      reading.format = format
      if format == .lines || format == .raw, schema.map(\.type) != [.string] {
        throw Diagnostic(
          "bad-schema", "the format `\(name)` has one column, a string", help: "convert it in the query, as in `| extend n = tolong(line)`")
      }
    }
    // Columns are those of the file by place; a header is a row like any other unless it is left out.
    reading.hasHeader = properties["ignoreFirstRecord"] == "true"
    return reading
  }

  /// The path of a local file, also if it is written as `file:///...`; nil for an address.
  private static func localPath(_ location: String) -> String? {
    if location.lowercased().hasPrefix("file://") {
      let rest = location.dropFirst(7)
      // `file://localhost/...` is a local file, too.
      let path = rest.hasPrefix("/") ? rest : rest.drop { $0 != "/" }
      if path.isEmpty { return nil }
      var decoded = ByteBuffer()
      String(path).withUTF8Bytes { PercentCoding.decode($0, to: &decoded) }
      return decoded.string
    }
    return location.contains("://") ? nil : location
  }
}

/// One table that combines the files.
private struct TableSink: RowSink {
  let name: String
  private let gathered: LockedValue<(table: Table, misfits: RowMisfits)>

  init(_ table: Table) {
    name = table.name
    gathered = LockedValue((table, RowMisfits()))
  }

  var table: Table { gathered.withLock { $0.table } }
  var notes: [String] { gathered.withLock { $0.misfits.notes } }
  var takesAllTables: Bool { false }
  var takesFilesOnce: Bool { false }
  var isLasting: Bool { false }
  var batchBytes: Int? { nil }

  func table(named name: String) -> Table? { table }

  func take(_ file: IntakeFile, _ work: Work) throws -> LoadedFile? {
    let (rows, misfits, _) = try readTable(named: name, file.path, file.options)
    gathered.withLock {
      $0.table = $0.table.appending(rows.groups)
      $0.misfits += misfits
    }
    return LoadedFile(name: name, rows: rows.rowCount, path: file.path)
  }

  func take(_ tables: TelemetryTables, mapping: MappingFile?, _ work: Work) {}
}
