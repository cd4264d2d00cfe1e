import PlumbEngine
import PlumbPresentation

/// The tables of an answer in one of Kusto's layouts, written row by row.
protocol ReplyWriter: AnyObject {
  /// Begins a table; what it writes before the first one comes first.
  ///
  /// - Parameter name: what the query calls the table; nil if it has no name.
  func begin(_ schema: Schema, _ visualization: Visualization?, named name: String?) throws
  /// Writes rows of the table that is open.
  func write(_ rows: Range<Int>, of chunk: Chunk, _ columns: [Vector]) throws
  func endTable() throws
  /// Ends the answer.
  ///
  /// - Parameter error: why rows are missing, if some are.
  func finish(_ error: WireError?, _ statistics: QueryStatistics) throws
}

/// What a query used.
struct QueryStatistics: Sendable {
  var rows = 0
  var tables = 0
  var milliseconds = 0.0
  /// The bytes that its buffers held at most at once.
  var peakMemory = 0
  /// Remarks about the query, such as options that have no effect.
  var remarks: [String] = []

  /// The payload of `QueryResourceConsumption`.
  var payload: String {
    Dynamic.object([
      ("ExecutionTime", .real(milliseconds / 1000)),
      ("resource_usage", .object([("memory", .object([("peak_per_node", .long(Int64(peakMemory)))]))])),
      ("dataset_statistics", .array([.object([("table_row_count", .long(Int64(rows)))])])),
    ]).json
  }
}

extension ByteBuffer {
  mutating func append(quoted text: String) { text.withUTF8Bytes { JSONText.printString($0, to: &self) } }

  /// Appends columns in the notation of v2.
  mutating func append(columns: Schema) {
    append("\"Columns\":[" as StaticString)
    for (i, column) in columns.enumerated() {
      if i > 0 { append(.comma) }
      append("{\"ColumnName\":" as StaticString)
      append(quoted: column.name)
      append(",\"ColumnType\":\"\(column.type.name)\"}")
    }
    append(.closeBracket)
  }

  /// Appends rows of values with commas between them.
  mutating func append(rows: [[Dynamic]]) {
    append(rows.map { Dynamic.array($0).json }.joined(separator: ","))
  }
}

extension Visualization {
  /// The properties of `render` as Kusto writes them, and nulls for those that were not given.
  static func kustoJSON(_ visualization: Visualization?) -> String {
    let names = [
      "Title", "XColumn", "Series", "YColumns", "AnomalyColumns", "XTitle", "YTitle", "XAxis", "YAxis", "Legend", "YSplit",
      "Accumulate", "IsQuerySorted", "Kind", "Ymin", "Ymax", "Xmin", "Xmax",
    ]
    var members: [(key: String, value: Dynamic)] = [("Visualization", visualization.map { .string($0.kind) } ?? .null)]
    let given = visualization?.properties ?? [:]
    for name in names {
      let text = given.first { $0.key.lowercased() == name.lowercased() }?.value
      switch name {
      case "Accumulate", "IsQuerySorted": members.append((name, .bool(text?.lowercased() == "true")))
      case "Ymin", "Ymax", "Xmin", "Xmax": members.append((name, text.flatMap(Double.init).map { .real($0) } ?? .string("NaN")))
      case "Series", "YColumns", "AnomalyColumns":
        members.append((name, text.map { .array($0.split(separator: ",").map { .string($0.trimmingCharacters) }) } ?? .null))
      default: members.append((name, text.map { .string($0) } ?? .null))
      }
    }
    return Dynamic.object(members).json
  }
}
