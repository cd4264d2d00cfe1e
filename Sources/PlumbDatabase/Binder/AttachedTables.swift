import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Binder {
  /// A table of an attached database: `name.table`, `database("name").table`, `database("name").table("t")`.
  func table(_ path: EntityPathSyntax, in scope: Scope) throws -> Relation {
    if let result = try tableOfPattern(path, in: scope) { return result }
    let (database, span) = try databaseName(of: path, in: scope)
    guard let foreign = catalog.attached(named: database) else { throw unknownDatabase(database, at: span) }
    let table = try tableName(of: path, in: scope)
    let name = "\(KQLName.inQuery(database)).\(KQLName.inQuery(table.text))"
    do {
      guard let rows = try foreign.rows(ofTable: table.text, context) else {
        let known = try foreign.tableNames
        throw Diagnostic(
          "unknown-table", "the database `\(database)` has no table `\(table.text)`", at: table.span,
          help: Suggestion.nearest(to: table.text, in: known) ?? Self.listed(known))
      }
      return Relation(.scan(ScanPlan(table: Table(name: name, external: rows))), name: name)
    } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = path.span }
      throw diagnostic
    }
  }

  /// Whether a path in an expression is a table of an attached database rather than a property of a value.
  func namesAttached(_ path: EntityPathSyntax, at place: Place) -> Bool {
    guard let name = path.database?.text, catalog.attached(named: name) != nil else { return false }
    if place.seesColumns, place.row?.index(of: name) != nil { return false }
    return place.scope.binding(named: name) == nil
  }

  private func databaseName(of path: EntityPathSyntax, in scope: Scope) throws -> (name: String, span: SourceSpan) {
    if let name = path.database { return (name.text, name.span) }
    guard path.qualifiers.count == 1, let call = path.qualifiers.first, call.name.text == "database" else {
      let qualifier = path.qualifiers.first?.name.text ?? "database"
      throw Diagnostic(
        "unsupported-\(qualifier)", "there is only one database here, so `\(qualifier)(...)` is not supported",
        at: path.qualifiers.first?.span ?? path.span, help: "write the table's name alone")
    }
    guard call.arguments.count == 1, let argument = call.arguments.first,
      case .string(let text) = try constant(argument.value, in: scope, what: "a database's name")
    else {
      throw Diagnostic("not-a-name", "`database` needs a database's name as a string", at: call.span)
    }
    return (text, argument.span)
  }

  private func tableName(of path: EntityPathSyntax, in scope: Scope) throws -> NameSyntax {
    switch path.entity {
    case .name(let name): return name
    case .call(let call):
      guard call.name.text == "table", call.arguments.count == 1, let argument = call.arguments.first,
        case .string(let text) = try constant(argument.value, in: scope, what: "a table's name")
      else {
        throw Diagnostic(
          "unknown-function", "attached databases have tables and no functions, so not `\(call.name.text)`",
          at: call.span)
      }
      return NameSyntax(naming: text, at: argument.span)
    }
  }

  private func unknownDatabase(_ name: String, at span: SourceSpan) -> Diagnostic {
    let known = catalog.attached.map(\.name)
    let help = Suggestion.nearest(to: name, in: known)
      ?? (known.isEmpty
        ? "`.attach FILE as \(KQLName.inQuery(name))` attaches an SQLite file; tables of the workspace have no database before them"
        : "attached are " + known.prefix(8).map { "`\($0)`" }.joined(separator: ", "))
    return Diagnostic("unknown-database", "there is no database `\(name)`", at: span, help: help)
  }

  private static func listed(_ tables: [String]) -> String? {
    if tables.isEmpty { return "it has no tables" }
    return "it has " + tables.prefix(8).map { "`\($0)`" }.joined(separator: ", ") + (tables.count > 8 ? ", ..." : "")
  }
}
