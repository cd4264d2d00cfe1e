import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension CommandAction {
  /// Commands that change the columns of a table or delete some of its rows; the table is replaced as a whole.
  static let reshaping: [CommandAction] = [
    CommandAction(".create-merge table") { command, given in
      let name = try command.required("T")
      let table = Table(name: name.text, schema: try given.schema(of: command), groups: [])
      try given.make(given.merging(table, at: name.span) + given.descriptions(command, of: [name.text]))
      return try given.changed(name.text)
    },
    CommandAction(".create-merge tables") { command, given in
      let tables = try given.newTables(of: command)
      let changes = try tables.flatMap { try given.merging($0, at: command.span) }
      try given.make(changes + given.descriptions(command, of: tables.map(\.name)))
      return try given.changed(tables.map(\.name))
    },
    CommandAction(".alter-merge table") { command, given in
      let name = try command.required("T")
      _ = try given.knownTable(name)
      if let answer = try given.describe(name, by: command, merges: true) { return answer }
      try given.make(
        given.merging(Table(name: name.text, schema: try given.schema(of: command), groups: []), at: name.span)
          + given.descriptions(command, of: [name.text]))
      return try given.changed(name.text)
    },
    CommandAction(".alter table") { command, given in
      let name = try command.required("T")
      if let answer = try given.describe(name, by: command, merges: false) { return answer }
      let known = try given.knownTable(name)
      let schema = try given.schema(of: command)
      try given.checkTypes(of: schema, against: known, at: name.span)
      return try given.replace(
        name, with: "project " + schema.map { given.column($0, known) }.joined(separator: ", "), given.descriptions(command, of: [name.text]))
    },
    CommandAction(".alter column") { command, given in
      let (table, column) = try given.column(of: command)
      if let text = command.strings(#""...""#).first {
        var notes = given.catalog.notes(ofTable: table.text)
        notes.columns[column.text] = text.text.isEmpty ? nil : text.text
        try given.make([.describe(table.text, notes)])
        return try given.changed(table.text)
      }
      guard case .type(let type)? = command["long"] else { throw command.missing("`type=` or `docstring`") }
      let name = bracketed(column.text)
      return try given.replace(table, with: "extend \(name) = to\(ScalarType(type.type).name)(\(name))")
    },
    CommandAction(".drop column") { command, given in
      if command.has("ifexists"), case .path(let names)? = command["T.a"], names.count == 2,
        let known = given.catalog.schema(ofTable: names[0].text), !known.contains(where: { $0.name == names[1].text })
      {
        return try given.changed(names[0].text)
      }
      let (table, column) = try given.column(of: command)
      guard (given.catalog.schema(ofTable: table.text)?.count ?? 0) > 1 else {
        throw Diagnostic(
          "no-columns", "`\(column.text)` is the only column of `\(table.text)`", at: column.span,
          help: "to delete the table, write `.drop table \(table.text)`")
      }
      return try given.replace(table, with: "project-away \(bracketed(column.text))")
    },
    CommandAction(".rename column") { command, given in
      let (table, column) = try given.column(of: command)
      let newName = try command.required("b")
      if given.catalog.schema(ofTable: table.text)?.contains(where: { $0.name == newName.text }) ?? false {
        throw Diagnostic("duplicate-column", "`\(table.text)` already has a column `\(newName.text)`", at: newName.span)
      }
      return try given.replace(
        table, with: "project-rename \(bracketed(newName.text)) = \(bracketed(column.text))", columnNames: [column.text: newName.text])
    },
    CommandAction(".rename columns") { command, given in
      guard case .renames(let renames)? = command.places.first?.value else { throw command.missing("a new name, `=` and a column") }
      return try given.renameColumns(renames)
    },
    CommandAction(".delete table") { command, given in
      let name = try command.required("T")
      _ = try given.knownTable(name)
      guard let query = command.query("query") else { throw command.missing("a query") }
      guard query.statements.isEmpty, case .query(let statement) = query.result else { throw notConditions(on: name, at: query.span) }
      let condition = try deletion(statement.query, of: name)
      if command.properties["whatif"] == "true" {
        let count = try given.answer(to: "\(bracketed(name.text)) | where \(condition) | summarize RowCount = count()")
        return Answer(schema: count.schema, chunks: count.chunks)
      }
      return try given.replace(name, with: "where not(\(condition))")
    },
    CommandAction(".update table") { command, given in try given.update(command) },
  ]
}

