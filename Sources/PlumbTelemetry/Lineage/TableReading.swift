import PlumbDiagnostics
import PlumbEngine

/// A column of a table that may come from anywhere: its type is checked, not assumed.
struct TableColumn {
  let vectors: [Vector]

  /// Returns nil if the table has no such column of one of the types.
  ///
  /// - Throws: whatever reading it from a file throws.
  init?(_ table: Table?, _ name: String, _ types: ScalarType...) throws {
    guard let table, let index = table.schema.firstIndex(where: { $0.name == name }),
      types.contains(table.schema[index].type)
    else { return nil }
    vectors = try table.groups.map { try $0.column(index) }
  }

  /// Returns the bytes of a string cell.
  func text(_ place: RowPlace) -> Bytes { vectors[place.group].cellBytes(at: place.row) }

  /// Returns the number of an int, long, datetime or timespan; nil for null.
  func word(_ place: RowPlace) -> Int64? {
    let vector = vectors[place.group]
    return vector.isEmptyCell(at: place.row) ? nil : vector.word(at: vector.isConstant ? 0 : place.row)
  }

  /// Returns the number of a real; nil for null and NaN.
  func real(_ place: RowPlace) -> Double? {
    word(place).map { Double(bitPattern: UInt64(bitPattern: $0)) }.flatMap { $0.isFinite ? $0 : nil }
  }
}

/// The location of a row in a table.
struct RowPlace {
  var group: Int
  var row: Int
}

extension Table {
  /// Calls `body` with every row, in order.
  func forEachPlace(_ context: ExecutionContext, _ body: (RowPlace) -> Void) throws {
    for (index, group) in groups.enumerated() {
      try context.checkpoint()
      for row in 0..<group.count { body(RowPlace(group: index, row: row)) }
    }
  }
}
