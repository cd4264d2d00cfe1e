import PlumbDiagnostics
import PlumbEngine
import PlumbHTTP

/// The primary table of an answer of `/v2/rest/query`, whose rows are read as they arrive.
///
/// - Note: used by one thread at a time.
final class KustoAnswer: @unchecked Sendable {
  private let answer: HTTPAnswer
  private let host: String
  /// The columns that the query has; nil if the answer decides.
  private let expected: Schema?
  private var frames = KustoFrames()
  private(set) var columns: [ColumnInfo] = []
  private var isDeclared = false
  private var writer: RowsWriter?
  private var groups: [RowGroup] = []
  /// Whether rows belong to the primary table.
  private var isPrimary = false
  /// Whether later frames may replace rows.
  private var isProgressive = false
  private var isComplete = false
  private var isDone = false
  private var scratch = ByteBuffer()

  init(_ answer: HTTPAnswer, _ host: String, expecting schema: Schema?) {
    self.answer = answer
    self.host = host
    expected = schema
  }

  deinit { if !isDone { answer.cancel() } }

  /// The next rows; nil after the last.
  ///
  /// - Throws: `remote-error` for an error anywhere in the answer, and for one that ends early.
  func next() throws -> RowGroup? {
    while groups.isEmpty, !isDone {
      if let bytes = try answer.next() {
        try frames.read(bytes) { try take($0.json, $1, isObject: $0.isObject) }
        if !isProgressive { groups = try writer?.takeFull() ?? [] }
      } else {
        isDone = true
        guard isComplete else { throw Self.diagnostic(nil, host, "the answer ends early") }
        groups = try writer?.finish() ?? []
      }
      groups.reverse()
    }
    return groups.popLast()
  }

  // MARK: Frames

  private func take(_ json: ByteBuffer, _ piece: KustoFrames.Piece, isObject: Bool) throws {
    switch piece {
    case .row: if isPrimary { try add(json) }
    case .rowsBegin: try begin(try tree(json))
    case .frame:
      let frame = try tree(json)
      if isObject { throw Self.diagnostic(frame["error"], host, "no frames") }
      try end(frame)
    }
  }

  private func tree(_ json: ByteBuffer) throws -> Dynamic {
    guard let packed = json.withBytes({ JSONText.parse($0) }) else { throw Self.diagnostic(nil, host, "an answer that is not JSON") }
    return packed.withBytes { DynamicBytes.decode($0) }
  }

  /// The members before the rows of a frame.
  private func begin(_ frame: Dynamic) throws {
    guard case .string(let kind)? = frame["FrameType"] else { return }
    switch kind {
    case "DataTable": try declare(frame)
    case "TableFragment":
      if isPrimary, frame["TableFragmentType"].isText("DataReplace"), let writer { self.writer = RowsWriter(writer.schema) }
    default: isPrimary = false
    }
  }

  /// A complete frame without its rows; any can report an error.
  private func end(_ frame: Dynamic) throws {
    if case .array(let errors)? = frame["OneApiErrors"], let first = errors.first { throw Self.diagnostic(first["error"], host, "failed") }
    guard case .string(let kind)? = frame["FrameType"] else { return }
    switch kind {
    case "DataSetHeader":
      if case .bool(true)? = frame["IsProgressive"] { isProgressive = true }
    case "TableHeader": try declare(frame)
    case "DataTable", "TableCompletion": isPrimary = false
    case "DataSetCompletion":
      isComplete = true
      if case .bool(true)? = frame["HasErrors"] { throw Self.diagnostic(frame["OneApiErrors"], host, "the query failed") }
      if case .bool(true)? = frame["Cancelled"] { throw Self.diagnostic(nil, host, "the query was cancelled there") }
    default: break
    }
  }

  /// The columns of a table: the first primary one counts.
  private func declare(_ frame: Dynamic) throws {
    isPrimary = frame["TableKind"].isText("PrimaryResult") && !isDeclared
    guard isPrimary else { return }
    let found = try KustoTables.columns(frame, host)
    let expected = expected.flatMap { $0.isEmpty ? nil : $0 }
    guard expected == nil || found.map(\.type) == expected?.map(\.type) else {
      throw Diagnostic("remote-error", "the answer of `\(host)` has other columns than the query")
    }
    columns = found
    isDeclared = true
    writer = RowsWriter(expected ?? found)
  }

