import PlumbDiagnostics
import PlumbEngine

/// The primary table of an answer.
struct KustoAnswer {
  private(set) var columns: [ColumnInfo] = []
  private(set) var rows: [[Dynamic]] = []

  /// An answer of `/v2/rest/query`: frames, of which each can report an error.
  init(frames tree: Dynamic, _ host: String) throws {
    guard case .array(let frames) = tree else { throw Self.diagnostic(tree["error"], host, "no frames") }
    var isPrimary = false, isComplete = false
    for frame in frames {
      guard case .string(let kind)? = frame["FrameType"] else { continue }
      if case .array(let errors)? = frame["OneApiErrors"], let first = errors.first { throw Self.diagnostic(first["error"], host, "failed") }
      switch kind {
      case "DataTable", "TableHeader":
        isPrimary = frame["TableKind"].isText("PrimaryResult") && columns.isEmpty
        if isPrimary {
          columns = try Self.columns(frame, host)
          if kind == "DataTable" { try add(frame, host) }
        }
      case "TableFragment":
        guard isPrimary else { continue }
        if frame["TableFragmentType"].isText("DataReplace") { rows = [] }
        try add(frame, host)
      case "DataSetCompletion":
        isComplete = true
        if case .bool(true)? = frame["HasErrors"] { throw Self.diagnostic(frame["OneApiErrors"], host, "the query failed") }
        if case .bool(true)? = frame["Cancelled"] { throw Self.diagnostic(nil, host, "the query was cancelled there") }
      default: break
      }
    }
    guard isComplete else { throw Self.diagnostic(nil, host, "the answer ends early") }
  }

  /// An answer of `/v1/rest/mgmt`.
  init(tables tree: Dynamic, _ host: String) throws {
    guard case .array(let tables)? = tree["Tables"], let first = tables.first else { throw Self.diagnostic(tree["error"], host, "no tables") }
    columns = try Self.columns(first, host)
    try add(first, host)
  }

  private static func columns(_ frame: Dynamic, _ host: String) throws -> [ColumnInfo] {
    guard case .array(let columns)? = frame["Columns"] else { throw diagnostic(nil, host, "a table without columns") }
    return try columns.map { column in
      guard case .string(let name)? = column["ColumnName"] else { throw diagnostic(nil, host, "a column without a name") }
      guard case .string(let type)? = column["ColumnType"] else { return ColumnInfo(name, .string) }
      return ColumnInfo(name, ScalarType(name: type) ?? .string)
    }
  }

  private mutating func add(_ frame: Dynamic, _ host: String) throws {
    guard case .array(let found)? = frame["Rows"] else { return }
    for row in found {
      // An error after the first rows arrives in place of a row.
      guard case .array(let cells) = row, cells.count == columns.count else {
        if case .array(let errors)? = row["OneApiErrors"] { throw Self.diagnostic(errors.first?["error"], host, "failed") }
        throw Self.diagnostic(row["error"], host, "a row of another length")
      }
      rows.append(cells)
    }
  }

  /// The rows under the names of `schema`.
  func groups(_ schema: Schema) throws -> [RowGroup] {
    if schema.isEmpty {
      return stride(from: 0, to: rows.count, by: RowGroup.capacity).map { RowGroup([], count: min(RowGroup.capacity, rows.count - $0)) }
    }
    let writer = RowsWriter(schema)
    for row in rows {
      for (place, cell) in row.enumerated() { append(cell, schema[place].type, place, to: writer) }
      writer.endRow()
    }
    return try writer.finish()
  }

  private func append(_ cell: Dynamic, _ type: ScalarType, _ place: Int, to writer: RowsWriter) {
    func parsing(_ text: String) { text.withUTF8Bytes { _ = writer.append(place, parsing: $0) } }
    switch (cell, type) {
    case (.null, _): writer.appendNull(place)
    case (.string(let text), .dynamic):
      // A dynamic value travels as such, or as its JSON in a string.
      let isJSON = JSONText.parseTree(text) != nil
      parsing(isJSON ? text : Dynamic.string(text).json)
    case (.string(let text), .string): text.withUTF8Bytes { writer.append(place, text: $0) }
    case (.string(let text), _): parsing(text)
    case (.bool(let flag), .bool): writer.append(place, bool: flag)
    case (.long(let number), .bool): writer.append(place, bool: number != 0)
    case (.long(let number), .int), (.long(let number), .long): writer.append(place, word: number)
    case (.long(let number), .real): writer.append(place, real: Double(number))
    case (.real(let number), .real): writer.append(place, real: number)
    default: parsing(cell.json)
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

extension Dynamic? {
  fileprivate func isText(_ text: String) -> Bool {
    if case .string(text)? = self { return true }
    return false
  }
}
