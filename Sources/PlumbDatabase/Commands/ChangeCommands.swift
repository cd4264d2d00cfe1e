import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension CommandAction {
  /// Commands that change the tables, each as a whole or not at all.
  static let changing: [CommandAction] = [
    CommandAction(".create table") { command, given in
      let name = try command.required("T")
      let schema = try given.schema(of: command)
      if let known = given.catalog.schema(ofTable: name.text) {
        guard known == schema else {
          throw Diagnostic(
            "table-exists", "a table `\(name.text)` with different columns already exists", at: name.span)
        }
      } else {
        try given.make([.setTable(Table(name: name.text, schema: schema, groups: []))] + given.descriptions(command, of: [name.text]))
      }
      return try given.changed(name.text)
    },
    CommandAction(".create tables") { command, given in
      let tables = try given.newTables(of: command)
      let new = tables.filter { !given.catalog.hasTable(named: $0.name) }
      if !new.isEmpty { try given.make(new.map { .setTable($0) } + given.descriptions(command, of: new.map(\.name))) }
      return try given.changed(tables.map(\.name))
    },
    CommandAction(".set") { command, given in
      let name = try command.required("T")
      let table = try given.table(of: command, named: name)
      if given.catalog.hasTable(named: name.text) {
        throw Diagnostic(
          "table-exists", "a table `\(name.text)` already exists", at: name.span,
          help: "use `.append` to add to it, or `.set-or-replace` to replace it")
      }
      try given.make([.setTable(table)] + given.descriptions(command, of: [table.name]))
      return try given.added(table)
    },
    CommandAction(".append") { command, given in
      let name = try command.required("T")
      _ = try given.knownTable(name)
      let table = try given.table(of: command, named: name)
      try given.append(table, by: command, at: name.span)
      return try given.added(table)
    },
    CommandAction(".set-or-append") { command, given in
      let name = try command.required("T")
      let table = try given.table(of: command, named: name)
      if given.catalog.hasTable(named: name.text) {
        try given.append(table, by: command, at: name.span)
      } else {
        try given.make([.setTable(table)] + given.descriptions(command, of: [table.name]))
      }
      return try given.added(table)
    },
    CommandAction(".set-or-replace") { command, given in
      let table = try given.table(of: command, named: try command.required("T"))
      try given.make([.setTable(table)] + given.descriptions(command, of: [table.name]))
      return try given.added(table)
    },
    CommandAction(".drop table") { command, given in
      let name = try command.required("T")
      if case .names(let columns)? = command["(a, b)"] { return try given.dropColumns(columns, of: name, command) }
      guard given.catalog.hasTable(named: name.text) else {
        if command.has("ifexists") { return try given.changed(nil) }
        throw Diagnostic(
          "unknown-table", "unknown table `\(name.text)`", at: name.span,
          help: Suggestion.nearest(to: name.text, in: given.catalog.tableNames)
            ?? "add `ifexists` after the name to ignore this")
      }
      try given.make([.dropTable(name.text), .describe(name.text, TableNotes())])
      return try given.changed(nil)
    },
    CommandAction(".drop tables") { command, given in
      guard case .names(let names)? = command["(A, B)"] else { throw command.missing("the tables in brackets") }
      var changes: [CatalogChange] = []
      for name in names where given.catalog.hasTable(named: name.text) || !command.has("ifexists") {
        _ = try given.knownTable(name)
        changes += [.dropTable(name.text), .describe(name.text, TableNotes())]
      }
      if !changes.isEmpty { try given.make(changes) }
      return try given.changed(nil)
    },
    CommandAction(".rename table") { command, given in
      let (name, newName) = (try command.required("A"), try command.required("B"))
      _ = try given.knownTable(name)
      if given.catalog.hasTable(named: newName.text) {
        throw Diagnostic("table-exists", "a table `\(newName.text)` already exists", at: newName.span)
      }
      try given.make(given.renaming([(name.text, newName.text)]))
      return try given.changed(newName.text)
    },
    CommandAction(".rename tables") { command, given in
      guard case .renames(let renames)? = command.places.first?.value else { throw command.missing("a new name, `=` and an old one") }
      return try given.rename(renames)
    },
    CommandAction(".clear table") { command, given in
      let name = try command.required("T")
      let schema = try given.knownTable(name)
      try given.make([.setTable(Table(name: name.text, schema: schema, groups: []))])
      return try given.changed(name.text)
    },
  ]
}