  // MARK: Rows

  private func add(_ json: ByteBuffer) throws {
    guard let writer else { return }
    scratch.removeAll()
    do { try json.withBytes { try JSONText.parse($0, to: &scratch) } } catch {
      throw Self.diagnostic(nil, host, "a row that is not JSON")
    }
    try scratch.withBytes { bytes in
      let row = DynamicCursor(bytes)
      // An error after the first rows arrives in place of a row.
      guard row.isArray, row.count == columns.count else {
        let tree = DynamicBytes.decode(bytes)
        if case .array(let errors)? = tree["OneApiErrors"] { throw Self.diagnostic(errors.first?["error"], host, "failed") }
        throw Self.diagnostic(tree["error"], host, "a row of another length")
      }
      var place = 0
      row.forEachElement { cell in
        if place < writer.schema.count { append(cell, writer.schema[place].type, place, to: writer) }
        place += 1
      }
    }
    writer.endRow()
  }

  private func append(_ cell: DynamicCursor, _ type: ScalarType, _ place: Int, to writer: RowsWriter) {
    switch (cell.tag, type) {
    case (.null, _): writer.appendNull(place)
    case (.string, .string): writer.append(place, text: cell.text)
    case (.string, .dynamic):
      // Arrays and bags also travel as JSON in a text.
      let first = cell.text.count > 0 ? cell.text[0] : 0
      if first == .openBrace || first == .openBracket, let packed = JSONText.parse(cell.text) {
        packed.withBytes { writer.append(place, compact: $0) }
      } else {
        writer.append(place, compact: cell.bytes)
      }
    case (.string, _): writer.append(place, parsing: cell.text)
    case (.true, .bool), (.false, .bool): writer.append(place, bool: cell.tag == .true)
    case (.long, .bool): writer.append(place, bool: cell.int64 != 0)
    case (.long, .int), (.long, .long): writer.append(place, word: cell.int64)
    case (.long, .real): writer.append(place, real: Double(cell.int64))
    case (.real, .real): writer.append(place, real: cell.double)
    case (_, .dynamic): writer.append(place, compact: cell.bytes)
    default:
      var text = ByteBuffer()
      JSONText.print(cell, to: &text)
      text.withBytes { _ = writer.append(place, parsing: $0) }
    }
  }

  /// What a server reports: the member that every client shows.
  static func diagnostic(_ error: Dynamic?, _ host: String, _ otherwise: String) -> Diagnostic {
    var message = otherwise
    for member in ["@message", "message", "code"] {
      if case .string(let text)? = error?[member] {
        message = text
        break
      }
    }
    return Diagnostic("remote-error", "`\(host)` reports: \(message.prefix(2000))")
  }
}

/// The first table of an answer of `/v1/rest/mgmt`, which is small.
struct KustoTables {
  let rows: [[Dynamic]]

  init(_ tree: Dynamic, _ host: String) throws {
    guard case .array(let tables)? = tree["Tables"], case .array(let found)? = tables.first?["Rows"] else {
      throw KustoAnswer.diagnostic(tree["error"], host, "no tables")
    }
    rows = found.map { row in
      if case .array(let cells) = row { return cells }
      return []
    }
  }

  static func columns(_ frame: Dynamic, _ host: String) throws -> [ColumnInfo] {
    guard case .array(let columns)? = frame["Columns"] else { throw KustoAnswer.diagnostic(nil, host, "a table without columns") }
    return try columns.map { column in
      guard case .string(let name)? = column["ColumnName"] else { throw KustoAnswer.diagnostic(nil, host, "a column without a name") }
      guard case .string(let type)? = column["ColumnType"] else { return ColumnInfo(name, .string) }
      return ColumnInfo(name, ScalarType(name: type) ?? .string)
    }
  }
}

extension Dynamic? {
  fileprivate func isText(_ text: String) -> Bool {
    if case .string(text)? = self { return true }
    return false
  }
}
