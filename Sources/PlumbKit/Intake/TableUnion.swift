import PlumbEngine
import PlumbStorage

/// Two tables as one, with the columns of both found by their names.
struct TableUnion {
  private let known: Table
  private let added: Table
  private let schema: Schema

  /// Nil if both have the same columns in the same order.
  init?(_ known: Table, _ added: Table) {
    guard known.schema != added.schema else { return nil }
    (self.known, self.added) = (known, added)
    schema = Self.columns(known.schema, added.schema)
  }

  /// Whether columns with the same name have types that one type can represent.
  static func isPossible(_ known: Schema, _ added: Schema) -> Bool {
    added.allSatisfy { column in
      guard let other = known.first(where: { $0.name == column.name }) else { return true }
      return common(other.type, column.type) != nil
    }
  }

  private static func columns(_ known: Schema, _ added: Schema) -> Schema {
    known.map { column in
      guard let other = added.first(where: { $0.name == column.name }), let type = common(column.type, other.type) else { return column }
      return ColumnInfo(column.name, type)
    } + added.filter { column in !known.contains { $0.name == column.name } }
  }

  private static func common(_ one: ScalarType, _ other: ScalarType) -> ScalarType? {
    if one == other { return one }
    let numbers: [ScalarType] = [.int, .long, .real]
    guard let a = numbers.firstIndex(of: one), let b = numbers.firstIndex(of: other) else { return nil }
    return numbers[max(a, b)]
  }

  /// The rows of both.
  func table(_ options: ReadOptions) -> Table {
    Table(name: known.name, schema: schema, groups: arranged(known, options) + arranged(added, options))
  }

  private func arranged(_ table: Table, _ options: ReadOptions) -> [RowGroup] {
    if table.schema == schema { return table.groups }
    let columns = schema.map { column -> ArrangedColumn in
      guard let place = table.schema.firstIndex(where: { $0.name == column.name }) else { return .constant(.null(column.type)) }
      return .column(place, from: table.schema[place].type, to: column.type)
    }
    return table.groups.map { $0.arranged(columns, options.lastingContext) }
  }

  /// What differs, as a sentence without the file's name.
  var note: String {
    func listed(_ columns: Schema) -> String { columns.map { "`\($0.name)`" }.joined(separator: ", ") }
    let new = added.schema.filter { column in !known.schema.contains { $0.name == column.name } }
    let missing = known.schema.filter { column in !added.schema.contains { $0.name == column.name } }
    var parts: [String] = []
    if !new.isEmpty { parts.append("it adds \(listed(new)) to `\(known.name)`, null in the rows before") }
    if !missing.isEmpty { parts.append("it has no \(listed(missing)), null in its rows") }
    if parts.isEmpty { parts.append("its columns have another order or other numeric types than those of `\(known.name)`") }
    return parts.joined(separator: "; ") + "; `--strict` refuses such files"
  }
}
