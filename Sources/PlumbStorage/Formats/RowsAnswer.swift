import PlumbDiagnostics
import PlumbEngine

/// An answer that lists the names of columns once and then the values of rows: Azure Monitor's `tables`, Kusto's `Tables` (v1) and
/// frames (v2), or one such table.
enum RowsAnswer {
  /// Answers of these services are smaller; larger files are read as they are.
  private static let byteLimit = 256 << 20

  /// The rows of the answer's result as lines of objects, the names of its columns, and how many tables the answer has; nil if a text is
  /// something else.
  static func lines(
    of source: any SampledSource, front: ArraySlice<UInt8>, skipping: Int
  ) throws -> (text: [UInt8], columns: [String], tables: Int)? {
    let holds = front.prefix(1 << 16).withBytes { text in
      (text.holds("\"columns\"") || text.holds("\"Columns\"")) && (text.holds("\"rows\"") || text.holds("\"Rows\"") || text.holds("\"FrameType\""))
    }
    guard holds, let size = source.size, size <= byteLimit else { return nil }
    let bytes = try source.sample(at: 0, count: size)
    guard let compact = bytes.dropFirst(skipping).withBytes({ JSONText.parse($0) }) else { return nil }
    return compact.withBytes { bytes in
      let value = DynamicCursor(bytes)
      var tables: [DynamicCursor] = []
      if let list = value["tables"] ?? value["Tables"] ?? (value.isArray ? value : nil), list.isArray {
        list.forEachElement { if isTable($0) { tables.append($0) } }
      } else if isTable(value) {
        tables.append(value)
      }
      // Of frames, the primary results answer the question; of other tables, the first.
      let results = tables.filter { $0.anyText("TableKind").map { String($0) == "PrimaryResult" } ?? false }
      guard let table = results.first ?? tables.first else { return nil }
      var names: [Bytes] = []
      (table["columns"] ?? table["Columns"])?.forEachElement { names.append(name(of: $0) ?? .empty) }
      return rows(of: table, names).map { ($0, names.map { String($0) }, results.isEmpty ? tables.count : results.count) }
    }
  }

  private static func isTable(_ value: DynamicCursor) -> Bool {
    guard let columns = value["columns"] ?? value["Columns"], let rows = value["rows"] ?? value["Rows"], columns.isArray, rows.isArray else { return false }
    return columns.count > 0 && columns.element(at: 0).map { name(of: $0) != nil } ?? false
  }

  private static func name(of column: DynamicCursor) -> Bytes? { column.anyText("name") ?? column.anyText("ColumnName") }

  /// The rows of a table as objects, one per line; nil if a row is not an array.
  private static func rows(of table: DynamicCursor, _ names: [Bytes]) -> [UInt8]? {
    var out = ByteBuffer()
    var isSound = true
    (table["rows"] ?? table["Rows"])?.forEachElement { row in
      guard isSound, row.isArray, row.count <= names.count else {
        isSound = false
        return
      }
      var place = 0
      out.append(UInt8.openBrace)
      row.forEachElement { value in
        if place > 0 { out.append(UInt8.comma) }
        JSONText.printString(names[place], to: &out)
        out.append(UInt8.colon)
        JSONText.print(value, to: &out)
        place += 1
      }
      out.append(UInt8.closeBrace)
      out.append(UInt8.newline)
    }
    return isSound ? out.withBytes { Array($0) } : nil
  }
}