/// The condition under which a row is one of `T | where ... | where ...`, never null: a row for which one is null is kept.
private func deletion(_ query: QuerySyntax, of table: NameSyntax) throws -> String {
  guard case .name(let source) = query.source, source.text == table.text, !query.operators.isEmpty else {
    throw notConditions(on: table, at: query.span)
  }
  let conditions = try query.operators.map { step in
    guard let filter = step as? WhereSyntax else { throw notConditions(on: table, at: step.span) }
    return "(\(print(filter.predicate)))"
  }
  return "coalesce(\(conditions.joined(separator: " and ")), false)"
}

private func notConditions(on table: NameSyntax, at span: SourceSpan) -> Diagnostic {
  Diagnostic(
    "bad-query", "the rows to delete are written as `\(table.text) | where ...`, with no other operators", at: span)
}

extension CommandContext {
  /// Replaces a table with what a step makes of its rows.
  ///
  /// - Parameter columnNames: new names of columns by their old ones.
  fileprivate func replace(
    _ table: NameSyntax, with step: String, _ more: [CatalogChange] = [], columnNames: [String: String] = [:]
  ) throws -> Answer {
    let made = try rows(of: table.text, through: step)
    let notes = catalog.notes(ofTable: table.text)
    let moved = notes.renaming(columnNames, keeping: made.schema)
    try make([.setTable(made)] + (moved == notes ? [] : [.describe(table.text, moved)]) + more)
    return try changed(table.text)
  }

  private func rows(of table: String, through step: String) throws -> Table {
    let answer = try answer(to: "\(bracketed(table)) | \(step)")
    return Table(name: table, QueryResult(schema: answer.schema, chunks: answer.chunks))
  }

  /// A table with more columns, in which its rows are null.
  func widened(_ table: String, by columns: Schema) throws -> Table {
    guard let known = catalog.schema(ofTable: table), !columns.isEmpty else { return Table(name: table, schema: columns, groups: []) }
    // A table without rows is not read: scripts create many of them.
    if catalog.isMade(tableNamed: table), try catalog.table(named: table)?.rowCount == 0 {
      return Table(name: table, schema: known + columns, groups: [])
    }
    return try rows(of: table, through: "extend " + columns.map { column($0, known) }.joined(separator: ", "))
  }

  /// The changes that create a table, or add the columns that it does not have.
  fileprivate func merging(_ table: Table, at span: SourceSpan) throws -> [CatalogChange] {
    guard let known = catalog.schema(ofTable: table.name) else { return [.setTable(table)] }
    try checkTypes(of: table.schema, against: known, at: span)
    let added = table.schema.filter { column in !known.contains { $0.name == column.name } }
    return added.isEmpty ? [] : [.setTable(try widened(table.name, by: added))]
  }

  func dropColumns(_ columns: [NameSyntax], of table: NameSyntax, _ command: CommandSyntax) throws -> Answer {
    let known = try knownTable(table)
    let dropped = try columns.filter { column in
      if known.contains(where: { $0.name == column.text }) { return true }
      if command.has("ifexists") { return false }
      throw Diagnostic(
        "unknown-column", "`\(table.text)` has no column `\(column.text)`", at: column.span,
        help: Suggestion.nearest(to: column.text, in: known.map(\.name)))
    }
    if dropped.isEmpty { return try changed(table.text) }
    guard Set(dropped.map(\.text)).count < known.count else {
      throw Diagnostic(
        "no-columns", "these are all columns of `\(table.text)`", at: command.span,
        help: "to delete the table, write `.drop table \(table.text)`")
    }
    return try replace(table, with: "project-away " + dropped.map { bracketed($0.text) }.joined(separator: ", "))
  }

  /// `.rename columns b = T.a, a = T.b`
  fileprivate func renameColumns(_ renames: [RenameSyntax]) throws -> Answer {
    guard let first = renames.first, first.old.count == 2, let table = first.old.first,
      renames.allSatisfy({ $0.old.count == 2 && $0.old[0].text == table.text })
    else {
      throw Diagnostic(
        "not-a-name", "the columns are written as `table.column`, of the same table", at: renames.first?.newName.span)
    }
    let known = try knownTable(table)
    var names: [String: String] = [:]
    for rename in renames {
      guard known.contains(where: { $0.name == rename.old[1].text }) else {
        if rename.isOptional { continue }
        throw Diagnostic(
          "unknown-column", "`\(table.text)` has no column `\(rename.old[1].text)`", at: rename.old[1].span,
          help: Suggestion.nearest(to: rename.old[1].text, in: known.map(\.name)))
      }
      names[rename.old[1].text] = rename.newName.text
    }
    var seen: Set<String> = []
    for column in known where !seen.insert(names[column.name] ?? column.name).inserted {
      throw Diagnostic(
        "duplicate-column", "`\(table.text)` would have two columns `\(names[column.name] ?? column.name)`", at: first.newName.span)
    }
    if names.isEmpty { return try changed(table.text) }
    let columns = known.map { "\(bracketed(names[$0.name] ?? $0.name)) = \(bracketed($0.name))" }
    return try replace(table, with: "project " + columns.joined(separator: ", "), columnNames: names)
  }

