import PlumbDiagnostics
import PlumbEngine

/// The columns that the expressions of one operator can read, and what those expressions ask for besides.
///
/// Aggregates and window functions are not expressions over one row: each becomes a place-holding column
/// index, far above all real ones, and the operator puts the true index in once it knows it.
final class RowScope {
  let id: Int
  let schema: Schema
  let tableName: String?
  let isSerialized: Bool
  let broken: Set<String>
  private let places: [String: Int]

  /// Whether aggregates may stand here, and whether one is being read.
  var takesAggregates = false
  var isInsideAggregate = false
  var aggregates: [PendingAggregate] = []
  private(set) var aggregateResults = 0
  /// The columns that `*` means inside `arg_max` and its kin.
  var starColumns: [Int]

  /// Columns read as `name.column`: by the steps of `scan`, and the nodes and edges of a graph's pattern.
  var members: [String: [String: Int]] = [:]

  /// The graph's pattern that expressions are over.
  var graph: GraphScope?
  /// Over a graph's nodes: the column with the number of outgoing edges, that of the incoming behind it.
  var degreeColumns: Int?

  /// Whether window functions may stand here.
  var takesWindows = true
  var windows: [WindowColumn] = []

  /// Values that several columns are taken from, each computed once.
  private var shared: [BoundExpression] = []

  static let aggregateBase = 1 << 40
  static let windowBase = 1 << 41
  static let sharedBase = 1 << 42

  init(_ relation: Relation, id: Int) {
    self.id = id
    schema = relation.schema
    tableName = relation.name
    isSerialized = relation.isSerialized
    broken = relation.broken
    places = Dictionary(schema.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    starColumns = Array(schema.indices)
  }

  func index(of name: String) -> Int? { places[name] }

  /// Takes an aggregate in and gives the expression that stands for its first result.
  func adding(_ aggregate: PendingAggregate, at span: SourceSpan) -> BoundExpression {
    var aggregate = aggregate
    aggregate.firstResult = aggregateResults
    aggregates.append(aggregate)
    aggregateResults += aggregate.bound.results.count
    let type = aggregate.bound.results.first ?? .dynamic
    return .column(Self.aggregateBase + aggregate.firstResult, type, span)
  }

  /// Takes a window column in and gives the expression that stands for it.
  func adding(_ window: WindowColumn) -> BoundExpression {
    windows.append(window)
    return .column(Self.windowBase + windows.count - 1, window.type, window.span)
  }

  /// Takes in a value that several columns read and gives the expression that stands for it.
  func sharing(_ expression: BoundExpression) -> BoundExpression {
    shared.append(expression)
    return .column(Self.sharedBase + shared.count - 1, expression.type, expression.span)
  }

  /// The input with the window columns and the shared values at its end, and the map from place-holders to them.
  func windowed(_ plan: LogicalPlan) -> (LogicalPlan, (BoundExpression) -> BoundExpression) {
    guard !windows.isEmpty || !shared.isEmpty else { return (plan, { $0 }) }
    let width = schema.count, windowCount = windows.count
    let placed: (BoundExpression) -> BoundExpression = { expression in
      expression.mappingColumns { index in
        if index >= Self.sharedBase { return width + windowCount + index - Self.sharedBase }
        return index >= Self.windowBase ? width + index - Self.windowBase : index
      }
    }
    let windowed = stacking(windows, on: plan, placed)
    if shared.isEmpty { return (windowed, placed) }
    let columns = windowed.schema.enumerated().map { index, column in
      NamedExpression(column.name, .column(index, column.type, .none))
    }
    let values = shared.enumerated().map { NamedExpression("$shared\($0)", placed($1)) }
    return (.project(windowed, columns + values), placed)
  }

  /// The window columns over the input, those that read others above them.
  private func stacking(
    _ windows: [WindowColumn], on plan: LogicalPlan, _ placed: (BoundExpression) -> BoundExpression
  ) -> LogicalPlan {
    var result = plan
    var level: [WindowColumn] = []
    var levelStart = Self.windowBase
    for (place, var window) in windows.enumerated() {
      // A column that reads one of this level needs that level to be done.
      if window.arguments.contains(where: { $0.columns.contains { $0 >= levelStart } }) {
        result = .window(result, level)
        level = []
        levelStart = Self.windowBase + place
      }
      window.arguments = window.arguments.map(placed)
      level.append(window)
    }
    return level.isEmpty ? result : .window(result, level)
  }
}

/// An aggregate that an expression of `summarize` asks for.
struct PendingAggregate {
  let bound: BoundAggregate
  /// What each result column is called when the query does not say.
  let names: [String]
  var firstResult = 0
}

/// Where an expression stands: the names it can use, and the rows it is over.
struct Place {
  var scope: Scope
  var row: RowScope?
  /// False in a function's body, which sees its parameters but not the caller's columns.
  var seesColumns = true
  /// What the operator is called, for messages.
  var what = "an expression"
}
