/// What rows are, for whoever draws them for people, such as predictions of risk.
///
/// A table function declares it. It holds as long as the rows have the columns.
package struct Presentation: Hashable, Sendable {
  package let name: String
  /// Columns without which the rows are a table like any other.
  package let columns: [ColumnInfo]

  package init(_ name: String, columns: [ColumnInfo]) {
    self.name = name
    self.columns = columns
  }

  /// Whether rows of this schema can be drawn so.
  package func fits(_ schema: Schema) -> Bool { columns.allSatisfy { schema.contains($0) } }
}
