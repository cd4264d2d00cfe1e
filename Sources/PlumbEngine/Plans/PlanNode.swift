/// An operator of the algebra with its arguments, declared in one file of `PlumbEngine/Operators/`: its name in
/// `explain`, its traits, its expressions, and how it runs.
///
/// A requirement with a default costs a plan some speed if the default is used, but never a wrong row.
protocol PlanNode: Sendable {
  /// The traits of the operator, whatever its arguments are.
  static var traits: PlanTraits { get }

  /// The plans that it reads from; their number is fixed.
  var inputs: [LogicalPlan] { get set }

  /// The columns of its rows.
  var schema: Schema { get }

  /// Its line in `explain` and `profile`.
  var label: String { get }

  /// Replaces each expression by the result of `change` for it and the plan whose columns it reads.
  mutating func mapExpressions(_ change: (_ expression: BoundExpression, _ input: LogicalPlan) -> BoundExpression)

  /// An estimate of the number of rows.
  var rowEstimate: Int { get }

  /// How it runs.
  func physical() -> PhysicalNode

  /// What it means, for engines that run plans in their own language.
  var form: PlanForm { get }

  /// The plans that `explain` draws below it: its inputs, unless it says otherwise.
  var drawnInputs: [LogicalPlan] { get }

  /// The number of rows, if it is known without running the plan.
  var knownRowCount: Int? { get }

  /// The expression over the first input's columns that equals an output column, row by row; nil if none exists.
  func origin(ofColumn index: Int) -> BoundExpression?

  /// What is known about the values of an output column before any row is read.
  func bounds(ofColumn index: Int) -> KeyBounds

  /// The plan with at least the `needed` columns of the output.
  func keeping(_ needed: Set<Int>) -> PrunedPlan

  /// The plan with `filters`, conditions over its output, moved as close as possible to the rows that they test.
  func pushing(_ filters: [BoundExpression]) -> LogicalPlan

  /// The plan over an input that carries columns unknown to the plan; nil if it cannot carry them.
  func carrying(_ input: CarryingPlan) -> CarryingPlan?
}

/// The traits of an operator, whatever its arguments are: the optimiser asks for these, never which operator it is.
struct PlanTraits: Sendable {
  enum Order: Sendable {
    /// Rows are in the order of the first input.
    case kept
    /// The operator establishes an order that later operators may rely on.
    case made
    /// Rows are in an arbitrary order.
    case lost
  }

  let order: Order
  /// Whether there are as many rows as in the input.
  let keepsCount: Bool
  /// Whether the input's columns come first in the output, unchanged and in place; new ones follow.
  let passesColumns: Bool
  /// Whether an output row depends on one input row alone.
  let isRowwise: Bool
  /// Whether its expressions may be evaluated once for each combination of values of columns with few values; see `DictionaryLift`.
  let readsDictionaries: Bool

  init(
    order: Order, keepsCount: Bool = false, passesColumns: Bool = false, isRowwise: Bool = false,
    readsDictionaries: Bool = false
  ) {
    self.order = order
    self.keepsCount = keepsCount
    self.passesColumns = passesColumns
    self.isRowwise = isRowwise
    self.readsDictionaries = readsDictionaries
  }
}

extension PlanNode {
  var traits: PlanTraits { Self.traits }

  var drawnInputs: [LogicalPlan] { inputs }

  var form: PlanForm { .other }

  var knownRowCount: Int? { traits.keepsCount ? inputs.first?.node.knownRowCount : nil }

  func origin(ofColumn index: Int) -> BoundExpression? {
    guard traits.passesColumns, let input = inputs.first, index < input.schema.count else { return nil }
    return .column(index, input.schema[index].type, .none)
  }

  func bounds(ofColumn index: Int) -> KeyBounds {
    guard let input = inputs.first, let origin = origin(ofColumn: index) else { return .unknown }
    return origin.bounds(over: input)
  }

  func pushing(_ filters: [BoundExpression]) -> LogicalPlan {
    LogicalPlan(self).mappingInputs { $0.node.pushing([]) }.filtered(by: filters)
  }

  /// Calls `body` for each expression.
  func forEachExpression(_ body: (BoundExpression) -> Void) {
    var copy = self
    copy.mapExpressions { expression, _ in
      body(expression)
      return expression
    }
  }
}

/// A node that makes its rows without reading from another plan.
protocol SourcePlanNode: PlanNode {}

extension SourcePlanNode {
  var inputs: [LogicalPlan] {
    get { [] }
    set {}
  }
}

/// A node that reads from one plan.
protocol UnaryPlanNode: PlanNode {
  var input: LogicalPlan { get set }
}

extension UnaryPlanNode {
  var inputs: [LogicalPlan] {
    get { [input] }
    set { input = newValue[0] }
  }
}
