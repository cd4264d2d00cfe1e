import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension EntityPathSyntax {
  /// A table of an attached database: `name.table`, `database("name").table`, `database("name").table("t")`.
  func table(at place: BindingPlace) throws -> Relation {
    if let result = try tableOfPattern(at: place) { return result }
    if let cluster = try clusterName(at: place) { return try table(of: cluster, at: place) }
    let (database, span) = try databaseName(at: place)
    guard let foreign = place.catalog.attached(named: database) else { throw place.catalog.unknownDatabase(database, at: span) }
    return try table(of: foreign, database, at: place)
  }

  private func table(of foreign: any ForeignDatabase, _ database: String, at place: BindingPlace) throws -> Relation {
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

  /// `cluster("https://...").database("name").table`: the address and the database; nil for other paths.
  private func clusterName(at place: BindingPlace) throws -> (address: String, database: String)? {
    guard qualifiers.count == 2, qualifiers[0].name.text == "cluster", qualifiers[1].name.text == "database" else { return nil }
    let names = try qualifiers.map { call -> String in
      guard call.arguments.count == 1, let argument = call.arguments.first,
        case .string(let text) = try place.constants.value(argument.value, what: "a name")
      else { throw Diagnostic("not-a-name", "`\(call.name.text)` needs a name as a string", at: call.span) }
      return text
    }
    return (names[0], names[1])
  }

  private func table(of cluster: (address: String, database: String), at place: BindingPlace) throws -> Relation {
    guard let open = place.state.services.openForeign else {
      throw Diagnostic(
        "unsupported-cluster", "`cluster(...)` cannot be reached from here", at: qualifiers[0].span,
        help: "write the table's name alone")
    }
    do {
      let foreign = try open(cluster.address, cluster.database, [Self.clusterDatabase: cluster.database], place.context)
      return try table(of: foreign, cluster.database, at: place)
    } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = qualifiers[0].span }
      throw diagnostic
    }
  }

  /// The property that tells an opener that the path is a cluster's address, and which of its databases is meant.
  package static let clusterDatabase = "database of cluster"

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
    let help = tableNames.contains(name) ? "a dot follows the name of a database; for a column of the table write `\(KQLName.inQuery(name)) | project column`"
      : Suggestion.nearest(to: name, in: known)
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
