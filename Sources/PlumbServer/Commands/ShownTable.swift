import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A command of Kusto's that clients send to learn what a server has, or to end a query.
///
/// The shell has commands of some of these names with other columns; over HTTP the columns are Kusto's.
struct ShownTable: Sendable {
  /// How it is written; see `CommandText.names(by:)`.
  let patterns: [String]
  let schema: Schema
  /// Its rows for the names in the command.
  let rows: @Sendable (ShownDatabase, [String]) throws -> [[Value]]

  init(_ patterns: String..., columns: [ColumnInfo], rows: @escaping @Sendable (ShownDatabase, [String]) throws -> [[Value]]) {
    self.patterns = patterns
    schema = columns
    self.rows = rows
  }

  /// The rows of a command; nil for a command that is not in the list.
  static func table(of command: CommandText, _ database: ShownDatabase) throws -> Table? {
    for shown in all {
      for pattern in shown.patterns {
        guard let names = command.names(by: pattern) else { continue }
        return Table(name: Self.name, schema: shown.schema, rows: try shown.rows(database, names))
      }
    }
    return nil
  }

  /// The name under which the steps after a command read its rows.
  static let name = "$show"

  static let all: [ShownTable] = ofDatabases + ofSchemas + ofEntities + ofServer
}

/// What the commands show: the catalog as it is now, and the server.
struct ShownDatabase: Sendable {
  let catalog: Catalog
  let service: QueryService
  /// The database that the request named.
  let current: String

  var names: [String] { service.settings.databaseNames }

  /// The database that a command names; the current one if it names none.
  ///
  /// - Throws: a `WireError` if it does not exist.
  func database(_ named: [String]) throws -> String {
    guard let name = named.first else { return current }
    guard let known = service.settings.databaseName(name) else { throw service.unknownDatabase(name) }
    return known
  }

  func schema(_ table: String) throws -> Schema {
    guard let schema = catalog.schema(ofTable: table) else {
      var message = "Semantic error: SEM0100: unknown table `\(VisibleText.string(table))`"
      if let help = Suggestion.nearest(to: table, in: catalog.tableNames) { message += ". Help: \(help)" }
      throw WireError.badRequest(message, name: "unknown-table")
    }
    return schema
  }

  /// The name of a table, what comes after it, its database, folder and text.
  func row(_ table: String, _ more: Value...) -> [Value] {
    let notes = catalog.notes(ofTable: table)
    return [.string(table)] + more + [.string(current), .string(notes.folder), .string(notes.docString)]
  }

  var access: String { service.settings.isWritable ? "ReadWrite" : "ReadOnly" }
}

private func texts(_ names: String...) -> [ColumnInfo] { names.map { ColumnInfo($0, .string) } }

extension ShownTable {
  private static let databaseColumns: [ColumnInfo] =
    texts("DatabaseName", "PersistentStorage", "Version") + [ColumnInfo("IsCurrent", .bool)]
    + texts("DatabaseAccessMode", "PrettyName")

  static let ofDatabases: [ShownTable] = [
    ShownTable(
      ".show databases LIST?", ".show cluster databases LIST?", ".show database NAME? details", ".show databases details",
      columns: databaseColumns + [ColumnInfo("ReservedSlot1", .bool), ColumnInfo("DatabaseId", .guid)]
        + texts("InTransitionTo", "SuspensionState")
    ) { database, named in
      let wanted = try named.map { try database.database([$0]) }
      return database.names.filter { wanted.isEmpty || wanted.contains($0) }.map { name in
        [
          .string(name), .string(""), .string("v1.0"), .bool(name == database.current), .string(database.access), .string(name),
          .null(.bool), .guid(Self.identifier(name)), .string(""), .string(""),
        ]
      }
    },
    ShownTable(
      ".show database NAME? identity",
      columns: databaseColumns + [ColumnInfo("CurrentUserIsUnrestrictedViewer", .bool), ColumnInfo("DatabaseId", .guid)]
        + texts("InTransitionTo")
    ) { database, named in
      let name = try database.database(named)
      return [
        [
          .string(name), .string(""), .string("v1.0"), .bool(true), .string(database.access), .string(name), .bool(true),
          .guid(Self.identifier(name)), .string(""),
        ]
      ]
    },
  ]

