import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension CommandAction {
  /// Commands that show the catalog.
  static let showing: [CommandAction] = [
    CommandAction(".show tables") { command, given in
      let catalog = given.catalog
      var names = catalog.tableNames
      if case .names(let wanted)? = command["(A, B)"] {
        for name in wanted { _ = try given.knownTable(name) }
        names = names.filter { name in wanted.contains { $0.text == name } }
      }
      if command.has("details") { return try given.details(of: names) }
      return try Answer(
        [ColumnInfo("TableName", .string), ColumnInfo("Rows", .long), ColumnInfo("Columns", .long)],
        rows: names.map { name in
          let rows = try catalog.table(named: name)?.rowCount ?? 0
          return [.string(name), .long(Int64(rows)), .long(Int64(catalog.schema(ofTable: name)?.count ?? 0))]
        })
    },
    CommandAction(".show table") { command, given in
      if case .path(let path)? = command["T"], path.count > 1 { return try attachedTable(path, command, given) }
      let name = try command.required("T")
      let schema = try given.knownTable(name)
      if command.has("cslschema") || command.has("as") { return try oneLine(name.text, schema) }
      if command.has("details") {
        let rows = try given.catalog.table(named: name.text)?.rowCount ?? 0
        return try Answer(
          [ColumnInfo("TableName", .string), ColumnInfo("Rows", .long), ColumnInfo("Columns", .long)],
          rows: [[.string(name.text), .long(Int64(rows)), .long(Int64(schema.count))]])
      }
      return try Answer(
        [ColumnInfo("ColumnName", .string), ColumnInfo("ColumnOrdinal", .int), ColumnInfo("ColumnType", .string)],
        rows: schema.enumerated().map { [.string($1.name), .int(Int32(clamping: $0)), .string($1.type.name)] })
    },
    CommandAction(".show functions") { _, given in try functions(given.catalog.storedFunctions) },
    CommandAction(".show function") { command, given in
      let name = try command.required("F")
      guard let function = given.catalog.storedFunction(named: name.text) else { throw given.unknownFunction(name) }
      return try functions([function])
    },
    CommandAction(".show models") { _, given in
      guard given.catalog.function(named: "predict_models") != nil else { return nil }
      return try given.answer(to: "predict_models()")
    },
    CommandAction(".show database schema") { try schema($0, $1) },
    CommandAction(".show schema") { try schema($0, $1) },
    CommandAction(".show databases") { _, given in try database(given) },
    CommandAction(".show database") { _, given in try database(given) },
    CommandAction(".show version") { _, _ in
      try Answer(
        [ColumnInfo("BuildVersion", .string), ColumnInfo("ServiceType", .string), ColumnInfo("ProductVersion", .string)],
        rows: [[.string(PlumbVersion.text), .string("Engine"), .string("Plumb \(PlumbVersion.text)")]])
    },
    CommandAction(".show queries") { _, _ in
      var answer = try Answer(
        ["ClientActivityId", "Text", "Database"].map { ColumnInfo($0, .string) }
          + [ColumnInfo("StartedOn", .datetime), ColumnInfo("Duration", .timespan), ColumnInfo("State", .string)], rows: [])
      answer.remarks = ["queries run one after the other here; `plumb serve` lists those of its clients"]
      return answer
    },
  ]

  private static func schema(_ command: CommandSyntax, _ given: CommandContext) throws -> Answer {
    let catalog = given.catalog
    if command.has("json") {
      return try Answer(
        [ColumnInfo("DatabaseSchema", .string)], rows: [[.string(catalog.schemaJSON(names: [catalog.name], access: "ReadWrite"))]])
    }
    return try Answer(
      [ColumnInfo("TableName", .string), ColumnInfo("ColumnName", .string), ColumnInfo("ColumnType", .string)],
      rows: catalog.tableNames.flatMap { name in
        (catalog.schema(ofTable: name) ?? []).map { [.string(name), .string($0.name), .string($0.type.name)] }
      })
  }

  private static func database(_ given: CommandContext) throws -> Answer {
    try Answer(
      ["DatabaseName", "PersistentStorage", "Version"].map { ColumnInfo($0, .string) }
        + [ColumnInfo("IsCurrent", .bool), ColumnInfo("DatabaseAccessMode", .string), ColumnInfo("PrettyName", .string)],
      rows: [
        [
          .string(given.catalog.name), .string(""), .string("v1.0"), .bool(true), .string("ReadWrite"), .string(""),
        ]
      ])
  }

  static func functions(_ functions: [CatalogFunction]) throws -> Answer {
    try Answer(
      [
        ColumnInfo("Name", .string), ColumnInfo("Parameters", .string), ColumnInfo("Body", .string),
        ColumnInfo("Folder", .string), ColumnInfo("DocString", .string),
      ],
      rows: functions.map {
        [.string($0.name), .string($0.parameters), .string($0.body), .string($0.folder), .string($0.summary)]
      })
  }

  /// The columns as one line of KQL.
  private static func oneLine(_ name: String, _ schema: Schema) throws -> Answer {
    let text = schema.map { "\(KQLName.inSchema($0.name)):\($0.type.name)" }.joined(separator: ", ")
    return try Answer(
      [ColumnInfo("TableName", .string), ColumnInfo("Schema", .string)], rows: [[.string(name), .string(text)]])
  }

  /// The answer of `.show table NAME.table`.
  private static func attachedTable(
    _ path: [NameSyntax], _ command: CommandSyntax, _ given: CommandContext
  ) throws -> Answer {
    guard path.count == 2 else { throw command.missing("a table, as in `shop.orders`") }
    let (first, table) = (path[0], path[1])
    guard let database = given.catalog.attached(named: first.text) else { throw given.unknownAttachment(first) }
    guard let rows = try database.rows(ofTable: table.text, given.context) else {
      throw Diagnostic(
        "unknown-table", "the database `\(first.text)` has no table `\(table.text)`", at: table.span,
        help: Suggestion.nearest(to: table.text, in: try database.tableNames)
          ?? "`.show attached \(KQLName.inQuery(first.text))` lists its tables")
    }
    if command.has("cslschema") || command.has("as") { return try oneLine("\(first.text).\(table.text)", rows.schema) }
    return try Answer(
      [
        ColumnInfo("ColumnName", .string), ColumnInfo("ColumnOrdinal", .int), ColumnInfo("ColumnType", .string),
        ColumnInfo("Found", .string),
      ],
      rows: zip(rows.schema, rows.columnNotes).enumerated().map { place, column in
        [
          .string(column.0.name), .int(Int32(clamping: place)), .string(column.0.type.name), .string(column.1),
        ]
      })
  }
}
