import PlumbDiagnostics
import PlumbEngine

/// A table of a workspace file in one generation of the file.
struct StoredTable: Sendable {
  let row: TableRow
  let columns: [StoredColumn]
  let groups: [StoredGroup]
  let table: Table

  init(_ row: TableRow, _ groups: [GroupRow], store: SegmentStore, columns known: [StoredColumn]? = nil) {
    self.row = row
    let columns = known ?? row.columns.map { StoredColumn(tableID: row.id, $0) }
    self.columns = columns
    var first = 0
    let version = TableVersion(table: row.id, version: row.version)
    self.groups = groups.map { group in
      defer { first += group.rowCount }
      return StoredGroup(group, of: row, version: version, firstRow: first, columns: columns, store: store)
    }
    table = Table(
      name: row.name, schema: row.schema,
      groups: self.groups.map { RowGroup(count: $0.rowCount, zones: $0.bounds.map(\.zone), source: $0) })
  }
}

/// A column and its dictionary, which is read when a query first needs it.
final class StoredColumn: Sendable {
  let info: ColumnInfo
  private let tableID: Int64
  private let row: ColumnRow
  private let made = LockedValue<StringDictionary?>(nil)

  init(tableID: Int64, _ row: ColumnRow) {
    info = ColumnInfo(row.name, row.type)
    self.tableID = tableID
    self.row = row
  }

  var textCount: Int64 { row.textCount }

  func dictionary(from connection: WorkspaceConnection, table: String) throws -> StringDictionary {
    try made.withLock { kept in
      if let kept { return kept }
      let pieces = try connection.with { try $0.textPieces(tableID, row.place, count: row.textCount) }
      guard let whole = StringDictionary.joining(pieces) else {
        connection.markDamaged()
        throw DamagedFile.diagnostic("the texts of column `\(info.name)` of `\(table)` are damaged", connection.name)
      }
      kept = whole
      return whole
    }
  }
}

/// A row group whose columns are in a file.
final class StoredGroup: ColumnSource {
  let id: Int64
  let table: String
  let version: TableVersion
  let place: Int64
  let firstRow: Int
  let rowCount: Int
  let bounds: [GroupRow.ColumnBounds]
  let columns: [StoredColumn]
  private let lost: Set<Int>
  private let store: SegmentStore

  init(
    _ row: GroupRow, of table: TableRow, version: TableVersion, firstRow: Int, columns: [StoredColumn], store: SegmentStore
  ) {
    id = row.id
    place = row.place
    rowCount = row.rowCount
    bounds = row.bounds
    lost = row.lost
    self.table = table.name
    self.version = version
    self.firstRow = firstRow
    self.columns = columns
    self.store = store
  }

  func column(_ index: Int) throws -> Vector { try lost.contains(index) ? nulls(index) : store.column(self, index) }

  /// The column, as messages name it.
  func part(_ place: Int) -> String {
    "column `\(columns[place].info.name)` of `\(table)`, rows \(firstRow + 1) to \(firstRow + rowCount),"
  }

  /// The values of a damaged column: nulls, or empty strings.
  private func nulls(_ index: Int) throws -> Vector {
    let writer = RowsWriter([columns[index].info])
    for _ in 0..<rowCount {
      if columns[index].info.type == .string { writer.append(0, text: Bytes(start: nil, count: 0)) } else { writer.appendNull(0) }
      writer.endRow()
    }
    guard let vector = try writer.finish().first?.column(0), vector.count == rowCount else {
      throw DamagedFile.diagnostic("column `\(columns[index].info.name)` of `\(table)`", store.name)
    }
    return vector
  }

  func dictionary(_ index: Int) throws -> StringDictionary? { try store.dictionary(self, index) }
}
