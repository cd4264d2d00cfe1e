import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension MacroExpandSyntax {
  /// `macro-expand`: the body once for each entity of the group, united as `union` does.
  func relation(at place: BindingPlace) throws -> Relation {
    var isInner = false
    var isFuzzy = place.state.options.isBestEffort
    for parameter in parameters {
      let text = try place.constants.text(of: parameter)
      switch parameter.name.text {
      case "kind":
        guard ["inner", "outer"].contains(text) else {
          throw Diagnostic(
            "unknown-kind", "`macro-expand` has no kind `\(text)`", at: parameter.value.span,
            help: "the kinds are `outer` and `inner`")
        }
        isInner = text == "inner"
      default: isFuzzy = text == "true"
      }
    }
    var legs: [Relation] = []
    for entity in try group.entities(at: place) {
      do {
        let frame = Frame(parent: place.scope)
        defer { frame.forget() }
        frame.define(name.text, try entity.binding())
        let inside = place.seeing(frame.now)
        let call = CallSyntax(calling: name, at: body.span)
        guard case .table(let leg) = try FunctionExpansion(body, from: inside.scope, call, by: inside.constants.binder).result()
        else { throw Diagnostic("value-as-table", "this is a value, but `macro-expand` needs a query", at: body.result.span) }
        legs.append(leg)
      } catch let problem as Diagnostic where isFuzzy && ["unknown-table", "unknown-database", "unsupported-cluster"].contains(problem.code) {
        place.context.remark(problem.message)
      }
    }
    guard !legs.isEmpty else { throw Diagnostic("unknown-database", "none of these databases exist", at: span) }
    return try Relation(uniting: legs, isInner: isInner, sourceColumn: nil, at: span)
  }
}

/// A database or a table of a group, which is looked for when it is used.
private struct GroupEntity {
  let binding: () throws -> Binding
}

extension EntityGroupSyntax {
  fileprivate func entities(at place: BindingPlace) throws -> [GroupEntity] {
    switch self {
    case .name(let name):
      switch place.scope.binding(named: name.text) {
      case .entityGroup(let group, let scope): return try group.entities(at: place.seeing(scope))
      case .broken: throw AlreadyReported()
      default:
        throw Diagnostic(
          "unknown-group", "unknown group of databases `\(name.text)`", at: name.span,
          help: "define it in the query: `let \(name.text) = entity_group [database(\"a\"), database(\"b\")];`")
      }
    case .entities(let entities, _):
      return entities.map { entity in
        GroupEntity {
          if let database = try place.database(entity) { return .database(database) }
          guard case .table(let table) = try place.constants.any(entity) else {
            throw Diagnostic("value-as-table", "this is a value, but a database or a table is expected here", at: entity.span)
          }
          return .table(table)
        }
      }
    }
  }
}

extension AliasDatabaseSyntax {
  /// Gives a database a name for the rest of the text.
  func declare(in text: Frame, at place: BindingPlace) throws {
    guard let database = try place.database(target) else {
      throw Diagnostic(
        "not-a-database", "this is not a database", at: target.span,
        help: "write `alias database \(name.text) = cluster(\"address\").database(\"name\");`")
    }
    text.define(name.text, .database(database))
  }
}

extension ExpressionBinder {
  /// `X.$current_database` and `X.$current_cluster_endpoint` of a database that `macro-expand` takes; nil for other members.
  func databaseFact(_ member: MemberSyntax) throws -> OpenExpression? {
    guard case .name(let name) = member.base, member.name.text.hasPrefix("$current_"),
      case .database(let database)? = place.scope.binding(named: name.text)
    else { return nil }
    switch (member.name.text, database) {
    case ("$current_database", _): return .literal(.string(database.name(in: place.catalog)), member.span)
    case ("$current_cluster_endpoint", .cluster(let address, _)): return .literal(.string(address), member.span)
    case ("$current_cluster_endpoint", _):
      throw Diagnostic(
        "not-in-cluster", "`\(name.text)` is a database of this workspace, not of a cluster", at: member.span,
        help: "`\(name.text).$current_database` is its name")
    default:
      throw Diagnostic(
        "unknown-property", "a database has no property `\(member.name.text)`", at: member.name.span,
        help: "it has `$current_database` and `$current_cluster_endpoint`")
    }
  }
}