  /// The same identifier for a name each time.
  private static func identifier(_ name: String) -> GUID {
    // FNV-1a, of the name forwards and backwards.
    func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
      bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
    return GUID(high: hash(name.utf8), low: hash(name.utf8.reversed()))
  }

  static let ofSchemas: [ShownTable] = [
    ShownTable(
      ".show databases LIST? schema as json", ".show cluster schema as json", ".show schema as json",
      columns: texts("DatabaseSchema")
    ) { database, named in
      let names = named.isEmpty ? database.names : try named.map { try database.database([$0]) }
      return [[.string(database.catalog.schemaJSON(names: names, access: database.access))]]
    },
    ShownTable(".show database NAME? schema as json", columns: texts("DatabaseSchema")) { database, named in
      [[.string(database.catalog.schemaJSON(names: [try database.database(named)], access: database.access))]]
    },
    ShownTable(
      ".show database NAME? schema", ".show databases LIST? schema", ".show schema", ".show cluster schema",
      columns: texts("DatabaseName", "TableName", "ColumnName", "ColumnType")
        + [ColumnInfo("IsDefaultTable", .bool), ColumnInfo("IsDefaultColumn", .bool)]
        + texts("PrettyName", "Version", "Folder", "DocString")
    ) { database, named in
      let name = try database.database(named)
      func row(_ table: String, _ column: String, _ type: String) -> [Value] {
        let notes = database.catalog.notes(ofTable: table)
        return [
          .string(name), .string(table), .string(column), .string(type), .bool(false), .bool(false),
          .string(table.isEmpty ? name : ""), .string(table.isEmpty ? "v1.0" : ""), .string(column.isEmpty ? notes.folder : ""),
          .string(column.isEmpty ? notes.docString : notes.columns[column] ?? ""),
        ]
      }
      return [row("", "", "")]
        + database.catalog.tableNames.flatMap { table in
          [row(table, "", "")] + (database.catalog.schema(ofTable: table) ?? []).map { row(table, $0.name, $0.type.systemName) }
        }
    },
    ShownTable(
      ".show table NAME cslschema", ".show table NAME schema as csl",
      columns: texts("TableName", "Schema", "DatabaseName", "Folder", "DocString")
    ) { database, named in
      let schema = try database.schema(named[0])
      let text = schema.map { "\(KQLName.inSchema($0.name)):\($0.type.name)" }.joined(separator: ",")
      return [database.row(named[0], .string(text))]
    },
    ShownTable(
      ".show table NAME schema as json", columns: texts("TableName", "Schema", "DatabaseName", "Folder", "DocString")
    ) { database, named in
      let json = Dynamic.object([
        ("Name", .string(named[0])), ("OrderedColumns", (try database.schema(named[0])).orderedColumns(database.catalog.notes(ofTable: named[0]))),
      ]).json
      return [database.row(named[0], .string(json))]
    },
  ]
}

