import PlumbEngine
import PlumbPresentation

/// An answer in Kusto's v1 protocol: the results, and for queries their properties, status and a table of contents.
final class TablesWriter: ReplyWriter {
  private let sink: ByteSink
  private let request: QueryRequest
  /// Whether the tables about the results follow them; a command's answer has only its rows.
  private let hasContents: Bool
  private var tables = 0
  private var isOpen = false
  private var rowsInTable = 0
  /// The names of the results, in order; empty for those without one.
  private var names: [String] = []
  private var visualization: Visualization?

  init(to sink: ByteSink, _ request: QueryRequest, hasContents: Bool) {
    self.sink = sink
    self.request = request
    self.hasContents = hasContents
  }

  func begin(_ schema: Schema, _ visualization: Visualization?, named name: String?) throws {
    beginTable(schema)
    names.append(name ?? "")
    if self.visualization == nil { self.visualization = visualization }
  }

  private func beginTable(_ schema: Schema) {
    sink.buffer.append(tables == 0 ? "{\"Tables\":[" as StaticString : ",")
    sink.buffer.append("{\"TableName\":\"Table_\(tables)\",\"Columns\":[")
    for (i, column) in schema.enumerated() {
      if i > 0 { sink.buffer.append(.comma) }
      sink.buffer.append("{\"ColumnName\":" as StaticString)
      sink.buffer.append(quoted: column.name)
      sink.buffer.append(",\"DataType\":\"\(column.type.kustoDataType)\",\"ColumnType\":\"\(column.type.name)\"}")
    }
    sink.buffer.append("],\"Rows\":[" as StaticString)
    tables += 1
    rowsInTable = 0
    isOpen = true
  }

  func write(_ rows: Range<Int>, of chunk: Chunk, _ columns: [Vector]) throws {
    if rowsInTable > 0 { sink.buffer.append(.comma) }
    chunk.printJSONRows(rows, of: columns, to: &sink.buffer)
    rowsInTable += rows.count
    try sink.drain()
  }

  func endTable() throws {
    isOpen = false
    sink.buffer.append("]}" as StaticString)
  }

  func finish(_ error: WireError?, _ statistics: QueryStatistics) throws {
    if let error {
      if !isOpen { beginTable([]) }
      if rowsInTable > 0 { sink.buffer.append(.comma) }
      sink.buffer.append("{\"Exceptions\":[" as StaticString)
      sink.buffer.append(quoted: error.message)
      sink.buffer.append("]}" as StaticString)
    }
    if isOpen { try endTable() }
    if hasContents { writeContents(error) }
    sink.buffer.append(tables == 0 ? "{\"Tables\":[" as StaticString : "")
    sink.buffer.append(.closeBracket)
    if let error {
      sink.buffer.append(",\"Exceptions\":[" as StaticString)
      sink.buffer.append(quoted: error.message)
      sink.buffer.append(.closeBracket)
    }
    sink.buffer.append("}\n" as StaticString)
  }

  private func writeContents(_ error: WireError?) {
    let nobody = "00000000-0000-0000-0000-000000000000"
    beginTable([ColumnInfo("Value", .string)])
    sink.buffer.append(rows: [[.string(Visualization.kustoJSON(visualization))]])
    sink.buffer.append("]}" as StaticString)
    beginTable([
      ColumnInfo("Timestamp", .datetime), ColumnInfo("Severity", .int), ColumnInfo("SeverityName", .string),
      ColumnInfo("StatusCode", .int), ColumnInfo("StatusDescription", .string), ColumnInfo("Count", .int),
      ColumnInfo("RequestId", .guid), ColumnInfo("ActivityId", .guid), ColumnInfo("SubActivityId", .guid),
      ColumnInfo("ClientActivityId", .string),
    ])
    sink.buffer.append(rows: [
      [
        .string(Clock.text), .long(error == nil ? 4 : 2), .string(error == nil ? "Info" : "Error"),
        .long(error == nil ? 0 : -2_133_196_797), .string(error?.message ?? "Query completed successfully"), .long(1),
        .string(request.activityID), .string(request.activityID), .string(GUID.random().text),
        .string(request.clientRequestID),
      ]
    ])
    sink.buffer.append("]}" as StaticString)
    beginTable([
      ColumnInfo("Ordinal", .long), ColumnInfo("Kind", .string), ColumnInfo("Name", .string), ColumnInfo("Id", .string),
      ColumnInfo("PrettyName", .string),
    ])
    func row(_ ordinal: Int, _ kind: String, _ name: String, _ id: String, pretty: String = "") -> [Dynamic] {
      [.long(Int64(ordinal)), .string(kind), .string(name), .string(id), .string(pretty)]
    }
    let count = max(1, names.count)
    sink.buffer.append(
      rows: names.enumerated().map { row($0, "QueryResult", "PrimaryResult", GUID.random().text, pretty: $1) } + [
        row(count, "QueryProperties", "@ExtendedProperties", GUID.random().text),
        row(count + 1, "QueryStatus", "QueryStatus", nobody),
      ])
    sink.buffer.append("]}" as StaticString)
    isOpen = false
  }
}