  /// `.update table T delete D append A <| let D = T | where ...; let A = ...;`
  fileprivate func update(_ command: CommandSyntax) throws -> Answer {
    let table = try command.required("T"), deleted = try command.required("D"), appended = try command.required("A")
    let known = try knownTable(table)
    guard case .bindings(let statements)? = command.places.last?.value else { throw command.missing("two `let` statements") }
    func query(_ name: NameSyntax) throws -> QuerySyntax {
      for case .letBinding(let binding) in statements where binding.name.text == name.text {
        if case .expression(let expression) = binding.value, let query = expression.asQuery { return query }
        throw Diagnostic("value-as-table", "`\(name.text)` is not a query", at: binding.span)
      }
      throw Diagnostic("unknown-table", "`\(name.text)` is not defined after `<|`", at: name.span, help: "add `let \(name.text) = ...;`")
    }
    let condition = try deletion(query(deleted), of: table)
    let more = try script.result(
      of: .query(QueryStatementSyntax(mode: .run, query: try query(appended), span: appended.span)), after: statements)
    guard known.map(\.type) == more.schema.map(\.type) else {
      throw Diagnostic(
        "schema-differs", "the columns of `\(appended.text)` are not those of `\(table.text)`", at: appended.span,
        help: "it has \(known.map { "\($0.name):\($0.type.name)" }.joined(separator: ", "))")
    }
    func rows(_ step: String) throws -> QueryResult {
      let parsed = parse("\(bracketed(table.text)) | where \(step)")
      guard !parsed.hasErrors, let statement = parsed.script.statements.last else { throw Diagnostics(parsed.diagnostics) }
      return try script.result(of: statement, after: statements)
    }
    let kept = try rows("not(\(condition))")
    let before = try catalog.table(named: table.text)?.rowCount ?? 0
    let added = Table(name: table.text, QueryResult(schema: known, chunks: more.chunks))
    let left = Table(name: table.text, QueryResult(schema: known, chunks: kept.chunks))
    if command.properties["whatif"] != "true" { try make([.setTable(left), .append(added)]) }
    return try Answer(
      [ColumnInfo("Table", .string), ColumnInfo("Action", .string), ColumnInfo("RowCount", .long)],
      rows: [
        [.string(table.text), .string("Delete"), .long(Int64(before - left.rowCount))],
        [.string(table.text), .string("Create"), .long(Int64(added.rowCount))],
      ])
  }

  /// The column of a table, or one of nulls under its name.
  fileprivate func column(_ column: ColumnInfo, _ known: Schema) -> String {
    if known.contains(where: { $0.name == column.name }) { return bracketed(column.name) }
    let empty = column.type == .string ? "\"\"" : "\(column.type.name)(null)"
    return "\(bracketed(column.name)) = \(empty)"
  }

  fileprivate func checkTypes(of schema: Schema, against known: Schema, at span: SourceSpan) throws {
    for column in schema {
      guard let old = known.first(where: { $0.name == column.name }), old.type != column.type else { continue }
      throw Diagnostic(
        "schema-differs", "`\(column.name)` is \(old.type.described) and cannot become \(column.type.described)", at: span,
        help: "replace the table with `.set-or-replace` and `to\(column.type.name)(\(column.name))`")
    }
  }

  /// `T.a`
  fileprivate func column(of command: CommandSyntax) throws -> (table: NameSyntax, column: NameSyntax) {
    guard case .path(let names)? = command["T.a"], names.count == 2 else {
      throw Diagnostic("not-a-name", "the column is written as `table.column`", at: command.nameSpan)
    }
    let known = try knownTable(names[0])
    guard known.contains(where: { $0.name == names[1].text }) else {
      throw Diagnostic(
        "unknown-column", "`\(names[0].text)` has no column `\(names[1].text)`", at: names[1].span,
        help: Suggestion.nearest(to: names[1].text, in: known.map(\.name)))
    }
    return (names[0], names[1])
  }
}
