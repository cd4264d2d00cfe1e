import PlumbDiagnostics
import PlumbEngine

/// Creates tables in a ClickHouse database and fills them.
package struct ClickHouseExport: Sendable {
  private let server: ClickHouseServer
  private let dialect: Dialect
  private let context: ExecutionContext

  /// - Throws: diagnostics of the address, of the connection and of the sign-in.
  package init(_ address: String, _ options: RemoteOptions, _ context: ExecutionContext) throws {
    server = ClickHouseServer(try ClickHouseAddress(address), options)
    self.context = context
    dialect = try server.dialect(context)
  }

  /// Writes the tables. A table that exists there is filled if it is empty, so that it can be one of a cluster.
  ///
  /// - Parameter progress: called with the rows written so far; false ends the export.
  /// - Throws: `table-exists` before anything is written; after another error, tables that were created are dropped.
  package func write(_ tables: [Table], progress: (Int) -> Bool) throws {
    let existing = try existingTables()
    for table in tables where existing.contains(table.name) && table.name != PlumbColumns.table {
      guard try count(table.name) == 0 else {
        throw Diagnostic(
          "table-exists", "the database `\(server.address.database)` already has a table `\(table.name)` with rows",
          help: "drop or rename it there, or name other tables with `--table`")
      }
    }
    var created: [String] = [], written = 0
    do {
      for table in tables {
        let targets = try table.schema.enumerated().map { try target(of: $1, at: $0, in: table) }
        if !existing.contains(table.name) {
          try server.change(declaration(of: table, targets), context)
          created.append(table.name)
        }
        try record(table, existing)
        let writer = NativeBlockWriter(targets)
        let names = targets.map { SQLValue.name($0.name) }.joined(separator: ", ")
        for group in table.groups where group.count > 0 {
          try context.checkpoint()
          try server.change("INSERT INTO \(qualified(table.name)) (\(names)) FORMAT Native", try writer.block(of: group), context)
          written += group.count
          guard progress(written) else { throw Diagnostic("cancelled", "the export was stopped; nothing of it was kept") }
        }
        let count = try count(table.name)
        guard count == table.rowCount else {
          throw Diagnostic("remote-error", "\(count) of \(table.rowCount) rows arrived in `\(table.name)`")
        }
      }
    } catch {
      let after = ExecutionContext(after: context)
      for table in created { try? server.change("DROP TABLE \(qualified(table))", after) }
      throw error
    }
  }

  private func existingTables() throws -> Set<String> {
    let database = SQLValue.text(server.address.database)
    let names = try server.rows("SELECT name AS `n` FROM system.tables WHERE database = \(database)", ["n"], context)
    return Set(names.map { $0[0] })
  }

  private func count(_ table: String) throws -> Int {
    let rows = try server.rows("SELECT toString(count()) AS `n` FROM \(qualified(table))", ["n"], context)
    return Int(rows.first?.first ?? "") ?? 0
  }

  private func qualified(_ table: String) -> String { "\(SQLValue.name(server.address.database)).\(SQLValue.name(table))" }

  private func target(of column: ColumnInfo, at index: Int, in table: Table) throws -> NativeBlockWriter.Target {
    var hasNulls = false, low = Int64.max, high = Int64.min
    for group in table.groups where column.type != .string {
      let vector = try group.column(index)
      for row in 0..<group.count {
        if vector.isEmptyCell(at: row) {
          hasNulls = true
        } else if column.type == .datetime, case .datetime(let ticks) = vector.value(at: row) {
          low = min(low, ticks)
          high = max(high, ticks)
        }
      }
    }
    // `DateTime64` begins with the year 1900.
    let isDateTime64 = column.type == .datetime && dialect.has(.dateTime64) && low >= 599_266_080_000_000_000 && high < 725_000_000_000_000_000
    let plain = isDateTime64 ? "DateTime64(7, 'UTC')" : NativeColumn(name: "", type: column.type, isNullable: false).wireType
    return NativeBlockWriter.Target(
      name: column.name, type: column.type, isNullable: hasNulls, wireType: hasNulls ? "Nullable(\(plain))" : plain,
      origin: isDateTime64 ? SQLValue.epoch : 0)
  }

  private func declaration(of table: Table, _ targets: [NativeBlockWriter.Target]) -> String {
    let columns = targets.map { "\(SQLValue.name($0.name)) \($0.wireType)" }.joined(separator: ", ")
    // Rows are found by time, which most queries ask for.
    let key = targets.first { $0.type == .datetime && !$0.isNullable }.map { SQLValue.name($0.name) } ?? "tuple()"
    return "CREATE TABLE \(qualified(table.name)) (\(columns)) ENGINE = MergeTree PARTITION BY tuple() ORDER BY \(key)"
  }

  /// Records the types of columns, since ClickHouse represents some of them in other forms.
  private func record(_ table: Table, _ existing: Set<String>) throws {
    let records = qualified(PlumbColumns.table)
    try server.change(
      "CREATE TABLE IF NOT EXISTS \(records) (`table_name` String, `column_name` String, `type` String) "
        + "ENGINE = MergeTree PARTITION BY tuple() ORDER BY tuple()", context)
    let values = table.schema.map {
      "(\(SQLValue.text(table.name)), \(SQLValue.text($0.name)), \(SQLValue.text($0.type.name)))"
    }
    try server.change("INSERT INTO \(records) (`table_name`, `column_name`, `type`) VALUES \(values.joined(separator: ", "))", context)
  }
}
