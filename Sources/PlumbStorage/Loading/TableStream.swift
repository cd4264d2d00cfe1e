import PlumbDiagnostics
import PlumbEngine

/// A file of rows that is read batch by batch, so that it can be larger than memory, and can be gone on with where an
/// earlier reading stopped.
///
/// A table of an SQLite file is one batch.
///
/// - Note: one thread at a time calls it.
package final class TableStream {
  private enum Reader {
    case delimited(DelimitedStream)
    case json(JSONStream)
    case whole(LoadedRows)
    case nothing
  }

  /// The columns of every batch.
  package private(set) var schema: Schema = []
  /// Where the latest batch ended.
  package private(set) var position = TextPosition(offset: 0, newlines: 0, isArray: false, digest: XXHash64Stream())
  package private(set) var isAtEnd = false
  private let path: String
  private let name: String
  private let options: LoadOptions
  private let batchBytes: Int
  private let source: any SampledSource
  private let format: LoadOptions.Format
  private let known: Schema?
  private var text: DelimitedText?
  private var reader = Reader.nothing

  /// Finds out what the file is; nothing is read before `begin`.
  ///
  /// - Parameters:
  ///   - known: the columns of the table that the rows are for.
  ///   - batchBytes: how much text makes a batch.
  package init(path: String, options: LoadOptions, known: Schema?, batchBytes: Int) throws {
    let opened = try openSource(path: path, options: options)
    self.path = path
    source = opened.source
    name = opened.name
    format = try options.format ?? sniffFormat(path: path, source: source, name: name)
    var options = options
    options.format = format
    self.batchBytes = batchBytes
    switch format {
    case .csv, .tsv:
      text = try delimitedText(source, path: path, name: name, options: options, known: known)
    case .ndjson, .json, .sqlite: break
    }
    self.options = options
    self.known = known
  }

  /// Bytes of the file on disk; nil when that is not known.
  package var storedSize: Int? { source.storedSize }
  /// How much has been read, from 0 to 1.
  package var share: Double { source.share }

  /// Starts at the first row, or at `start`.
  package func begin(at start: TextPosition? = nil) throws {
    if let start { position = start }
    isAtEnd = false
    switch format {
    case .csv, .tsv:
      guard let text else { return }
      schema = text.columns.map(\.info)
      reader = .delimited(try DelimitedStream(text, from: start, batchBytes: batchBytes, context: options.context))
    case .ndjson, .json:
      guard var text = try jsonText(source, path: path, name: name, format: format, options: options) else {
        schema = options.columns ?? []
        reader = .nothing
        return
      }
      text.columns = try columns(of: text, isBegun: start != nil)
      let stream = try JSONStream(text, from: start, batchBytes: batchBytes, context: options.context)
      schema = stream.schema
      reader = .json(stream)
    case .sqlite:
      position = try wholeFile()
      let rows = try loadSQLiteTable(path: path, options: options)
      schema = rows.schema
      reader = .whole(rows)
    }
  }

  /// Those of the table that the objects are for, if they have no others.
  private func columns(of text: JSONRowsText, isBegun: Bool) throws -> Schema {
    if let columns = text.columns { return columns }
    let found = try surveyedColumns(text, context: options.context)
    guard let known else { return found }
    let others = found.filter { column in !known.contains { $0.name == column.name } }
    if others.isEmpty { return known }
    guard isBegun else { return found }
    throw Diagnostic(
      "schema-differs", "`\(name)` has \(others.map { "`\($0.name)`" }.joined(separator: ", ")), which its first rows did not have",
      help: "`--replace` reads all of it into a new table")
  }

  /// Starts again at the first row, with types that hold.
  package func begin(with wider: WiderColumns) throws {
    for (column, type) in wider.types { text?.columns[column].info.type = type }
    position = TextPosition(offset: 0, newlines: 0, isArray: false, digest: XXHash64Stream())
    try begin()
  }

  /// The next rows; nil at the end.
  ///
  /// - Throws: `WiderColumns`, after which `begin(with:)` goes on, and diagnostics of the file.
  package func next() throws -> LoadedBatch? {
    try options.context.checkpoint()
    let batch: LoadedBatch?
    switch reader {
    case .delimited(let stream): batch = try stream.next()
    case .json(let stream): batch = try stream.next()
    case .whole(let rows):
      reader = .nothing
      batch = LoadedBatch(
        groups: rows.groups, end: position, isLast: true, skippedRows: rows.skippedRows, nulledCells: rows.nulledCells,
        repairedRows: 0)
    case .nothing: batch = nil
    }
    if let batch { position = batch.end }
    isAtEnd = batch?.isLast ?? true
    return batch
  }

  /// Whether this file begins with what an earlier import read.
  package enum Likeness {
    case other
    /// All of it was read.
    case same
    /// It goes on behind what was read.
    case longer(TextPosition)
    /// It goes on in the middle of what was the last row.
    case cut
  }

  /// Compares the file with what was read of one: a look at all of its front.
  package func likeness(to record: ImportRecord) throws -> Likeness {
    if format == .sqlite {
      guard SQLitePath(path, format: format).table == SQLitePath(record.path, format: format).table else { return .other }
      let all = try wholeFile()
      return all.offset == record.offset && Int64(bitPattern: all.digest.value) == record.digest ? .same : .other
    }
    try source.rewind()
    let skipped = try skippedBytes()
    let buffer = Buffer(byteCount: 1 << 20)
    var digest = XXHash64Stream()
    var left = record.offset
    var last: UInt8 = 0x0A
    var seen = 0
    while left > 0 {
      try options.context.checkpoint()
      let given = try source.read(into: buffer.base, count: min(left, buffer.byteCount))
      if given == 0 { return .other }
      let bytes = Bytes(start: buffer.base.assumingMemoryBound(to: UInt8.self), count: given)
      digest.add(bytes.part(from: min(given, max(0, skipped - seen))))
      last = bytes[given - 1]
      seen += given
      left -= given
    }
    guard Int64(bitPattern: digest.value) == record.digest else { return .other }
    let next = try source.readFully(2)
    if next.isEmpty { return .same }
    var (offset, newlines) = (record.offset, record.newlines)
    if last != 0x0A && last != 0x0D && format != .json {
      // The last row had no newline; now it has one, or more fields.
      guard next[0] == 0x0A || next[0] == 0x0D else { return .cut }
      let behind = next[0] == 0x0D && next.last == 0x0A ? 2 : 1
      next.prefix(behind).withUnsafeBufferPointer { digest.add($0) }
      offset += behind
      newlines += 1
    }
    return .longer(TextPosition(offset: offset, newlines: newlines, isArray: record.isArray, digest: digest))
  }

  /// Where reading ends when all of the file is read, which is not done.
  func end() throws -> TextPosition {
    if format == .sqlite { return try wholeFile() }
    try source.rewind()
    let skipped = try skippedBytes()
    let buffer = Buffer(byteCount: 1 << 20)
    var digest = XXHash64Stream()
    var (seen, newlines, isArray, isBegun) = (0, 0, false, false)
    while true {
      try options.context.checkpoint()
      let given = try source.read(into: buffer.base, count: buffer.byteCount)
      if given == 0 { break }
      let bytes = Bytes(start: buffer.base.assumingMemoryBound(to: UInt8.self), count: given)
      let own = bytes.part(from: min(given, max(0, skipped - seen)))
      digest.add(own)
      if !isBegun, let first = own.first(where: { $0 > 0x20 }) {
        isBegun = true
        isArray = format == .json && first == 0x5B
      }
      newlines += own.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
      seen += given
    }
    return TextPosition(offset: seen, newlines: newlines, isArray: isArray, digest: digest)
  }

  /// The hash of an SQLite file, with that of the log of changes that may lie beside it.
  private func wholeFile() throws -> TextPosition {
    var digest = XXHash64Stream()
    let log = SQLitePath(path, format: .sqlite).file + "-wal"
    var parts: [any SampledSource] = [source]
    if let changes = try? FileSource(path: log) { parts.append(changes) }
    for part in parts {
      try part.rewind()
      let buffer = Buffer(byteCount: 1 << 20)
      while true {
        try options.context.checkpoint()
        let given = try part.read(into: buffer.base, count: buffer.byteCount)
        if given == 0 { break }
        digest.add(Bytes(start: buffer.base.assumingMemoryBound(to: UInt8.self), count: given))
      }
    }
    return TextPosition(offset: digest.count, newlines: 0, isArray: false, digest: digest)
  }

  /// A byte order mark, which belongs to no row.
  private func skippedBytes() throws -> Int {
    let front = try source.sample(at: 0, count: 3)
    try source.rewind()
    return front == [0xEF, 0xBB, 0xBF] ? 3 : 0
  }
}
