import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A database that a query can name.
enum DatabaseReference {
  /// The one that the query runs in.
  case current
  case attached(String)
  case cluster(address: String, database: String)
}

extension EntityPathSyntax {
  /// A table of a database: `name.table`, `database("name").table`, `database("name").table("t")`.
  func table(at place: BindingPlace) throws -> Relation {
    if let result = try tableOfPattern(at: place) { return result }
    let database = try reference(at: place)
    switch database {
    case .current:
      let alone = place.seeing(place.state.stored.open)
      switch entity {
      case .name(let name): return try alone.relation(.name(name))
      case .call(let call): return try alone.relation(.call(call))
      case .pattern: break
      }
    case .attached, .cluster:
      if let table = try tableName(at: place) { return try database.table(table, span, at: place) }
    }
    throw Diagnostic(
      "misplaced-pattern", "this can name several tables; only `union`, `search` and `find` accept such a pattern", at: span)
  }

  /// The tables that `database("x").T*` names, in every database that the pattern of its name matches; nil for other paths.
  func tables(at place: BindingPlace) throws -> [Relation]? {
    guard case .pattern(let pattern) = entity else { return nil }
    var databases: [DatabaseReference] = []
    if qualifiers.count == 1, let name = try qualifiers[0].databaseName(at: place)?.text, name.contains("*") {
      if matches(place.catalog.name, pattern: name) || name == "*" { databases.append(.current) }
      databases += place.catalog.attached.filter { matches($0.name, pattern: name) }.map { .attached($0.name) }
    } else {
      databases = [try reference(at: place)]
    }
    return try databases.flatMap { database -> [Relation] in
      if case .current = database { return try place.seeing(place.state.stored.open).tables(matching: pattern.text) }
      return try database.tableNames(span, at: place).filter { matches($0, pattern: pattern.text) }
        .map { try database.table(NameSyntax(naming: $0, at: pattern.span), span, at: place) }
    }
  }

  /// The database that the path begins with.
  private func reference(at place: BindingPlace) throws -> DatabaseReference {
    if let name = database {
      do {
        return try place.database(named: name.text, at: name.span)
      } catch var diagnostic as Diagnostic {
        // `runs.head`
        if diagnostic.code == "unknown-database", case .name(let member) = entity, place.catalog.hasTable(named: name.text) {
          if let step = ForeignWord.named(member.text, .step)?.kql {
            diagnostic.help = "write `\(KQLName.inQuery(name.text)) | \(step)`"
          } else {
            diagnostic.help = diagnostic.help?.replacing("project column", with: "project \(KQLName.inQuery(member.text))")
          }
        }
        throw diagnostic
      }
    }
    return try place.database(qualifiers, at: span)
  }

  private func tableName(at place: BindingPlace) throws -> NameSyntax? {
    switch entity {
    case .name(let name): return name
    case .pattern: return nil
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

  /// The property that tells an opener that the path is a cluster's address, and which of its databases is meant.
  package static let clusterDatabase = "database of cluster"
}

extension DatabaseReference {
  fileprivate func table(_ table: NameSyntax, _ span: SourceSpan, at place: BindingPlace) throws -> Relation {
    let database = name(in: place.catalog)
    let name = "\(KQLName.inQuery(database)).\(KQLName.inQuery(table.text))"
    return try reading(span) {
      let foreign = try foreign(at: place, span)
      guard let rows = try foreign.rows(ofTable: table.text, place.context) else {
        let known = try foreign.tableNames
        throw Diagnostic(
          "unknown-table", "the database `\(database)` has no table `\(table.text)`", at: table.span,
          help: Suggestion.nearest(to: table.text, in: known) ?? listed(known))
      }
      return Relation(.scan(ScanPlan(table: Table(name: name, external: rows))), name: name)
    }
  }

  fileprivate func tableNames(_ span: SourceSpan, at place: BindingPlace) throws -> [String] {
    try reading(span) { try foreign(at: place, span).tableNames }
  }

  private func reading<Result>(_ span: SourceSpan, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = span }
      throw diagnostic
    }
  }

  /// What `$current_database` of it says.
  func name(in catalog: Catalog) -> String {
    switch self {
    case .current: catalog.name
    case .attached(let name): name
    case .cluster(_, let database): database
    }
  }

  private func foreign(at place: BindingPlace, _ span: SourceSpan) throws -> any ForeignDatabase {
    switch self {
    case .attached(let name):
      if let database = place.catalog.attached(named: name) { return database }
      throw place.catalog.unknownDatabase(name, at: span)
    case .cluster(let address, let database):
      guard let open = place.state.services.openForeign else { throw unreachable(span) }
      return try open(address, database, [EntityPathSyntax.clusterDatabase: database], place.context)
    case .current: throw unreachable(span)
    }
  }

  private func unreachable(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "unsupported-cluster", "`cluster(...)` cannot be reached from here", at: span, help: "write the table's name alone")
  }
}

extension CallSyntax {
  /// The name in `database("name")`, empty in `database()`; nil for other calls.
  fileprivate func databaseName(at place: BindingPlace) throws -> (text: String, span: SourceSpan)? {
    guard name.text == "database" else { return nil }
    if arguments.isEmpty { return ("", span) }
    return try name(at: place)
  }

  /// The only argument, which is a name.
  fileprivate func name(at place: BindingPlace) throws -> (text: String, span: SourceSpan) {
    guard arguments.count == 1, let argument = arguments.first,
      case .string(let text) = try place.constants.value(argument.value, what: "a name")
    else { throw Diagnostic("not-a-name", "`\(name.text)` needs a name as a string", at: span) }
    return (text, argument.span)
  }
}

extension BindingPlace {
  /// The database of a name: an alias, an attached one or the one that the query runs in.
  func database(named name: String, at span: SourceSpan) throws -> DatabaseReference {
    if case .database(let database)? = scope.binding(named: name) { return database }
    if catalog.attached(named: name) != nil { return .attached(name) }
    if name.isEmpty || name == catalog.name { return .current }
    throw catalog.unknownDatabase(name, at: span)
  }

  /// The database of `database("d")` or `cluster("c").database("d")`.
  func database(_ calls: [CallSyntax], at span: SourceSpan) throws -> DatabaseReference {
    if calls.count == 1, let (name, place) = try calls[0].databaseName(at: self) { return try database(named: name, at: place) }
    if calls.count == 2, calls[0].name.text == "cluster", calls[1].name.text == "database" {
      return .cluster(address: try calls[0].name(at: self).text, database: try calls[1].name(at: self).text)
    }
    let qualifier = calls.first?.name.text ?? "database"
    throw Diagnostic(
      "unsupported-\(qualifier)", "`\(qualifier)(...)` is not supported without a database", at: calls.first?.span ?? span,
      help: "write `cluster(\"address\").database(\"name\").table`, or the table's name alone")
  }

  /// The database that an expression such as `database("d")` names; nil if it can only be something else.
  func database(_ expression: ExpressionSyntax) throws -> DatabaseReference? {
    switch expression.withoutParentheses {
    case .call(let call) where ["database", "cluster"].contains(call.name.text): try database([call], at: call.span)
    case .path(let path):
      if case .call(let call) = path.entity, call.name.text == "database" { try database(path.qualifiers + [call], at: path.span) } else { nil }
    case .name(let name):
      if case .database(let database)? = scope.binding(named: name.text) {
        database
      } else if scope.binding(named: name.text) == nil, !catalog.hasTable(named: name.text) {
        try database(named: name.text, at: name.span)
      } else {
        nil
      }
    default: nil
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
