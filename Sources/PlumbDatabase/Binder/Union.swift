import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Binder {
  /// `union`: the rows of all legs; a column that a leg has not is null there.
  func relation(_ syntax: UnionSyntax, input: Relation?, in scope: Scope) throws -> Relation {
    var isInner = false
    var isFuzzy = options["best_effort"] == "true"
    var sourceColumn: String?
    for parameter in syntax.parameters {
      switch parameter.name.text {
      case "kind":
        switch try text(of: parameter, in: scope) {
        case "inner": isInner = true
        case "outer": isInner = false
        case let other:
          throw Diagnostic(
            "unknown-kind", "`union` has no kind `\(other)`", at: parameter.value.span,
            help: "the kinds are `outer` and `inner`")
        }
      case "withsource", "with_source": sourceColumn = try text(of: parameter, in: scope)
      case "isfuzzy": isFuzzy = try text(of: parameter, in: scope) == "true"
      default: break
      }
    }
    var legs = input.map { [$0] } ?? []
    for source in syntax.tables { legs += try self.legs(source, isFuzzy: isFuzzy, in: scope) }
    guard !legs.isEmpty else {
      throw Diagnostic("unknown-table", "none of these tables exists", at: syntax.span)
    }
    return try union(legs, isInner: isInner, sourceColumn: sourceColumn, at: syntax.span)
  }

  /// The tables that one source of a union names.
  private func legs(_ source: SourceSyntax, isFuzzy: Bool, in scope: Scope) throws -> [Relation] {
    if case .pattern(let pattern) = source {
      let found = try tables(matching: pattern.text, in: scope)
      if found.isEmpty {
        let missing = Diagnostic("unknown-table", "no table fits `\(pattern.text)`", at: pattern.span)
        guard isFuzzy else { throw missing }
        context.remark(missing.message)
      }
      return found
    }
    do {
      return [try relation(source, in: scope, implied: nil)]
    } catch let diagnostic as Diagnostic
      where isFuzzy && (diagnostic.code == "unknown-table" || diagnostic.code == "unknown-function")
    {
      context.remark(diagnostic.message)
      return []
    }
  }

  /// Every table, view and tabular variable whose name fits.
  func tables(matching pattern: String, in scope: Scope) throws -> [Relation] {
    var result: [Relation] = []
    var seen = Set<String>()
    for (name, binding) in scope.all where matches(name, pattern: pattern) {
      switch binding {
      case .table: break
      case .function(let function, _) where function.isView: break
      case .function, .pattern, .value, .broken: continue
      }
      seen.insert(name)
      result.append(try relation(.name(NameSyntax(naming: name, at: .none)), in: scope, implied: nil))
    }
    for name in catalog.tableNames where matches(name, pattern: pattern) && !seen.contains(name) {
      result.append(try relation(.name(NameSyntax(naming: name, at: .none)), in: scope, implied: nil))
    }
    return result
  }

  /// The legs under one schema; a name that comes with several types becomes a column for each type.
  func union(
    _ legs: [Relation], isInner: Bool, sourceColumn: String?, at span: SourceSpan
  ) throws -> Relation {
    var columns: [ColumnInfo] = []
    if isInner {
      columns = legs[0].schema.filter { column in legs.allSatisfy { $0.schema.contains(column) } }
      if columns.isEmpty && sourceColumn == nil {
        throw Diagnostic("no-columns", "these tables have no column in common", at: span)
      }
    } else {
      var seen = Set<ColumnInfo>()
      for column in legs.flatMap(\.schema) where seen.insert(column).inserted { columns.append(column) }
    }
    let counts = Dictionary(columns.map { ($0.name, 1) }, uniquingKeysWith: +)
    var names = NameMaker(used: columns.filter { counts[$0.name] == 1 }.map(\.name))
    var schema = columns.map { column in
      counts[column.name] == 1
        ? column : ColumnInfo(names.unique("\(column.name)_\(column.type.name)"), column.type)
    }
    if let sourceColumn { schema.insert(ColumnInfo(sourceColumn, .string), at: 0) }
    let plans = legs.enumerated().map { index, leg -> LogicalPlan in
      if leg.schema == schema { return leg.plan }
      var outputs = zip(columns, schema.suffix(columns.count)).map { column, named in
        let place = leg.schema.firstIndex(of: column)
        return NamedExpression(
          named.name, place.map { .column($0, column.type, span) } ?? .literal(.null(column.type), span))
      }
      if let sourceColumn {
        outputs.insert(
          NamedExpression(sourceColumn, .literal(.string(leg.name ?? "union_arg\(index)"), span)), at: 0)
      }
      return .project(leg.plan, outputs)
    }
    var result = Relation(plans.count == 1 ? plans[0] : .union(plans, schema))
    result.schema = schema
    result.weight = legs.reduce(0) { $0 &+ $1.weight }
    result.broken = legs.reduce(into: []) { $0.formUnion($1.broken) }
    return result
  }
}
