import PlumbDiagnostics

/// What a query means, as a tree of relational algebra; columns are known by index.
///
/// The binder builds it, the optimiser rewrites it, the physical planner turns it into operators.
package indirect enum LogicalPlan: Sendable {
  /// Rows of a table: the columns read, and the conjuncts that the scan itself tests.
  case scan(ScanPlan)
  /// The whole numbers, times or spans of `range`.
  case series(SeriesPlan)
  /// The rows handed to a plan that runs once per partition.
  case input(Schema)
  case filter(LogicalPlan, BoundExpression)
  /// New columns computed from old ones; also renames, drops and reorders.
  case project(LogicalPlan, [NamedExpression])
  case aggregate(AggregatePlan)
  case sort(LogicalPlan, [SortKey])
  /// The first rows in the input's order.
  case limit(LogicalPlan, Int)
  /// The first rows in the order of the keys, sorted.
  case top(LogicalPlan, [SortKey], Int)
  case join(JoinPlan)
  /// All rows of all inputs, which have equal schemas, in the inputs' order.
  case union([LogicalPlan], Schema)
  case expand(ExpandPlan)
  /// Columns that depend on neighbouring rows, computed in the input's order.
  case window(LogicalPlan, [WindowColumn])
  /// A plan run once for each distinct value of a column.
  case partition(PartitionPlan)
  /// An operator that works on its input as a whole, such as a plugin or `make-series`.
  case whole(WholePlan)
}

package struct ScanPlan: Sendable {
  package let table: Table
  /// Indices into the table's schema, in output order.
  package var columns: [Int]
  /// Conjuncts over the output columns.
  package var filters: [BoundExpression]
  /// What a source of foreign rows is asked to do; its columns are those of the scan.
  var external = ExternalRequest(columns: [])

  package init(table: Table, columns: [Int]? = nil, filters: [BoundExpression] = []) {
    self.table = table
    self.columns = columns ?? Array(table.schema.indices)
    self.filters = filters
  }
}

/// `first`, `first + step`, ... up to and including `last` where it is met; empty when `step` leads away.
package struct SeriesPlan: Sendable {
  package let column: ColumnInfo
  package let first: Value
  package let last: Value
  package let step: Value
  /// How many values there are.
  package let count: Int

  package init(column: ColumnInfo, first: Value, last: Value, step: Value, count: Int) {
    self.column = column
    self.first = first
    self.last = last
    self.step = step
    self.count = count
  }
}

/// An output column and how it is computed.
package struct NamedExpression: Sendable {
  package var name: String
  package var expression: BoundExpression

  package init(_ name: String, _ expression: BoundExpression) {
    self.name = name
    self.expression = expression
  }
}

package struct SortKey: Sendable {
  package var expression: BoundExpression
  package var isDescending: Bool
  package var nullsFirst: Bool

  package init(_ expression: BoundExpression, isDescending: Bool, nullsFirst: Bool) {
    self.expression = expression
    self.isDescending = isDescending
    self.nullsFirst = nullsFirst
  }
}

/// Groups and their aggregates. Output: the keys, then the results of each aggregate.
package struct AggregatePlan: Sendable {
  package var input: LogicalPlan
  package var keys: [NamedExpression]
  package var aggregates: [NamedAggregate]

  package init(input: LogicalPlan, keys: [NamedExpression], aggregates: [NamedAggregate]) {
    self.input = input
    self.keys = keys
    self.aggregates = aggregates
  }
}

/// An aggregate and the names of its result columns.
package struct NamedAggregate: Sendable {
  package var names: [String]
  package var aggregate: BoundAggregate

  package init(_ names: [String], _ aggregate: BoundAggregate) {
    self.names = names
    self.aggregate = aggregate
  }
}

