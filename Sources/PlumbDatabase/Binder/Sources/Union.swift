import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension UnionSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation { try relation(with: input, at: place) }

  /// `union`: the rows of all legs; a column that a leg lacks is null there.
  func relation(with input: Relation? = nil, at place: BindingPlace) throws -> Relation {
    var isInner = false
    var isFuzzy = place.state.options.isBestEffort
    var sourceColumn: String?
    for parameter in parameters {
      switch parameter.name.text {
      case "kind":
        switch try place.constants.text(of: parameter) {
        case "inner": isInner = true
        case "outer": isInner = false
        case let other:
          throw Diagnostic(
            "unknown-kind", "`union` has no kind `\(other)`", at: parameter.value.span,
            help: "the kinds are `outer` and `inner`")
        }
      case "withsource", "with_source": sourceColumn = try place.constants.text(of: parameter)
      case "isfuzzy": isFuzzy = try place.constants.text(of: parameter) == "true"
      default: break
      }
    }
    var legs = input.map { [$0] } ?? []
    for source in tables { legs += try self.legs(source, isFuzzy: isFuzzy, at: place) }
    guard !legs.isEmpty else {
      throw Diagnostic("unknown-table", "none of these tables exist", at: span)
    }
    return try Relation(uniting: legs, isInner: isInner, sourceColumn: sourceColumn, at: span)
  }

  /// The tables that one source of a union names.
  private func legs(_ source: SourceSyntax, isFuzzy: Bool, at place: BindingPlace) throws -> [Relation] {
    if case .pattern(let pattern) = source {
      let found = try place.tables(matching: pattern.text)
      if found.isEmpty {
        let variable = place.scope.all.first { matches($0.0, pattern: pattern.text) }?.0
        let missing = Diagnostic(
          "unknown-table", "no table matches `\(pattern.text)`", at: pattern.span,
          help: variable.map { "patterns find tables and views; write `let \($0) = view () { ... }`" })
        guard isFuzzy else { throw missing }
        place.context.remark(missing.message)
      }
      return found
    }
    do {
      if case .path(let path) = source, let found = try path.tables(at: place) { return found }
      return [try place.relation(source)]
    } catch let diagnostic as Diagnostic
      where isFuzzy && (diagnostic.code == "unknown-table" || diagnostic.code == "unknown-function"
        || diagnostic.code == "unknown-database")
    {
      place.context.remark(diagnostic.message)
      return []
    }
  }
}

extension BindingPlace {
  /// Every table and view whose name matches. A plain `let` is neither: `union Logs_*` would count its rows twice.
  func tables(matching pattern: String) throws -> [Relation] {
    var result: [Relation] = []
    var seen = Set<String>()
    for (name, binding) in scope.all where matches(name, pattern: pattern) {
      switch binding {
      case .function(let function, _) where function.isView: break
      case .table, .function, .pattern, .value, .database, .entityGroup, .broken: continue
      }
      seen.insert(name)
      result.append(try relation(.name(NameSyntax(naming: name, at: .none))))
    }
    for name in catalog.tableNames where matches(name, pattern: pattern) && !seen.contains(name) {
      // A variable of the same name hides the table elsewhere, not here.
      if let table = try catalog.table(named: name) {
        result.append(Relation(.scan(ScanPlan(table: table)), name: name))
      }
    }
    return result
  }
}

extension Relation {
  /// The legs under one schema; a name with several types becomes one column for each type.
  init(uniting legs: [Relation], isInner: Bool, sourceColumn: String?, at span: SourceSpan) throws {
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
    self.init(plans.count == 1 ? plans[0] : .union(plans, schema))
    self.schema = schema
    weight = legs.reduce(0) { $0 &+ $1.weight }
    broken = legs.reduce(into: []) { $0.formUnion($1.broken) }
  }
}
