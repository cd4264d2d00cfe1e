import PlumbEngine

/// A bound tabular expression: its plan, and what the next operator must know about it.
struct Relation {
  var plan: LogicalPlan
  /// The plan's schema, stored so that long pipes do not compute it again and again.
  var schema: Schema
  /// Whether the order of the rows is part of the answer, as window functions need.
  var isSerialized = false
  /// The name of the table, variable or `as` that the rows come from, for messages and `withsource`.
  var name: String?
  /// The last step after which other columns exist than in that table, for messages.
  var lastStep: String?
  var visualization: Visualization?
  /// The graph that `make-graph` made; its rows are not a table.
  var graph: GraphSource?
  /// Columns whose expressions had an error that was reported; reading them reports nothing more.
  var broken: Set<String> = []
  /// What `top 5` without `by` ranks by.
  var ranking: TableFunction.Ranking?
  /// What the rows are, if their columns stay.
  var presentation: Presentation?
  /// The number of nodes in the plan; shared ones count each time.
  var weight = 1
  /// What the query calls the table that it returns, as with `as`.
  var resultName: String?
  /// Whether the statements after the query can use that name.
  var definesName = false
  /// More tables that the query returns after this one; no step can follow.
  var further: [Relation] = []

  /// All tables of the query.
  var tables: [Relation] { [self] + further }

  init(_ plan: LogicalPlan, isSerialized: Bool = false, name: String? = nil, weight: Int = 1) {
    self.plan = plan
    schema = plan.schema
    self.isSerialized = isSerialized
    self.name = name
    self.weight = weight
  }

  /// The same rows through one more operator that keeps the columns.
  func keepingColumns(_ plan: LogicalPlan, isSerialized: Bool? = nil) -> Relation {
    var result = self
    result.plan = plan
    result.resultName = nil
    result.definesName = false
    result.isSerialized = isSerialized ?? self.isSerialized
    result.weight &+= 1
    return result
  }

  /// The same tables, each with at most so many rows.
  func limited(to count: Int) -> Relation {
    var result = keepingColumns(.limit(plan, count))
    result.resultName = resultName
    result.further = further.map { $0.limited(to: count) }
    return result
  }

  /// One more operator that makes new columns.
  func with(_ plan: LogicalPlan, schema: Schema? = nil, isSerialized: Bool? = nil) -> Relation {
    var result = keepingColumns(plan, isSerialized: isSerialized)
    result.schema = schema ?? plan.schema
    result.visualization = nil
    result.graph = nil
    return result
  }

  /// The columns by index, in the order given, under their own names or new ones.
  func picking(_ columns: [(index: Int, name: String)]) -> Relation {
    let named = columns.map { column in
      NamedExpression(column.name, .column(column.index, schema[column.index].type, .none))
    }
    return with(.project(plan, named), schema: named.map { ColumnInfo($0.name, $0.expression.type) })
  }

  /// The same, after a step that leaves other columns.
  func after(_ step: String) -> Relation {
    var result = self
    result.lastStep = step
    return result
  }

  func index(of name: String) -> Int? { schema.firstIndex { $0.name == name } }
}

/// The result of binding an expression.
enum Bound {
  case scalar(OpenExpression)
  case table(Relation)
}
