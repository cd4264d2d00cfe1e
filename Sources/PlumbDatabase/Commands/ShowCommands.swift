import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension DatabaseCommand {
  /// Commands that look.
  static let showing: [DatabaseCommand] = [
    DatabaseCommand(
      words: [".show", "tables"], usage: ".show tables", summary: "The tables, their rows and columns.",
      examples: [".show tables | where Rows > 1000"]
    ) { reader, given in
      _ = reader.skip("details")
      try reader.finish(".show tables")
      let catalog = given.catalog
      return try Answer(
        [ColumnInfo("TableName", .string), ColumnInfo("Rows", .long), ColumnInfo("Columns", .long)],
        rows: catalog.tableNames.map { name in
          let rows = try catalog.table(named: name)?.rowCount ?? 0
          return [.string(name), .long(Int64(rows)), .long(Int64(catalog.schema(ofTable: name)?.count ?? 0))]
        })
    },
    DatabaseCommand(
      words: [".show", "table"], usage: ".show table T [schema | cslschema | details]",
      summary: "The columns of a table; `cslschema` as one line of KQL.",
      examples: [".show table runs", ".show table runs cslschema"]
    ) { reader, given in
      if let attached = try given.attachedTable(&reader) { return try schemaAnswer(attached.name, attached.rows, &reader) }
      let (name, schema) = try given.knownTable(&reader)
      if reader.skip("cslschema") || reader.skip("schema") && reader.skip("as") && reader.skip("csl") {
        let text = schema.map { "\(KQLName.inSchema($0.name)):\($0.type.name)" }.joined(separator: ", ")
        return try Answer(
          [ColumnInfo("TableName", .string), ColumnInfo("Schema", .string)], rows: [[.string(name), .string(text)]])
      }
      if reader.skip("details") {
        let rows = try given.catalog.table(named: name)?.rowCount ?? 0
        return try Answer(
          [ColumnInfo("TableName", .string), ColumnInfo("Rows", .long), ColumnInfo("Columns", .long)],
          rows: [[.string(name), .long(Int64(rows)), .long(Int64(schema.count))]])
      }
      _ = reader.skip("schema")
      try reader.finish(".show table T schema")
      return try Answer(
        [ColumnInfo("ColumnName", .string), ColumnInfo("ColumnOrdinal", .int), ColumnInfo("ColumnType", .string)],
        rows: schema.enumerated().map { [.string($1.name), .int(Int32(clamping: $0)), .string($1.type.name)] })
    },
    DatabaseCommand(
      words: [".show", "functions"], usage: ".show functions", summary: "The stored functions.",
      examples: [".show functions"]
    ) { reader, given in
      try reader.finish(".show functions")
      return try functions(given.catalog.storedFunctions)
    },
    DatabaseCommand(
      words: [".show", "function"], usage: ".show function F", summary: "One stored function.",
      examples: [".create-or-alter function twice(x: long) { 2 * x }", ".show function twice"]
    ) { reader, given in
      let (name, span) = try reader.name("the name of a function")
      try reader.finish(".show function \(name)")
      guard let function = given.catalog.storedFunction(named: name) else {
        throw given.unknownFunction(name, span)
      }
      return try functions([function])
    },
    DatabaseCommand(
      words: [".show", "models"], usage: ".show models", summary: "The models of predictions, and which are in use.",
      examples: [".show models"]
    ) { reader, given in
      try reader.finish(".show models")
      guard given.catalog.function(named: "predict_models") != nil else { return nil }
      return try given.answer(to: "predict_models()")
    },
    DatabaseCommand(
      words: [".show", "database", "schema"], usage: ".show database schema", summary: "The columns of all tables.",
      examples: [#".show database schema | where ColumnType == "timespan""#]
    ) { reader, given in
      try reader.finish(".show database schema")
      let catalog = given.catalog
      return try Answer(
        [ColumnInfo("TableName", .string), ColumnInfo("ColumnName", .string), ColumnInfo("ColumnType", .string)],
        rows: catalog.tableNames.flatMap { name in
          (catalog.schema(ofTable: name) ?? []).map { [.string(name), .string($0.name), .string($0.type.name)] }
        })
    },
  ]

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
}

extension DatabaseCommand.CommandContext {
  /// The table that the reader names next, which must be there.
  func knownTable(_ reader: inout CommandReader) throws -> (name: String, schema: Schema) {
    let (name, span) = try reader.name("the name of a table")
    guard let schema = catalog.schema(ofTable: name) else {
      throw Diagnostic(
        "unknown-table", "there is no table `\(name)`", at: span,
        help: Suggestion.nearest(to: name, in: catalog.tableNames) ?? "`.show tables` lists the tables")
    }
    return (name, schema)
  }

  func unknownFunction(_ name: String, _ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "unknown-function", "there is no stored function `\(name)`", at: span,
      help: Suggestion.nearest(to: name, in: catalog.storedFunctions.map(\.name)) ?? "`.show functions` lists them")
  }
}
