import PlumbEngine

extension ResultFormat {
  package static let kusto = ResultFormat("kusto", "a query response of Kusto (v1)") {
    KustoWriter(to: $0, options: $1)
  }
}

/// A query response in Kusto's v1 protocol: one object with a table for each answer.
///
/// The properties of `render` are in a last table, `@ExtendedProperties`, as JSON text.
final class KustoWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions
  private var isFirst = true
  private var visualizations: [Visualization] = []

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    beginTable(answer.name ?? "PrimaryResult", answer.schema)
    var isFirstRow = true
    let written = try answer.forEachRow(limit: options.rowLimit) { columns, row in
      if !isFirstRow { sink.buffer.append(.comma) }
      isFirstRow = false
      sink.buffer.append(.openBracket)
      for (i, column) in columns.enumerated() {
        if i > 0 { sink.buffer.append(.comma) }
        column.printJSON(at: row, to: &sink.buffer)
      }
      sink.buffer.append(.closeBracket)
      try sink.drain()
    }
    sink.buffer.append("]}" as StaticString)
    if let visualization = answer.visualization { visualizations.append(visualization) }
    return answer.summary(written: written)
  }

  func finish() throws {
    if !visualizations.isEmpty {
      beginTable("@ExtendedProperties", [ColumnInfo("Value", .string)])
      for (i, visualization) in visualizations.enumerated() {
        if i > 0 { sink.buffer.append(.comma) }
        sink.buffer.append(.openBracket)
        append(quoted: json(of: visualization))
        sink.buffer.append(.closeBracket)
      }
      sink.buffer.append("]}" as StaticString)
    }
    sink.buffer.append(isFirst ? "{\"Tables\":[]}\n" as StaticString : "]}\n")
    try sink.flush()
  }

  /// Writes the part of a table before its first row.
  private func beginTable(_ name: String, _ schema: Schema) {
    sink.buffer.append(isFirst ? "{\"Tables\":[" as StaticString : ",")
    isFirst = false
    sink.buffer.append("{\"TableName\":" as StaticString)
    append(quoted: name)
    sink.buffer.append(",\"Columns\":[" as StaticString)
    for (i, column) in schema.enumerated() {
      if i > 0 { sink.buffer.append(.comma) }
      sink.buffer.append("{\"ColumnName\":" as StaticString)
      append(quoted: column.name)
      sink.buffer.append(",\"DataType\":\"\(column.type.kustoDataType)\",\"ColumnType\":\"\(column.type.name)\"}")
    }
    sink.buffer.append("],\"Rows\":[" as StaticString)
  }

  private func append(quoted text: String) {
    text.withUTF8Bytes { JSONText.printString($0, to: &sink.buffer) }
  }

  private func json(of visualization: Visualization) -> String {
    var members: [(key: String, value: Dynamic)] = [("Visualization", .string(visualization.kind))]
    for key in visualization.properties.keys.sorted() {
      members.append((key, .string(visualization.properties[key] ?? "")))
    }
    return Dynamic.object(members).json
  }
}

extension ScalarType {
  /// The .NET name that Kusto's v1 protocol gives in addition to its own.
  package var kustoDataType: String {
    switch self {
    case .bool: "SByte"
    case .int: "Int32"
    case .long: "Int64"
    case .real: "Double"
    case .decimal: "SqlDecimal"
    case .datetime: "DateTime"
    case .timespan: "TimeSpan"
    case .string: "String"
    case .guid: "Guid"
    case .dynamic: "Object"
    }
  }
}
