import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension CommandAction {
  /// Commands about attached databases.
  static let attaching: [CommandAction] = [
    CommandAction(".attach") { command, given in
      guard case .text(let path, let pathSpan)? = command["PATH"] else { throw command.missing("a path") }
      let name = try given.freeName(try command.required("NAME"))
      guard let open = given.openForeign else {
        throw Diagnostic("no-attach", "`.attach` cannot read files here", at: command.span)
      }
      do {
        let database = try open(path, name, command.properties, given.context)
        let report = try attachReport(database, name, given.context)
        try given.make([.attach(database, name: name)])
        return report
      } catch var diagnostic as Diagnostic {
        if diagnostic.span == nil { diagnostic.span = pathSpan }
        throw diagnostic
      }
    },
    CommandAction(".detach") { command, given in
      let name = try command.required("NAME")
      guard given.catalog.attached(named: name.text) != nil else { throw given.unknownAttachment(name) }
      try given.make([.detach(name.text)])
      return try databases(given.catalog)
    },
    CommandAction(".show attached") { command, given in
      guard let name = command.name("NAME") else { return try databases(given.catalog) }
      guard let database = given.catalog.attached(named: name.text) else { throw given.unknownAttachment(name) }
      return try columns(of: database, given.context)
    },
  ]

  private static func databases(_ catalog: Catalog) throws -> Answer {
    try Answer(
      [ColumnInfo("DatabaseName", .string), ColumnInfo("Path", .string), ColumnInfo("Mode", .string), ColumnInfo("Tables", .long)],
      rows: catalog.attached.map { name, database in
        // A missing file is listed all the same.
        let tables = (try? database.tableNames).map { Value.long(Int64($0.count)) } ?? .null(.long)
        return [.string(name), .string(database.path), .string(database.mode), tables]
      })
  }

  /// The number of tables whose columns are inspected when their file is attached; others are inspected when a query names them.
  private static let surveyedAtOnce = 100

  private static func attachReport(
    _ database: any ForeignDatabase, _ name: String, _ context: ExecutionContext
  ) throws -> Answer {
    try Answer(
      [ColumnInfo("TableName", .string), ColumnInfo("Columns", .long), ColumnInfo("Remarks", .string)],
      rows: try database.tableNames.enumerated().map { place, table in
        let full = Value.string("\(KQLName.inQuery(name)).\(KQLName.inQuery(table))")
        guard place < surveyedAtOnce else { return [full, .null(.long), .string("")] }
        try context.checkpoint()
        do {
          let columns = try database.rows(ofTable: table, context)?.schema.count ?? 0
          let remarks = try database.remarks(onTable: table, context)
          return [full, .long(Int64(columns)), .string(remarks.joined(separator: "; "))]
        } catch let diagnostic as Diagnostic where diagnostic.code != "cancelled" {
          return [full, .null(.long), .string(diagnostic.message)]
        }
      })
  }

  private static func columns(of database: any ForeignDatabase, _ context: ExecutionContext) throws -> Answer {
    let tables = try database.tableNames.compactMap { name in
      try database.rows(ofTable: name, context).map { (name, $0) }
    }
    return try Answer(
      [
        ColumnInfo("TableName", .string), ColumnInfo("ColumnName", .string), ColumnInfo("ColumnType", .string),
        ColumnInfo("Found", .string),
      ],
      rows: tables.flatMap { name, rows in
        zip(rows.schema, rows.columnNotes).map { column, note in
          [.string(name), .string(column.name), .string(column.type.name), .string(note)]
        }
      })
  }
}

extension CommandContext {
  /// A name for a database that is not taken.
  fileprivate func freeName(_ name: NameSyntax) throws -> String {
    if let known = catalog.attached(named: name.text) {
      throw Diagnostic(
        "name-taken", "`\(name.text)` is already the file `\(known.path)`", at: name.span,
        help: "write another name, or `.detach \(KQLName.inQuery(name.text))` first")
    }
    if catalog.hasTable(named: name.text) {
      throw Diagnostic(
        "name-taken", "a table `\(name.text)` already exists", at: name.span, help: "choose another name")
    }
    return name.text
  }

  func unknownAttachment(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      "unknown-database", "no database `\(name.text)` is attached", at: name.span,
      help: Suggestion.nearest(to: name.text, in: catalog.attached.map(\.name)) ?? "`.show attached` lists them")
  }
}
