import PlumbEngine

extension Catalog {
  /// Tables and functions as `.show schema as json` gives them, for clients of Kusto.
  ///
  /// - Parameters:
  ///   - names: the names of the database, each of which has all tables.
  ///   - access: `ReadWrite` or `ReadOnly`.
  package func schemaJSON(names: [String], access: String) -> String {
    let tables = Dynamic.object(
      tableNames.map { table in
        let notes = notes(ofTable: table)
        return (
          table,
          .object([
            ("Name", .string(table)), ("Folder", .string(notes.folder)), ("DocString", .string(notes.docString)),
            ("EntityType", .string("Table")), ("OrderedColumns", (schema(ofTable: table) ?? []).orderedColumns(notes)),
          ])
        )
      })
    let functions = Dynamic.object(
      storedFunctions.map { function in
        (
          function.name,
          .object([
            ("Name", .string(function.name)), ("InputParameters", .array([])), ("Body", .string(function.body)),
            ("Folder", .string(function.folder)), ("DocString", .string(function.summary)), ("FunctionKind", .string("Unknown")),
            ("OutputColumns", .array([])),
          ])
        )
      })
    let nothing = Dynamic.object([])
    let databases = names.map { name -> (key: String, value: Dynamic) in
      (
        name,
        .object([
          ("Name", .string(name)), ("Tables", tables), ("ExternalTables", nothing), ("MaterializedViews", nothing),
          ("Functions", functions), ("EntityGroups", nothing), ("Graphs", nothing), ("MajorVersion", .long(1)),
          ("MinorVersion", .long(0)), ("DatabaseAccessMode", .string(access)),
        ])
      )
    }
    return Dynamic.object([("Databases", .object(databases))]).json
  }
}

extension Schema {
  /// The columns of a table in Kusto's JSON; `DocString` appears where a column has one.
  package func orderedColumns(_ notes: TableNotes) -> Dynamic {
    .array(
      map { column in
        let text = notes.columns[column.name].map { [("DocString", Dynamic.string($0))] } ?? []
        return .object(
          [("Name", .string(column.name)), ("Type", .string(column.type.systemName)), ("CslType", .string(column.type.name))] + text)
      })
  }
}