/// The nine kinds of `join`, and `lookup`'s two as inner and left outer.
package enum JoinKind: String, Sendable, CaseIterable {
  /// Inner, after the left side is reduced to one row for each distinct key.
  case innerUnique = "innerunique"
  case inner
  case leftOuter = "leftouter"
  case rightOuter = "rightouter"
  case fullOuter = "fullouter"
  case leftSemi = "leftsemi"
  case rightSemi = "rightsemi"
  case leftAnti = "leftanti"
  case rightAnti = "rightanti"
}

/// Output: the left columns then the right ones, by their kind only one side for semi and anti joins.
package struct JoinPlan: Sendable {
  package var kind: JoinKind
  package var left: LogicalPlan
  package var right: LogicalPlan
  /// Pairs of equal type; `left` indexes the left schema and `right` the right one.
  package var keys: [(left: BoundExpression, right: BoundExpression)]
  /// The names of the output columns, after the binder has made them distinct.
  package var names: [String]
  /// Whether the hash table is built over the left side; the optimiser decides.
  package var buildsLeft = false

  package init(
    kind: JoinKind, left: LogicalPlan, right: LogicalPlan,
    keys: [(left: BoundExpression, right: BoundExpression)], names: [String]
  ) {
    self.kind = kind
    self.left = left
    self.right = right
    self.keys = keys
    self.names = names
  }
}

/// `mv-expand`: one row for each element of some dynamic columns.
package struct ExpandPlan: Sendable {
  package var input: LogicalPlan
  package var columns: [ExpandedColumn]
  /// The name of a column with the element's index from 0, if asked for; it comes last.
  package var indexName: String?
  /// The most rows made from one row.
  package var rowLimit: Int?
  /// Whether a bag becomes `[key, value]` arrays rather than one-property bags.
  package var bagsAsArrays: Bool
  /// Whether a null counts as one element.
  package var keepsEmpty: Bool

  package init(
    input: LogicalPlan, columns: [ExpandedColumn], indexName: String?, rowLimit: Int?, bagsAsArrays: Bool,
    keepsEmpty: Bool = true
  ) {
    self.input = input
    self.columns = columns
    self.indexName = indexName
    self.rowLimit = rowLimit
    self.bagsAsArrays = bagsAsArrays
    self.keepsEmpty = keepsEmpty
  }
}

/// A column of the input that is expanded in place, or a new one that holds an expression's elements.
package struct ExpandedColumn: Sendable {
  /// The dynamic value to take apart.
  package var expression: BoundExpression
  /// The index in the input's schema that is replaced; nil for a new column at the end.
  package var replaces: Int?
  package var name: String
  /// The type each element is converted to; dynamic leaves it as it is.
  package var type: ScalarType

  package init(expression: BoundExpression, replaces: Int?, name: String, type: ScalarType) {
    self.expression = expression
    self.replaces = replaces
    self.name = name
    self.type = type
  }
}

/// A new column computed over the ordered input, at the end of the schema.
package struct WindowColumn: Sendable {
  package var name: String
  package var function: WindowFunction
  package var arguments: [BoundExpression]
  package let type: ScalarType
  package let span: SourceSpan

  package init(
    name: String, function: WindowFunction, arguments: [BoundExpression], type: ScalarType, span: SourceSpan
  ) {
    self.name = name
    self.function = function
    self.arguments = arguments
    self.type = type
    self.span = span
  }
}

/// Functions over neighbouring rows. Arguments as KQL has them, constants included.
package enum WindowFunction: String, Sendable, CaseIterable {
  /// `prev(value, [offset = 1], [default])`
  case prev
  /// `next(value, [offset = 1], [default])`
  case next
  /// `row_number([start = 1], [restart])`
  case rowNumber = "row_number"
  /// `row_cumsum(term, [restart])`
  case rowCumsum = "row_cumsum"
  /// `row_rank_dense(term, [restart])`
  case rowRankDense = "row_rank_dense"
  /// `row_rank_min(term, [restart])`
  case rowRankMin = "row_rank_min"
  /// `row_window_session(time, maxFromFirst, maxBetween, [restart])`
  case rowWindowSession = "row_window_session"
}