extension ShownTable {
  static let ofEntities: [ShownTable] = [
    ShownTable(".show tables LIST?", columns: texts("TableName", "DatabaseName", "Folder", "DocString")) { database, named in
      database.catalog.tableNames.filter { named.isEmpty || named.contains($0) }.map { database.row($0) }
    },
    ShownTable(
      ".show tables LIST? details", ".show table NAME details",
      columns: texts("TableName", "DatabaseName", "Folder", "DocString") + [ColumnInfo("TotalRowCount", .long)]
    ) { database, named in
      for name in named { _ = try database.schema(name) }
      return try database.catalog.tableNames.filter { named.isEmpty || named.contains($0) }.map { name in
        let rows = try database.catalog.table(named: name)?.rowCount ?? 0
        return database.row(name) + [.long(Int64(rows))]
      }
    },
    ShownTable(".show table NAME", columns: texts("TableName", "DatabaseName", "Folder", "DocString")) { database, named in
      _ = try database.schema(named[0])
      return [database.row(named[0])]
    },
    ShownTable(
      ".show materialized-views LIST?", ".show materialized-view NAME",
      columns: texts("Name", "SourceTable", "Query", "Folder", "DocString")
    ) { _, _ in [] },
    ShownTable(".show external tables", columns: texts("TableName", "TableType", "Folder", "DocString")) { _, _ in [] },
    ShownTable(
      ".show databases entities *", ".show database NAME? entities *", ".show databases LIST? entities *",
      columns: texts("DatabaseName", "EntityType", "EntityName", "DocString", "Folder", "CslInputSchema", "Content", "CslOutputSchema")
        + [ColumnInfo("Properties", .dynamic)]
    ) { database, _ in
      database.names.flatMap { name in
        database.catalog.tableNames.map { table in
          let schema = (database.catalog.schema(ofTable: table) ?? [])
            .map { "\(KQLName.inSchema($0.name)):\($0.type.name)" }.joined(separator: ",")
          let notes = database.catalog.notes(ofTable: table)
          return [
            .string(name), .string("Table"), .string(table), .string(notes.docString), .string(notes.folder), .string(schema), .string(""),
            .string(schema), .dynamic(.object([])),
          ]
        }
          + database.catalog.storedFunctions.map { function in
            [
              .string(name), .string("Function"), .string(function.name), .string(function.summary), .string(function.folder),
              .string(function.parameters), .string(function.body), .string(""), .dynamic(.object([])),
            ]
          }
      }
    },
  ]

  static let ofServer: [ShownTable] = [
    ShownTable(
      ".show version",
      columns: [
        ColumnInfo("BuildVersion", .string), ColumnInfo("BuildTime", .datetime), ColumnInfo("ServiceType", .string),
        ColumnInfo("ProductVersion", .string), ColumnInfo("ServiceOffering", .string),
      ]
    ) { database, _ in
      let version = database.service.settings.version
      return [
        [
          .string(version), .datetime(database.service.startedAt), .string("Engine"), .string("Plumb \(version)"),
          .string("{\"Type\":\"Plumb\"}"),
        ]
      ]
    },
    ShownTable(
      ".show cluster",
      columns: texts("NodeId", "Address", "Name")
        + [
          ColumnInfo("StartTime", .datetime), ColumnInfo("IsAdmin", .bool), ColumnInfo("MachineTotalMemory", .long),
          ColumnInfo("MachineAvailableMemory", .long), ColumnInfo("ProcessorCount", .int),
          ColumnInfo("EnvironmentDescription", .string),
        ]
    ) { database, _ in
      let service = database.service
      return [
        [
          .string("plumb"), .string(service.settings.address), .string("plumb"), .datetime(service.startedAt),
          .bool(service.settings.isWritable), .long(Int64(service.memory)), .long(Int64(service.memory)),
          .int(Int32(clamping: service.settings.threads)), .string("Plumb \(service.settings.version)"),
        ]
      ]
    },
    ShownTable(
      ".show queries", ".show running queries *",
      columns: texts("ClientActivityId", "Text", "Database")
        + [ColumnInfo("StartedOn", .datetime), ColumnInfo("Duration", .timespan), ColumnInfo("State", .string)]
    ) { database, _ in
      database.service.runningQueries.map { run in
        [
          .string(run.request.clientRequestID), .string(run.request.text), .string(run.request.database),
          .datetime(run.startedAt), .timespan(Clock.now - run.startedAt), .string("InProgress"),
        ]
      }
    },
    ShownTable(
      ".cancel query NAME *", columns: [ColumnInfo("ClientRequestId", .string), ColumnInfo("Cancelled", .bool)]
    ) { database, named in
      [[.string(named[0]), .bool(database.service.cancel(clientRequestID: named[0]))]]
    },
  ]
}
