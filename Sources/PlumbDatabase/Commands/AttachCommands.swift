import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension DatabaseCommand {
  /// Commands about databases of others.
  static let attaching: [DatabaseCommand] = [
    DatabaseCommand(
      words: [".attach"], usage: ".attach PATH as NAME [with (survey = \"all\")]",
      summary: "Makes the tables of an SQLite file readable as NAME.table; nothing is copied.",
      examples: [".attach orders.sqlite as shop", "shop.orders | count"]
    ) { reader, given in
      let path = try reader.path()
      let name = try given.attachmentName(&reader, path: path.text)
      let properties = try reader.properties()
      try reader.finish(".attach PATH as NAME")
      guard let open = given.openForeign else {
        throw Diagnostic("no-attach", "`.attach` cannot read files here", at: reader.wholeSpan)
      }
      do {
        let database = try open(path.text, properties, given.context)
        let report = try attachReport(database, name, given.context)
        try given.catalog.make([.attach(database, name: name)])
        return report
      } catch var diagnostic as Diagnostic {
        if diagnostic.span == nil { diagnostic.span = path.span }
        throw diagnostic
      }
    },
    DatabaseCommand(
      words: [".detach"], usage: ".detach NAME", summary: "Forgets an attached database; its file stays.",
      examples: [".attach orders.sqlite as shop", ".detach shop"]
    ) { reader, given in
      let (name, span) = try reader.name("the name of an attached database")
      try reader.finish(".detach NAME")
      guard given.catalog.attached(named: name) != nil else { throw given.unknownAttachment(name, span) }
      try given.catalog.make([.detach(name)])
      return try databases(given.catalog)
    },
    DatabaseCommand(
      words: [".show", "attached"], usage: ".show attached [NAME]",
      summary: "The attached databases; of one, its columns and how their types were found.",
      examples: [".attach orders.sqlite as shop", ".show attached shop"]
    ) { reader, given in
      if reader.isAtEnd { return try databases(given.catalog) }
      let (name, span) = try reader.name("the name of an attached database")
      try reader.finish(".show attached NAME")
      guard let database = given.catalog.attached(named: name) else { throw given.unknownAttachment(name, span) }
      return try columns(of: database, given.context)
    },
  ]

  private static func databases(_ catalog: Catalog) throws -> Answer {
    try Answer(
      [ColumnInfo("DatabaseName", .string), ColumnInfo("Path", .string), ColumnInfo("Mode", .string), ColumnInfo("Tables", .long)],
      rows: catalog.attached.map { name, database in
        // A file that has gone is listed all the same.
        let tables = (try? database.tableNames).map { Value.long(Int64($0.count)) } ?? .null(.long)
        return [.string(name), .string(database.path), .string(database.mode), tables]
      })
  }

  /// Tables of which the columns are looked at when their file is attached; of the others when a query names them.
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

  /// What `.show table NAME.table` answers.
  static func schemaAnswer(_ name: String, _ rows: any ExternalRows, _ reader: inout CommandReader) throws -> Answer {
    if reader.skip("cslschema") {
      let text = rows.schema.map { "\(KQLName.inSchema($0.name)):\($0.type.name)" }.joined(separator: ", ")
      return try Answer(
        [ColumnInfo("TableName", .string), ColumnInfo("Schema", .string)], rows: [[.string(name), .string(text)]])
    }
    _ = reader.skip("schema")
    try reader.finish(".show table NAME.table schema")
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

extension DatabaseCommand.CommandContext {
  /// `as NAME`, which must be free; without it the file's name.
  fileprivate func attachmentName(_ reader: inout CommandReader, path: String) throws -> String {
    let start = reader.here
    guard reader.skip("as") else {
      throw Diagnostic(
        "bad-command", "`as` and a name are missing here", at: start, help: "write `.attach \(path) as NAME`")
    }
    let (name, span) = try reader.name("a name for the database")
    if let known = catalog.attached(named: name) {
      throw Diagnostic(
        "name-taken", "`\(name)` is already the file `\(known.path)`", at: span,
        help: "write another name, or `.detach \(KQLName.inQuery(name))` first")
    }
    if catalog.hasTable(named: name) {
      throw Diagnostic("name-taken", "there is already a table `\(name)`", at: span, help: "write another name")
    }
    return name
  }

  fileprivate func unknownAttachment(_ name: String, _ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "unknown-database", "no database `\(name)` is attached", at: span,
      help: Suggestion.nearest(to: name, in: catalog.attached.map(\.name)) ?? "`.show attached` lists them")
  }

  /// The attached table that the reader names next as `name.table`; nil, and nothing read, when no dot follows a name.
  func attachedTable(_ reader: inout CommandReader) throws -> (name: String, rows: any ExternalRows)? {
    var ahead = reader
    guard let first = try? ahead.name("a name"), ahead.skip(symbol: ".") else { return nil }
    reader = ahead
    let table = try reader.name("the name of a table")
    guard let database = catalog.attached(named: first.text) else { throw unknownAttachment(first.text, first.span) }
    guard let rows = try database.rows(ofTable: table.text, context) else {
      throw Diagnostic(
        "unknown-table", "the database `\(first.text)` has no table `\(table.text)`", at: table.span,
        help: Suggestion.nearest(to: table.text, in: try database.tableNames) ?? "`.show attached \(first.text)` lists its tables")
    }
    return ("\(first.text).\(table.text)", rows)
  }
}
