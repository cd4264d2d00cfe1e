import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbRemote
import PlumbStorage
import PlumbSyntax

extension WorkspaceOptions {
  /// Opens a file, or a database of another engine, by its path or address.
  package func openForeign(
    _ path: String, _ name: String, _ properties: [String: String], _ context: ExecutionContext
  ) throws -> any ForeignDatabase {
    if ClickHouseAddress.isAddress(path) {
      if let unknown = properties.keys.sorted().first {
        throw Diagnostic("unknown-property", "an attached ClickHouse database has no property `\(unknown)`")
      }
      return try ClickHouseDatabase(path, as: name, remote, context)
    }
    if let database = properties[EntityPathSyntax.clusterDatabase] {
      return try KustoDatabase(path, database: database, as: name, remote)
    }
    if path.hasPrefix(KustoDatabase.scheme) {
      if let unknown = properties.keys.sorted().first {
        throw Diagnostic("unknown-property", "an attached Kusto database has no property `\(unknown)`")
      }
      let database = try KustoDatabase(path, as: name, remote)
      _ = try database.tableNames
      return database
    }
    return try AttachedSQLite(path: Paths.expandingHome(path, home), properties: properties, context)
  }

  /// The database that a workspace file remembers; nil if the text is not a reminder.
  package func reopenForeign(_ reminder: String, as name: String) -> (any ForeignDatabase)? {
    if reminder.hasPrefix(KustoDatabase.scheme) { return try? KustoDatabase(reminder, as: name, remote) }
    return ClickHouseDatabase(reminder: reminder, as: name, remote) ?? AttachedSQLite(reminder: reminder)
  }

  /// What connections to other engines need.
  package var remote: RemoteOptions {
    var remote = RemoteOptions()
    remote.fetchRows = fetchRows
    remote.variable = variable
    remote.ask = askPassword
    remote.tokenCommand = tokenCommand
    return remote
  }
}
