/// What rows represent, for code that draws them for people, such as predictions of risk.
///
/// Declared by a table function. It applies as long as the rows have the columns.
package struct Presentation: Hashable, Sendable {
  package let name: String
  /// The columns without which the rows are an ordinary table.
  package let columns: [ColumnInfo]

  package init(_ name: String, columns: [ColumnInfo]) {
    self.name = name
    self.columns = columns
  }

  /// Whether rows of this schema can be drawn this way.
  package func fits(_ schema: Schema) -> Bool { columns.allSatisfy { schema.contains($0) } }
}
