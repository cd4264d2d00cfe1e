import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension EntityPathSyntax {
  /// A table of an attached database: `name.table`, `database("name").table`, `database("name").table("t")`.
  func table(at place: BindingPlace) throws -> Relation {
    if let result = try tableOfPattern(at: place) { return result }
    let (database, span) = try databaseName(at: place)
    guard let foreign = place.catalog.attached(named: database) else { throw place.catalog.unknownDatabase(database, at: span) }
    let table = try tableName(at: place)
    let name = "\(KQLName.inQuery(database)).\(KQLName.inQuery(table.text))"
    do {
      guard let rows = try foreign.rows(ofTable: table.text, place.context) else {
        let known = try foreign.tableNames
        throw Diagnostic(
          "unknown-table", "the database `\(database)` has no table `\(table.text)`", at: table.span,
          help: Suggestion.nearest(to: table.text, in: known) ?? listed(known))
      }
      return Relation(.scan(ScanPlan(table: Table(name: name, external: rows))), name: name)
    } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = self.span }
      throw diagnostic
    }
  }

  private func databaseName(at place: BindingPlace) throws -> (name: String, span: SourceSpan) {
    if let name = database { return (name.text, name.span) }
    guard qualifiers.count == 1, let call = qualifiers.first, call.name.text == "database" else {
      let qualifier = qualifiers.first?.name.text ?? "database"
      throw Diagnostic(
        "unsupported-\(qualifier)", "`\(qualifier)(...)` is not supported, since there is only one database here",
        at: qualifiers.first?.span ?? span, help: "write the table's name alone")
    }
    guard call.arguments.count == 1, let argument = call.arguments.first,
      case .string(let text) = try place.constants.value(argument.value, what: "a database's name")
    else {
      throw Diagnostic("not-a-name", "`database` needs a database's name as a string", at: call.span)
    }
    return (text, argument.span)
  }

  private func tableName(at place: BindingPlace) throws -> NameSyntax {
    switch entity {
    case .name(let name): return name
    case .call(let call):
      guard call.name.text == "table", call.arguments.count == 1, let argument = call.arguments.first,
        case .string(let text) = try place.constants.value(argument.value, what: "a table's name")
      else {
        throw Diagnostic(
          "unknown-function", "an attached database has only tables, so `\(call.name.text)` cannot be called on it",
          at: call.span)
      }
      return NameSyntax(naming: text, at: argument.span)
    }
  }
}

extension Catalog {
  fileprivate func unknownDatabase(_ name: String, at span: SourceSpan) -> Diagnostic {
    let known = attached.map(\.name)
    let help = Suggestion.nearest(to: name, in: known)
      ?? (known.isEmpty
        ? "`.attach FILE as \(KQLName.inQuery(name))` attaches an SQLite file; tables of the workspace are named without a database"
        : "the attached databases are " + known.prefix(8).map { "`\($0)`" }.joined(separator: ", "))
    return Diagnostic("unknown-database", "unknown database `\(name)`", at: span, help: help)
  }
}

private func listed(_ tables: [String]) -> String? {
  if tables.isEmpty { return "it has no tables" }
  return "it has " + tables.prefix(8).map { "`\($0)`" }.joined(separator: ", ") + (tables.count > 8 ? ", ..." : "")
}