/// Output: `plan`'s rows for each distinct value of `key`, in the order the values first appear.
package struct PartitionPlan: Sendable {
  package var input: LogicalPlan
  package var key: BoundExpression
  /// Reads its rows from `.input`, whose schema is the input's.
  package var plan: LogicalPlan
  /// What the plan calls its partition's key, where it can read it as a value.
  package var keyName: String?

  package init(input: LogicalPlan, key: BoundExpression, plan: LogicalPlan, keyName: String? = nil) {
    self.input = input
    self.key = key
    self.plan = plan
    self.keyName = keyName
  }
}

/// An operator that sees its whole input at once, in order.
package struct WholePlan: Sendable {
  package let name: String
  package var input: LogicalPlan
  package let schema: Schema
  /// From all rows of the input as one chunk to all rows of the output.
  let transform: @Sendable (Chunk, ExecutionContext) throws -> Chunk

  init(
    name: String, input: LogicalPlan, schema: Schema,
    transform: @escaping @Sendable (Chunk, ExecutionContext) throws -> Chunk
  ) {
    self.name = name
    self.input = input
    self.schema = schema
    self.transform = transform
  }
}

extension LogicalPlan {
  /// The columns of the plan's rows.
  package var schema: Schema {
    switch self {
    case .scan(let scan): return scan.columns.map { scan.table.schema[$0] }
    case .series(let series): return [series.column]
    case .input(let schema): return schema
    case .filter(let input, _), .sort(let input, _), .limit(let input, _), .top(let input, _, _):
      return input.schema
    case .project(_, let columns):
      return columns.map { ColumnInfo($0.name, $0.expression.type) }
    case .aggregate(let plan):
      return plan.keys.map { ColumnInfo($0.name, $0.expression.type) }
        + plan.aggregates.flatMap { zip($0.names, $0.aggregate.results).map { ColumnInfo($0, $1) } }
    case .join(let join):
      return zip(join.names, join.columnTypes).map { ColumnInfo($0, $1) }
    case .union(_, let schema): return schema
    case .expand(let plan):
      var schema = plan.input.schema
      for column in plan.columns {
        let info = ColumnInfo(column.name, column.type)
        if let index = column.replaces { schema[index] = info } else { schema.append(info) }
      }
      return schema + (plan.indexName.map { [ColumnInfo($0, .long)] } ?? [])
    case .window(let input, let columns):
      return input.schema + columns.map { ColumnInfo($0.name, $0.type) }
    case .partition(let plan): return plan.plan.schema
    case .whole(let plan): return plan.schema
    }
  }

  /// The plans that this one reads from.
  package var inputs: [LogicalPlan] {
    switch self {
    case .scan, .series, .input: []
    case .filter(let input, _), .project(let input, _), .sort(let input, _), .limit(let input, _),
      .top(let input, _, _), .window(let input, _):
      [input]
    case .aggregate(let plan): [plan.input]
    case .join(let join): [join.left, join.right]
    case .union(let inputs, _): inputs
    case .expand(let plan): [plan.input]
    case .partition(let plan): [plan.input]
    case .whole(let plan): [plan.input]
    }
  }
}

extension LogicalPlan {
  /// Whether the plan reads rows that a plan around it hands over, as within `partition`.
  package var readsOuterRows: Bool {
    var open = [self]
    while let plan = open.popLast() {
      if case .input = plan { return true }
      open += plan.inputs
    }
    return false
  }
}

extension JoinPlan {
  var columnTypes: [ScalarType] {
    switch kind {
    case .leftSemi, .leftAnti: left.schema.map(\.type)
    case .rightSemi, .rightAnti: right.schema.map(\.type)
    case .innerUnique, .inner, .leftOuter, .rightOuter, .fullOuter:
      left.schema.map(\.type) + right.schema.map(\.type)
    }
  }
}
