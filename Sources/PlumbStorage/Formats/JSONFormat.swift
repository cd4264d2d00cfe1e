import PlumbDiagnostics
import PlumbEngine

extension FileFormat {
  /// One JSON object per line.
  package static let ndjson = FileFormat(
    name: "ndjson", title: "NDJSON", endings: ["ndjson", "jsonl", "jsonlines"], canGrow: true,
    recognises: { front in firstLineIsObject(front) ? .text : nil },
    open: { try openJSON($0, $1, isLines: true) })

  /// An array of objects, or objects in sequence.
  package static let json = FileFormat(
    name: "json", title: "JSON", otherNames: ["multijson"], endings: ["json"], canGrow: true,
    recognises: { front in
      let start = front.drop { $0.isSpace }
      let next = start.dropFirst().first { !$0.isSpace }
      // A bracket also begins lines of logs, such as `[2024-01-05 10:00:00] started`.
      let isArray = start.first == .openBracket
        && ([nil, .openBrace, .openBracket, .closeBracket].contains(next)
          || start.prefix { $0 != .newline }.withBytes { JSONFront.isValue($0) })
      return isArray || start.first == .openBrace && !firstLineIsObject(front) ? .text : nil
    },
    open: { try openJSON($0, $1, isLines: false) })

  /// Whether the first line is a whole JSON object and more than one line follows or could.
  static func firstLineIsObject(_ front: ArraySlice<UInt8>) -> Bool {
    guard front.first(where: { !$0.isSpace }) == .openBrace else { return false }
    let line = front.prefix { $0 != .newline }
    return line.count < front.count && line.withBytes { JSONFront.isValue($0) }
  }
}

/// Opens JSON objects as rows.
///
/// A file with the extension of JSON lines whose first line is not a whole value, such as an indented object, is read
/// value by value.
private func openJSON(_ input: FileInput, _ options: ReadOptions, isLines: Bool) throws -> any RowReader {
  let skipped = try input.markLength
  let front = try input.source.sample(at: 0, count: 1 << 20).dropFirst(skipped)
  guard let first = front.first(where: { !$0.isSpace }) else {
    if let columns = options.columns { return EmptyReader(columns) }
    throw Diagnostic(
      "empty-file", "`\(input.name)` is empty, so its columns are unknown", help: "specify the columns and their types")
  }
  guard first == .openBrace || first == .openBracket || isLines else {
    throw Diagnostic("bad-json", "`\(input.name)` does not start with an object or an array of objects")
  }
  var isLines = isLines && first != .openBracket && !(first == .openBrace && startsIndented(front))
  var (source, notes): (any SampledSource, [String]) = (input.source, [])
  var isAnswer = false
  if !isLines, options.unwrapsLists, let list = try JSONEnvelope.list(in: input.source, skipping: skipped) {
    source = SlicedSource(input.source, list.range)
    notes = ["the rows are the elements of `\(list.name)`, since the file is one object"]
  }
  if options.unwrapsLists, let answer = try RowsAnswer.lines(of: input.source, front: front, skipping: skipped) {
    if answer.text.isEmpty { return EmptyReader(options.columns ?? answer.columns.map { ColumnInfo($0, .string) }) }
    source = BufferSource(answer.text)
    isLines = true
    notes = answer.tables == 1 ? [] : ["the rows are those of the first of \(answer.tables) tables in the answer"]
    isAnswer = true
  }
  var text = JSONRowsText(source: source, name: input.name, isLines: isLines)
  let isPart = isAnswer || !notes.isEmpty
  text.skippedBytes = isPart ? 0 : skipped
  text.columns = options.columns
  text.badRows = options.badRows
  text.onReject = options.rowRejects(input)
  (text.threads, text.blockSize) = options.sharing(input.source.size)
  return JSONReader(text, options, slice: isPart ? source : nil, notes: notes)
}

/// Whether the first line is only the start of an object that continues on the next.
private func startsIndented(_ front: ArraySlice<UInt8>) -> Bool {
  let line = front.drop { $0.isSpace }.prefix { $0 != .newline }.filter { $0 > 0x20 }
  return line == [.openBrace]
}

/// JSON objects as rows, whose columns are their keys.
final class JSONReader: RowReader {
  private var text: JSONRowsText
  private let options: ReadOptions
  private var stream: JSONStream?
  let rewrittenText: (any SampledSource)?
  let notes: [String]

  init(_ text: JSONRowsText, _ options: ReadOptions, slice: (any SampledSource)?, notes: [String]) {
    self.text = text
    self.options = options
    self.notes = notes
    rewrittenText = slice
  }

  var schema: Schema { stream?.schema ?? [] }

  func begin(at start: TextPosition?) throws {
    text.columns = try columns(isBegun: start != nil)
    stream = try JSONStream(text, from: start, batchBytes: options.batchBytes, context: options.context)
  }

  func next() throws -> FileBatch? { try stream?.next() }

  /// The columns of the table that receives the objects, if the objects have no others.
  private func columns(isBegun: Bool) throws -> Schema {
    if let columns = options.columns { return columns }
    let found = try surveyedColumns(text, context: options.context)
    guard let known = options.tableColumns else { return found }
    let others = found.filter { column in !known.contains { $0.name == column.name } }
    if others.isEmpty { return known }
    guard isBegun else { return found }
    throw Diagnostic(
      "schema-differs",
      "`\(text.name)` has \(others.map { "`\($0.name)`" }.joined(separator: ", ")), which its first rows do not have",
      help: "use `--replace` to read all of it into a new table")
  }
}
