import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension CommandAction {
  /// Commands that change the columns of a table or delete some of its rows; the table is replaced as a whole.
  static let reshaping: [CommandAction] = [
    CommandAction(".create-merge table") { command, given in
      let name = try command.required("T")
      if given.catalog.hasTable(named: name.text) { return try given.merge(try given.schema(of: command), into: name) }
      try given.make([.setTable(Table(name: name.text, schema: try given.schema(of: command), groups: []))])
      return try given.changed(name.text)
    },
    CommandAction(".alter-merge table") { command, given in
      try given.merge(try given.schema(of: command), into: try command.required("T"))
    },
    CommandAction(".alter table") { command, given in
      let name = try command.required("T")
      let known = try given.knownTable(name)
      let schema = try given.schema(of: command)
      try given.checkTypes(of: schema, against: known, at: name.span)
      return try given.replace(name, with: "project " + schema.map { given.column($0, known) }.joined(separator: ", "))
    },
    CommandAction(".drop column") { command, given in
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
      return try given.replace(table, with: "project-rename \(bracketed(newName.text)) = \(bracketed(column.text))")
    },
    CommandAction(".delete table") { command, given in
      let name = try command.required("T")
      _ = try given.knownTable(name)
      let conditions = try command.conditions(on: name)
      // A row for which a condition is null is kept.
      return try given.replace(
        name, with: "where not(coalesce(\(conditions.map { "(\(print($0)))" }.joined(separator: " and ")), false))")
    },
  ]
}

extension CommandSyntax {
  /// The conditions of `T | where ... | where ...`.
  fileprivate func conditions(on table: NameSyntax) throws -> [ExpressionSyntax] {
    guard let query = query("query") else { throw missing("a query") }
    let mistake = Diagnostic(
      "bad-query", "the rows to delete are written as `\(table.text) | where ...`, with no other operators", at: query.span)
    guard query.statements.isEmpty, case .query(let statement) = query.result, case .name(let source) = statement.query.source,
      source.text == table.text, !statement.query.operators.isEmpty
    else { throw mistake }
    return try statement.query.operators.map { step in
      guard let filter = step as? WhereSyntax else { throw mistake }
      return filter.predicate
    }
  }
}

extension CommandContext {
  /// Replaces a table with what a step makes of its rows.
  fileprivate func replace(_ table: NameSyntax, with step: String) throws -> Answer {
    let answer = try answer(to: "\(bracketed(table.text)) | \(step)")
    try make([.setTable(Table(name: table.text, QueryResult(schema: answer.schema, chunks: answer.chunks)))])
    return try changed(table.text)
  }

  /// Adds the columns that a table does not have.
  fileprivate func merge(_ schema: Schema, into table: NameSyntax) throws -> Answer {
    let known = try knownTable(table)
    try checkTypes(of: schema, against: known, at: table.span)
    let added = schema.filter { column in !known.contains { $0.name == column.name } }
    if added.isEmpty { return try changed(table.text) }
    return try replace(table, with: "extend " + added.map { column($0, known) }.joined(separator: ", "))
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