extension CommandContext {
  /// The rows of the command's query, as a table of the name.
  fileprivate func table(of command: CommandSyntax, named name: NameSyntax) throws -> Table {
    guard let query = command.query("query") else { throw command.missing("a query") }
    return Table(name: name.text, try rows(of: query))
  }

  /// Appends rows whose columns are the table's, in its order; with `extend_schema`, the columns after them are new ones.
  fileprivate func append(_ rows: Table, by command: CommandSyntax, at span: SourceSpan) throws {
    var known = catalog.schema(ofTable: rows.name) ?? []
    let descriptions = descriptions(command, of: [rows.name])
    if command.properties["extend_schema"] == "true", rows.schema.count > known.count,
      known.map(\.type) == rows.schema.prefix(known.count).map(\.type)
    {
      let new = Array(rows.schema[known.count...])
      if let twice = new.first(where: { column in known.contains { $0.name == column.name } }) {
        throw Diagnostic("duplicate-column", "`\(rows.name)` already has a column `\(twice.name)`", at: span)
      }
      let widened = try widened(rows.name, by: new)
      known = widened.schema
      return try make(
        [.setTable(widened), .append(Table(name: rows.name, schema: known, groups: rows.groups))] + descriptions)
    }
    guard known.map(\.type) == rows.schema.map(\.type) else {
      throw Diagnostic(
        "schema-differs", "the query's columns are not those of `\(rows.name)`", at: span,
        help: "it has \(known.map { "\($0.name):\($0.type.name)" }.joined(separator: ", "))")
    }
    try make([.append(Table(name: rows.name, schema: known, groups: rows.groups))] + descriptions)
  }

  /// The empty tables that a command names.
  func newTables(of command: CommandSyntax) throws -> [Table] {
    guard case .tables(let tables)? = command.places.first?.value else { throw command.missing("tables") }
    var names: Set<String> = []
    return try tables.map { table in
      guard names.insert(table.name.text).inserted else {
        throw Diagnostic("duplicate-table", "the table `\(table.name.text)` is named twice", at: table.name.span)
      }
      return Table(name: table.name.text, schema: try schema(table.schema), groups: [])
    }
  }

  /// `(a: long, b: string)`
  func schema(of command: CommandSyntax) throws -> Schema {
    let given = command.places.lazy.compactMap { place -> SchemaSyntax? in
      if case .schema(let syntax) = place.value { syntax } else { nil }
    }
    guard let syntax = given.first else { throw command.missing("columns") }
    return try schema(syntax)
  }

  private func schema(_ syntax: SchemaSyntax) throws -> Schema {
    if syntax.hasStar { throw Diagnostic("bad-schema", "a table's columns are all named", at: syntax.span) }
    var schema: Schema = []
    for column in syntax.columns {
      if schema.contains(where: { $0.name == column.name.text }) {
        throw Diagnostic("duplicate-column", "there are two columns `\(column.name.text)`", at: column.span)
      }
      schema.append(ColumnInfo(column.name.text, ScalarType(column.type.type)))
    }
    return schema
  }

  /// The answer of commands that change tables: the tables as they are now.
  func changed(_ name: String?) throws -> Answer { try changed(name.map { [$0] } ?? catalog.tableNames) }

  func changed(_ names: [String]) throws -> Answer {
    try Answer(
      [ColumnInfo("TableName", .string), ColumnInfo("Columns", .long)],
      rows: names.map { [.string($0), .long(Int64(catalog.schema(ofTable: $0)?.count ?? 0))] })
  }

  fileprivate func added(_ table: Table) throws -> Answer {
    try Answer(
      [ColumnInfo("TableName", .string), ColumnInfo("RowCount", .long)],
      rows: [[.string(table.name), .long(Int64(table.rowCount))]])
  }
}
