import PlumbDiagnostics
import PlumbEngine

/// A file as rows, read batch by batch, so it can be larger than memory, and resumed where an earlier reading stopped.
///
/// - Note: Use it from one thread at a time.
package final class RowFile {
  /// The columns of every batch.
  package private(set) var schema: Schema = []
  /// The end of the latest batch.
  package private(set) var position = TextPosition.start
  package private(set) var isAtEnd = false
  package let input: FileInput
  package let format: FileFormat
  private let reader: any RowReader
  private let options: ReadOptions
  /// The columns that every row has from the names of the file's folders.
  private var partition: [PartitionColumn] = []

  /// Detects the format of the file; no rows are read before `begin`.
  ///
  /// - Throws: a diagnostic that names the file.
  package init(_ path: String, _ options: ReadOptions) throws {
    input = try FileInput(path, options)
    format = try FileFormat.of(input, stated: options.format)
    if let part = input.part, format.parts == nil {
      throw Diagnostic(
        "no-tables", "`\(lastPart(of: input.file))` is \(format.title) and cannot contain a table `\(part)`",
        help: "omit `#\(part)`")
    }
    var options = options
    let added = Set(options.partition.map(\.name))
    options.columns?.removeAll { added.contains($0.name) }
    options.tableColumns?.removeAll { added.contains($0.name) }
    self.options = options
    reader = try format.open(input, options)
  }

  /// What the user should know about how the file was understood.
  package var notes: [String] { input.notes + reader.notes }
  /// The text in which positions are.
  private var text: any SampledSource { reader.rewrittenText ?? input.source }
  /// The bytes at the front of that text that belong to no row.
  private var markLength: Int { get throws { reader.rewrittenText == nil ? try input.markLength : 0 } }

  /// The size of the file on disk; nil if unknown.
  package var storedSize: Int? { input.source.storedSize }
  /// How much has been read, from 0 to 1.
  package var share: Double { input.source.share }

  /// Starts at the first row, or at `start`.
  package func begin(at start: TextPosition? = nil) throws {
    isAtEnd = false
    position = try start ?? (format.canGrow || options.batchBytes == nil ? .start : wholeFile())
    try reader.begin(at: start)
    let own = Set(reader.schema.map(\.name))
    partition = options.partition.filter { !own.contains($0.name) }
    schema = reader.schema + partition.map(\.info)
  }

  /// Starts again at the first row, with wider types.
  package func begin(with wider: WiderColumns) throws {
    reader.widen(wider.types)
    try begin()
  }

  /// The next rows; nil at the end.
  ///
  /// - Throws: `WiderColumns`, after which `begin(with:)` continues, and diagnostics about the file.
  package func next() throws -> FileBatch? {
    try options.context.checkpoint()
    var batch = try reader.next()
    schema = reader.schema + partition.map(\.info)
    if !partition.isEmpty, let groups = batch?.groups {
      let columns = reader.schema.enumerated().map { ArrangedColumn.column($0.offset, from: $0.element.type, to: $0.element.type) }
        + partition.map { ArrangedColumn.constant($0.value) }
      batch?.groups = groups.map { $0.arranged(columns, options.lastingContext) }
    }
    if let end = batch?.end { position = end }
    isAtEnd = batch?.isLast ?? true
    return batch
  }

  /// Whether this file begins with what an earlier import read.
  package enum Likeness {
    case other
    /// All of it was read.
    case same
    /// It continues after what was read.
    case longer(TextPosition)
    /// It continues in the middle of the former last row.
    case cut
  }

  /// Compares the file with the record of an earlier reading: reads all of its front.
  package func likeness(to record: ImportRecord) throws -> Likeness {
    if !format.canGrow {
      guard input.part == nil || record.path.hasSuffix("#" + (input.part ?? "")) else { return .other }
      let all = try wholeFile()
      return all.offset == record.offset && Int64(bitPattern: all.digest.value) == record.digest ? .same : .other
    }
    try text.rewind()
    let skipped = try markLength
    let buffer = Buffer(byteCount: 1 << 20)
    var digest = XXHash64Stream()
    var left = record.offset
    var last: UInt8 = .newline
    var seen = 0
    while left > 0 {
      try options.context.checkpoint()
      let given = try text.read(into: buffer.base, count: min(left, buffer.byteCount))
      if given == 0 { return .other }
      let bytes = buffer.bytes(given)
      digest.add(bytes.part(from: min(given, max(0, skipped - seen))))
      last = bytes[given - 1]
      seen += given
      left -= given
    }
    guard Int64(bitPattern: digest.value) == record.digest else { return .other }
    let next = try text.readFully(2)
    if next.isEmpty { return .same }
    var (offset, newlines) = (record.offset, record.newlines)
    if last != .newline && last != .carriageReturn && format != .json {
      // The last row had no newline; now it has one, or more fields.
      guard next[0] == .newline || next[0] == .carriageReturn else { return .cut }
      let length = next[0] == .carriageReturn && next.last == .newline ? 2 : 1
      next.prefix(length).withBytes { digest.add($0) }
      offset += length
      newlines += 1
    }
    return .longer(TextPosition(offset: offset, newlines: newlines, isArray: record.isArray, digest: digest))
  }

  /// The position after all of the file, without reading it.
  func end() throws -> TextPosition {
    if !format.canGrow { return try wholeFile() }
    try text.rewind()
    let skipped = try markLength
    let buffer = Buffer(byteCount: 1 << 20)
    var digest = XXHash64Stream()
    var (seen, newlines, isArray, isBegun) = (0, 0, false, false)
    var last: UInt8 = .newline
    while true {
      try options.context.checkpoint()
      let given = try text.read(into: buffer.base, count: buffer.byteCount)
      if given == 0 { break }
      let bytes = buffer.bytes(given)
      let own = bytes.part(from: min(given, max(0, skipped - seen)))
      digest.add(own)
      if !isBegun, let first = own.first(where: { $0 > 0x20 }) {
        isBegun = true
        isArray = format == .json && first == .openBracket
      }
      last = own.last { $0 > .space } ?? last
      newlines += own.reduce(0) { $0 + ($1 == .newline ? 1 : 0) }
      seen += given
    }
    return TextPosition(offset: seen, newlines: newlines, isArray: isArray && last != .closeBracket, digest: digest)
  }

  /// The hash of a file that is read as a whole, including the accompanying files that belong to it.
  private func wholeFile() throws -> TextPosition {
    var digest = XXHash64Stream()
    var parts: [any SampledSource] = [input.source]
    for ending in format.companions { if let part = try? FileSource(path: input.file + ending) { parts.append(part) } }
    for part in parts {
      try part.rewind()
      let buffer = Buffer(byteCount: 1 << 20)
      while true {
        try options.context.checkpoint()
        let given = try part.read(into: buffer.base, count: buffer.byteCount)
        if given == 0 { break }
        digest.add(buffer.bytes(given))
      }
    }
    return TextPosition(offset: digest.count, newlines: 0, isArray: false, digest: digest)
  }
}

extension TextPosition {
  /// The beginning of a text.
  package static let start = TextPosition(offset: 0, newlines: 0, isArray: false, digest: XXHash64Stream())
}

/// Reads a file, or standard input, as a table.
///
/// - Throws: a diagnostic that names the file, and the line if there is one.
package func readTable(
  named name: String, _ path: String, _ options: ReadOptions
) throws -> (table: Table, misfits: RowMisfits, notes: [String]) {
  let file = try RowFile(path, options)
  try file.begin()
  var groups: [RowGroup] = []
  var misfits = RowMisfits()
  while !file.isAtEnd, let batch = try file.next() {
    groups += batch.groups
    misfits += batch.misfits
  }
  return (Table(name: name, schema: file.schema, groups: groups), misfits, file.notes + misfits.notes)
}
