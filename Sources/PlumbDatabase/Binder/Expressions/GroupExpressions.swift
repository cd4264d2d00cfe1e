import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Binds expressions over groups of rows: aggregates, and expressions computed from them.
///
/// The expressions stay open until `aggregating` puts the aggregates into the plan.
struct GroupExpressions {
  let rows: InputRows
  private let binder: ExpressionBinder
  private let aggregates: AggregateColumns
  private let place: BindingPlace
  private let what: String

  init(rows: InputRows, at place: BindingPlace, for what: String) {
    self.rows = rows
    self.place = place
    self.what = what
    aggregates = AggregateColumns(starColumns: Array(rows.schema.indices))
    binder = ExpressionBinder(place: place, rows: rows, seesColumns: true, what: what, offer: .aggregates(aggregates))
  }

  /// Expressions over the rows' own columns, such as those that rows are grouped by.
  func keys(for what: String) -> ColumnExpressions { ColumnExpressions(rows: rows, at: place, for: what) }

  /// Excludes the grouping columns from what `*` means in `arg_max(x, *)`.
  func leaveOutOfStar(_ keys: [NamedExpression]) {
    let plain = Set(
      keys.compactMap { key -> Int? in
        if case .column(let index, _, _) = key.expression { return index }
        return nil
      })
    aggregates.starColumns = rows.schema.indices.filter { !plain.contains($0) }
  }

  func expression(_ syntax: ExpressionSyntax) throws -> OpenExpression { try binder.bind(syntax) }

  /// The columns that one item makes: several for `arg_max` and similar aggregates.
  func columns(_ item: NamedExpressionSyntax, _ names: inout NameMaker) throws -> [GroupColumn] {
    let first = aggregates.pending.count
    let expression = try binder.bind(item.expression)
    // A column outside of aggregates is reported at once, not when all items are known.
    _ = try closing(expression, keyCount: 0)
    if case .column(.aggregate(let result), _, let span) = expression, aggregates.pending.count == first + 1,
      result == aggregates.pending[first].firstResult
    {
      let aggregate = aggregates.pending[first]
      if item.names.count > max(1, aggregate.bound.results.count) {
        throw Diagnostic(
          "several-names", "`\(aggregate.bound.name)` returns fewer columns than there are names", at: item.span)
      }
      return aggregate.bound.results.enumerated().map { place, type in
        let automatic = place < aggregate.names.count ? aggregate.names[place] : "\(aggregate.bound.name)_\(place)"
        let name = place < item.names.count ? item.names[place].text : names.unique(automatic)
        return GroupColumn(name: name, expression: .column(.aggregate(result + place), type, span))
      }
    }
    if let several = aggregates.pending[first...].first(where: { $0.bound.results.count > 1 }) {
      throw Diagnostic(
        "several-columns", "`\(several.bound.name)` returns several columns and cannot be part of an expression here",
        at: several.bound.span)
    }
    if aggregates.pending.count == first {
      // A constant next to aggregates is allowed.
      _ = try place.calls.constant(expression, what: "an item of \(what) without an aggregate")
    }
    let automatic = item.names.isEmpty ? automaticName(item.expression) : nil
    let name = item.names.first?.text ?? automatic.map { names.unique($0) } ?? names.numbered()
    return [GroupColumn(name: name, expression: expression)]
  }

  /// The groups of `input` with these columns, and a projection over them when a column is more than one aggregate.
  ///
  /// - Throws: `not-aggregated` for a column of the input outside of aggregates.
  func aggregating(
    _ input: LogicalPlan, by keys: [NamedExpression], _ columns: [GroupColumn]
  ) throws -> LogicalPlan {
    let isDirect = columns.count == aggregates.resultCount
      && columns.enumerated().allSatisfy { place, column in
        if case .column(.aggregate(let result), _, _) = column.expression { return result == place }
        return false
      }
    let named = aggregates.pending.map { pending in
      NamedAggregate(
        pending.bound.results.indices.map { place in
          isDirect ? columns[pending.firstResult + place].name : "$\(pending.firstResult + place)"
        }, pending.bound)
    }
    let plan = LogicalPlan.aggregate(AggregatePlan(input: input, keys: keys, aggregates: named))
    if isDirect { return plan }
    let kept = keys.enumerated().map { index, key in
      NamedExpression(key.name, .column(index, key.expression.type, key.expression.span))
    }
    let computed = try columns.map { column in
      NamedExpression(column.name, try closing(column.expression, keyCount: keys.count))
    }
    return .project(plan, kept + computed)
  }

  /// The expression over the keys and the results of the aggregates, which follow them.
  private func closing(_ expression: OpenExpression, keyCount: Int) throws -> BoundExpression {
    try expression.substituting { reference, type, span in
      switch reference {
      case .aggregate(let result): return .column(keyCount + result, type, span)
      case .unknown: return .literal(.null(type), span)
      case .column(let index):
        throw Diagnostic(
          "not-aggregated", "`\(rows.schema[index].name)` has many values in a group", at: span,
          help: "use an aggregate such as `max(...)`, or group by it")
      case .window, .shared:
        throw Diagnostic("misplaced-window-function", "a value from neighbouring rows cannot be used here", at: span)
      }
    }
  }
}

/// A column of an aggregation, in terms of the results of aggregates.
struct GroupColumn {
  let name: String
  let expression: OpenExpression
}

/// The aggregates that an operator's expressions need.
final class AggregateColumns {
  struct Pending {
    let bound: BoundAggregate
    /// The name of each result column when the query does not give one.
    let names: [String]
    let firstResult: Int
  }

  private(set) var pending: [Pending] = []
  /// The results of all aggregates together.
  private(set) var resultCount = 0
  /// The columns that `*` means inside `arg_max` and similar aggregates.
  var starColumns: [Int]

  init(starColumns: [Int]) { self.starColumns = starColumns }

  /// Adds an aggregate and returns an expression that reads its first result.
  func adding(_ bound: BoundAggregate, names: [String], at span: SourceSpan) -> OpenExpression {
    let first = resultCount
    pending.append(Pending(bound: bound, names: names, firstResult: first))
    resultCount += bound.results.count
    return .column(.aggregate(first), bound.results.first ?? .dynamic, span)
  }
}
