import PlumbEngine
import PlumbPresentation

/// An answer in the frames of Kusto's v2 protocol.
///
/// One frame per line, members in a fixed order: the Go client reads the text token by token. With `isFragmented` a table
/// comes as header, fragments and completion, else as one `DataTable`.
final class FrameWriter: ReplyWriter {
  private let sink: ByteSink
  private let request: QueryRequest
  private var tables = 0
  private var isOpen = false
  private var rowsInTable = 0
  /// Whether the errors of the open table have been written.
  private var hasReportedInTable = false

  /// Rows of a fragment.
  static let fragmentRows = 1_000

  init(to sink: ByteSink, _ request: QueryRequest) {
    self.sink = sink
    self.request = request
  }

  private var isFragmented: Bool { request.options.isFragmented }

  func begin(_ schema: Schema, _ visualization: Visualization?, named name: String?) throws {
    if tables == 0 { writeHead(visualization) }
    tables += 1
    isOpen = true
    rowsInTable = 0
    let kind = isFragmented ? "TableHeader" : "DataTable"
    sink.buffer.append("\n,{\"FrameType\":\"\(kind)\",\"TableId\":\(tables),\"TableKind\":\"PrimaryResult\",\"TableName\":")
    sink.buffer.append(quoted: name ?? "PrimaryResult")
    sink.buffer.append(.comma)
    sink.buffer.append(columns: schema)
    sink.buffer.append(isFragmented ? "}" as StaticString : ",\"Rows\":[")
  }

  func write(_ rows: Range<Int>, of chunk: Chunk, _ columns: [Vector]) throws {
    if !isFragmented {
      if rowsInTable > 0 { sink.buffer.append(.comma) }
      chunk.printJSONRows(rows, of: columns, to: &sink.buffer)
    } else {
      sink.buffer.append("\n,{\"FrameType\":\"TableFragment\",\"TableFragmentType\":\"DataAppend\",\"TableId\":\(tables),\"Rows\":[")
      chunk.printJSONRows(rows, of: columns, to: &sink.buffer)
      sink.buffer.append("]}" as StaticString)
    }
    rowsInTable += rows.count
    try sink.drain()
  }

  func endTable() throws { try endTable(nil) }

  private func endTable(_ error: WireError?) throws {
    isOpen = false
    guard isFragmented else {
      if let error, request.options.errorPlacement == .inData {
        if rowsInTable > 0 { sink.buffer.append(.comma) }
        sink.buffer.append("{\"OneApiErrors\":[\(json(error))]}")
      }
      sink.buffer.append("]}" as StaticString)
      return
    }
    if let error, request.options.errorPlacement == .inData {
      sink.buffer.append("\n,{\"FrameType\":\"TableFragment\",\"TableFragmentType\":\"DataAppend\",\"TableId\":\(tables),\"Rows\":[")
      sink.buffer.append("{\"OneApiErrors\":[\(json(error))]}]}")
    }
    sink.buffer.append("\n,{\"FrameType\":\"TableCompletion\",\"TableId\":\(tables),\"RowCount\":\(rowsInTable)")
    if let error, request.options.errorPlacement == .endOfTable { sink.buffer.append(",\"OneApiErrors\":[\(json(error))]") }
    sink.buffer.append(.closeBrace)
  }

  func finish(_ error: WireError?, _ statistics: QueryStatistics) throws {
    if error != nil, !isOpen { try begin([], nil, named: nil) }
    if tables == 0 { writeHead(nil) }
    if isOpen { try endTable(error) }
    sink.buffer.append(
      "\n,{\"FrameType\":\"DataTable\",\"TableId\":\(tables + 1),\"TableKind\":\"QueryCompletionInformation\","
        + "\"TableName\":\"QueryCompletionInformation\",")
    sink.buffer.append(columns: Self.completionColumns)
    sink.buffer.append(",\"Rows\":[" as StaticString)
    sink.buffer.append(rows: completionRows(error, statistics))
    sink.buffer.append("]}\n,{\"FrameType\":\"DataSetCompletion\",\"HasErrors\":\(error != nil),\"Cancelled\":\(error?.name == "cancelled")")
    if let error { sink.buffer.append(",\"OneApiErrors\":[\(json(error))]") }
    sink.buffer.append("}\n]\n" as StaticString)
  }

  private func json(_ error: WireError) -> String { error.json((request.clientRequestID, request.activityID)) }

  private func writeHead(_ visualization: Visualization?) {
    sink.buffer.append(
      "[{\"FrameType\":\"DataSetHeader\",\"IsProgressive\":false,\"Version\":\"v2.0\",\"IsFragmented\":\(isFragmented),"
        + "\"ErrorReportingPlacement\":\"\(request.options.errorPlacement.rawValue)\"}")
    sink.buffer.append(
      "\n,{\"FrameType\":\"DataTable\",\"TableId\":0,\"TableKind\":\"QueryProperties\",\"TableName\":\"@ExtendedProperties\",")
    sink.buffer.append(columns: [ColumnInfo("TableId", .int), ColumnInfo("Key", .string), ColumnInfo("Value", .dynamic)])
    sink.buffer.append(",\"Rows\":[" as StaticString)
    sink.buffer.append(rows: [[.long(1), .string("Visualization"), .string(Visualization.kustoJSON(visualization))]])
    sink.buffer.append("]}" as StaticString)
  }

  private static let completionColumns: Schema = [
    ColumnInfo("Timestamp", .datetime), ColumnInfo("ClientRequestId", .string), ColumnInfo("ActivityId", .guid),
    ColumnInfo("SubActivityId", .guid), ColumnInfo("ParentActivityId", .guid), ColumnInfo("Level", .int),
    ColumnInfo("LevelName", .string), ColumnInfo("StatusCode", .int), ColumnInfo("StatusCodeName", .string),
    ColumnInfo("EventType", .int), ColumnInfo("EventTypeName", .string), ColumnInfo("Payload", .string),
  ]

  /// Clients read a row whose level is below 4 as an error.
  private func completionRows(_ error: WireError?, _ statistics: QueryStatistics) -> [[Dynamic]] {
    let sub = GUID.random().text
    func row(_ level: Int64, _ levelName: String, _ status: (Int64, String), _ event: (Int64, String), _ payload: String) -> [Dynamic] {
      [
        .string(Clock.text), .string(request.clientRequestID), .string(request.activityID), .string(sub),
        .string(request.activityID), .long(level), .string(levelName), .long(status.0), .string(status.1), .long(event.0),
        .string(event.1), .string(payload),
      ]
    }
    let done = (Int64(0), "S_OK (0)")
    var rows: [[Dynamic]] = []
    if let error {
      let text = Dynamic.object([("Count", .long(1)), ("Text", .string(error.message))]).json
      rows.append(row(2, "Error", (-2_133_196_797, error.innerCode), (4, "QueryInfo"), text))
    } else {
      let text = Dynamic.object([("Count", .long(1)), ("Text", .string("Query completed successfully"))]).json
      rows.append(row(4, "Info", done, (4, "QueryInfo"), text))
    }
    for remark in statistics.remarks {
      rows.append(row(4, "Info", done, (4, "QueryInfo"), Dynamic.object([("Count", .long(1)), ("Text", .string(remark))]).json))
    }
    rows.append(row(6, "Stats", done, (0, "QueryResourceConsumption"), statistics.payload))
    return rows
  }
}
