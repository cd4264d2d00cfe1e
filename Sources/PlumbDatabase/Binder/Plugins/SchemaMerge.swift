import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension PluginCall {
  /// One schema from several that `getschema` returned: columns in an order that agrees with all of them.
  func schemaMerge() throws -> Relation {
    var preservesOrder = true
    for argument in call.arguments {
      preservesOrder = try place.constants.value(argument.value, what: "`PreserveOrder`") == .bool(true)
    }
    let wanted = ["ColumnName", "ColumnOrdinal", "ColumnType"]
    let places = try wanted.map { name -> Int in
      guard let index = input.index(of: name) else {
        throw Diagnostic(
          "unknown-column", "`schema_merge` needs the rows of `getschema`, but the column `\(name)` is missing", at: span)
      }
      return index
    }
    let result = try place.state.run(input, at: span)
    var merged: [(name: String, ordinal: Int64, type: String)] = []
    var position: Int64 = 0
    for chunk in result.chunks {
      let cells = places.map { chunk.column($0) }
      for row in 0..<chunk.count {
        guard case .string(let name) = cells[0].value(at: row), case .string(let type) = cells[2].value(at: row)
        else { continue }
        position = cells[1].value(at: row).ticks ?? position
        if let known = merged.firstIndex(where: { $0.name == name }) {
          if merged[known].type != type { merged[known].type = "ERROR(type mismatch)" }
          if !preservesOrder {
            merged[known].ordinal = max(merged[known].ordinal, position)
          } else if merged[known].ordinal != position {
            merged[known].ordinal = -1
            merged[known].type = "ERROR(columns are out of order)"
          }
        } else {
          merged.append((name, position, type))
        }
      }
    }
    // Columns with errors come last.
    merged.sort { ($0.ordinal < 0 ? Int64.max : $0.ordinal) < ($1.ordinal < 0 ? Int64.max : $1.ordinal) }
    if !preservesOrder { for index in merged.indices { merged[index].ordinal = Int64(index) } }
    let schema = [
      ColumnInfo("ColumnName", .string), ColumnInfo("ColumnOrdinal", .int), ColumnInfo("DataType", .string),
      ColumnInfo("ColumnType", .string),
    ]
    let rows = merged.map { column -> [Value] in
      let system = ScalarType(name: column.type)?.systemName ?? "ERROR(unknown CSL type:\(column.type))"
      return [
        .string(column.name), .int(Int32(clamping: column.ordinal)), .string(system), .string(column.type),
      ]
    }
    return Relation(.scan(ScanPlan(table: Table(name: "schema_merge", schema: schema, rows: rows))))
  }
}
