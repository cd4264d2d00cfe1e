import Glibc
import PlumbDiagnostics
import PlumbEngine

/// Reads a file, or standard input, as a table.
///
/// - Throws: a diagnostic that names the file, and the line where there is one.
package func loadTable(name: String, path: String, options: LoadOptions) throws -> LoadedTable {
  let opened = try openSource(path: path, options: options)
  var options = options
  let format = try options.format ?? sniffFormat(path: path, source: opened.source, name: opened.name)
  options.format = format
  let rows: LoadedRows
  switch format {
  case .csv, .tsv: rows = try loadDelimitedFile(opened.source, path: path, name: opened.name, options: options)
  case .ndjson, .json:
    rows = try loadJSONFile(opened.source, path: path, name: opened.name, format: format, options: options)
  case .sqlite: rows = try loadSQLiteTable(path: path, options: options)
  }
  return LoadedTable(
    table: Table(name: name, schema: rows.schema, groups: rows.groups), skippedRows: rows.skippedRows,
    nulledCells: rows.nulledCells, remarks: rows.remarks)
}

/// The bytes of a file, unpacked if they are packed, and the file's short name.
func openSource(path: String, options: LoadOptions) throws -> (source: any SampledSource, name: String) {
  let name = options.isStandardInput ? "standard input" : lastPart(of: path)
  var source: any SampledSource
  if options.isStandardInput {
    source = try FileSource.readAll(STDIN_FILENO, name: name, context: options.context)
  } else {
    let file = try FileSource(path: SQLitePath(path, format: options.format).file, context: options.context)
    source = file.isStream ? try file.readAll(context: options.context) : file
  }
  let front = try source.sample(at: 0, count: 16)
  if options.compression == .gzip || options.compression == nil && GzipSource.isGzip(front) {
    source = GzipSource(source, name: name)
  }
  try refuseUTF16(source, name: name)
  return (source, name)
}

private func refuseUTF16(_ source: any SampledSource, name: String) throws {
  let front = try source.sample(at: 0, count: 4)
  guard front.starts(with: [0xFF, 0xFE]) || front.starts(with: [0xFE, 0xFF]) else { return }
  throw Diagnostic(
    "not-utf-8", "`\(name)` is written in UTF-16", help: "convert it first: `iconv -f UTF-16 -t UTF-8 FILE`")
}

/// The format by the front of the file where that is plain, else by its ending; delimited text otherwise.
func sniffFormat(path: String, source: any SampledSource, name: String) throws -> LoadOptions.Format {
  let front = try source.sample(at: 0, count: 1 << 16)
  if front.starts(with: Array("SQLite format 3\0".utf8)) { return .sqlite }
  var endings = lastPart(of: path).split(separator: ".").map(String.init)
  if let last = endings.last?.lowercased(), last == "gz" || last == "gzip" { endings.removeLast() }
  if endings.count > 1, let last = endings.last, let format = LoadOptions.Format(name: last) {
    let isDelimited = format == .csv && last.lowercased() == "txt"
    if format != .sqlite && !isDelimited { return format }
  }
  guard let first = front.first(where: { $0 > 0x20 && $0 != 0xEF && $0 != 0xBB && $0 != 0xBF }) else { return .csv }
  if first == 0x5B { return .json }
  guard first == 0x7B else { return .csv }
  return firstLineIsObject(front) ? .ndjson : .json
}

/// Whether the first line is a whole JSON object and more than one line follows or could.
func firstLineIsObject(_ front: [UInt8]) -> Bool {
  let line = front.prefix { $0 != 0x0A }
  return line.count < front.count && Array(line).withUnsafeBufferPointer { JSONText.parse($0) } != nil
}
