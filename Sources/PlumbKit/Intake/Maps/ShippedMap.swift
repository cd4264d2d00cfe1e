import PlumbStorage

/// A mapping that is part of Plumb, as a file would have it. `plumb manual NAME` prints it.
///
/// To add one, write its text in a file of this folder, and put it into `all`.
package struct ShippedMap: Sendable {
  /// Its name in `--map`.
  package let name: String
  /// What it maps, with its article.
  let title: String
  /// Sets of columns, one of which rows have that it maps.
  let columns: [[String]]
  /// Tables that a database has which it maps; empty for files of rows.
  let tables: [String]
  /// The kind of telemetry whose rows it maps; nil for others.
  var kind: TelemetryKind?
  package let text: String

  package static let all: [ShippedMap] = [
    .airflowDatabase, .azureDataFactory, .dagster, .dbtCloud, .gitHubActions, .prefect, .prefectAPI,
  ]

  package static func named(_ name: String) -> ShippedMap? { all.first { $0.name == name } }

  /// The map of a database with these tables.
  static func of(tables: [String]) -> ShippedMap? { all.first { !$0.tables.isEmpty && Set(tables).isSuperset(of: $0.tables) } }

  /// The map of rows with these columns.
  static func of(columns: [String]) -> ShippedMap? {
    let names = Set(columns)
    return all.first { $0.columns.contains { names.isSuperset(of: $0) } }
  }

  /// What to tell users who load such rows as a table.
  var advice: String { "\(title); `--map \(name)` makes runs of it" }
}
