import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

// Operators that return several tables, so that they end a query.

extension ForkSyntax: OperatorBinding {
  /// `fork`: a table for each branch, all of the same rows.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let rows = input.shared
    let made = branches.map { branch in
      place.attempt { () -> Relation in
        var table = try place.relation(branch.query, implied: rows)
        table.resultName = branch.name?.text ?? table.resultName
        return table
      }
    }
    let tables = made.compactMap { $0 }
    guard tables.count == branches.count else { throw AlreadyReported() }
    return Relation(tables)
  }
}

extension FacetSyntax: OperatorBinding {
  /// `facet`: the rows of `with`, and for each column its values with their number of rows.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let rows = input.shared
    var tables = try query.map { [try place.relation($0, implied: rows)] } ?? []
    let expressions = place.columns(of: rows, for: "`facet`")
    for name in columns {
      let key = try expressions.expression(.name(name))
      guard key.type != .dynamic else {
        throw Diagnostic(
          "dynamic-key", "rows cannot be grouped by a dynamic value", at: name.span,
          help: "add a column of texts before it, as in `| extend text = tostring(\(KQLName.inQuery(name.text)))`")
      }
      let count = NamedAggregate(["count_\(name.text)"], try .calling("count", [], at: name.span))
      let plan = LogicalPlan.aggregate(
        AggregatePlan(input: rows.plan, keys: [NamedExpression(name.text, key)], aggregates: [count]))
      var table = rows.with(plan, isSerialized: false)
      table.resultName = name.text
      tables.append(table)
    }
    return Relation(tables)
  }
}

extension Relation {
  /// The same rows, computed once for several readers; those of a table are read where they are.
  fileprivate var shared: Relation {
    if weight == 1 { return self }
    var result = keepingColumns(.materialize(plan))
    result.weight = 1
    return result
  }

  /// Several tables of one query, of which there is at least one.
  fileprivate init(_ tables: [Relation]) {
    self = tables[0]
    further = Array(tables.dropFirst())
  }
}
