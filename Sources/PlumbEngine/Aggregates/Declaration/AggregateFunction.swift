import PlumbDiagnostics

/// An aggregate function, declared in one place: its name, its meaning and its states.
package struct AggregateFunction: Sendable {
  package let name: String
  /// One sentence that names the parameters in backquotes.
  package let summary: String
  package let parameters: String
  /// Whole queries and the first cell of their answer.
  package let examples: [ScalarFunction.Example]
  package let overloads: [AggregateOverload]
  package let traits: AggregateTraits
  package let conditionalName: String?

  init(
    _ name: String, _ summary: String, _ parameters: String, examples: [ScalarFunction.Example],
    overloads: [AggregateOverload], traits: AggregateTraits = [], conditional: String? = nil
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.examples = examples
    self.overloads = overloads
    self.traits = traits
    conditionalName = conditional
  }

  /// The same function, whose result columns have other names.
  func naming(_ naming: AggregateNaming) -> AggregateFunction {
    AggregateFunction(
      name, summary, parameters, examples: examples,
      overloads: overloads.map {
        AggregateOverload($0.parameters, rest: $0.rest, naming: naming, results: $0.results, makeState: $0.makeState)
      }, traits: traits, conditional: conditionalName)
  }

  /// The aggregate of the same values that takes a predicate after them, as `sumif` does for `sum`; nil if none exists.
  package var conditional: AggregateFunction? { conditionalName.flatMap(AggregateFunction.named) }
}

/// What planners may know about an aggregate: they ask for traits, never for its name. Its state knows whether it depends on
/// the order of its rows.
package struct AggregateTraits: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// The result is a number of rows: each row of the statistics counts for as many rows as it represents. The state is a `CountState`.
  package static let countsRows = AggregateTraits(rawValue: 1)
  /// Every row counts, whatever the arguments are.
  package static let countsEveryRow = AggregateTraits(rawValue: 2)
  /// The result depends on which values occur, not on how many rows have them.
  package static let ignoresRepeats = AggregateTraits(rawValue: 4)
  /// The result depends only on the smallest and the largest value of the first argument.
  package static let readsExtremes = AggregateTraits(rawValue: 8)
}

/// One signature of an aggregate function.
package struct AggregateOverload: Sendable {
  let parameters: [ParameterType]
  /// The type of any number of further arguments; nil if none exist.
  let rest: ParameterType?
  /// The types of the results for these arguments, one for most functions; nil if they do not fit.
  let results: @Sendable ([ArgumentShape]) -> [ScalarType]?
  /// How the automatic column names are built; see `AggregateNaming`.
  let naming: AggregateNaming
  /// A new state for these arguments. Constants among them are known.
  let makeState: @Sendable ([ArgumentShape]) throws -> any AggregateState

  init(
    _ parameters: [ParameterType], rest: ParameterType? = nil, naming: AggregateNaming = .plain,
    results: @escaping @Sendable ([ArgumentShape]) -> [ScalarType]?,
    makeState: @escaping @Sendable ([ArgumentShape]) throws -> any AggregateState
  ) {
    self.parameters = parameters
    self.rest = rest
    self.naming = naming
    self.results = results
    self.makeState = makeState
  }
}

/// How the result columns of an aggregate are named if the query does not name them.
package enum AggregateNaming: Sendable, Hashable {
  /// `sum_x`: the function, then the first argument if it is a column, else `sum_`.
  case plain
  /// `list_x`: as `plain` with another word for the function.
  case prefixed(String)
  /// `covariance_x_y`: the function, then the first two arguments.
  case bothColumns
  /// `x` for the extremum and each further column under its own name, as `arg_max` does.
  case ownColumns
  /// `any_x`: each column under its own name after a word.
  case prefixedColumns(String)
  /// `percentile_x_95`, one column for each constant.
  case percentiles
}

/// The running results of one aggregate for all groups of one hash table.
///
/// Groups are numbered from 0 without gaps. One worker uses a state at a time.
protocol AggregateState: AnyObject {
  /// Whether the result may differ, if only in its last digits, when the same rows arrive in another order or are distributed
  /// over states that are merged. Over rows that the query has sorted such an aggregate runs on one worker.
  var dependsOnOrder: Bool { get }

  /// Makes room for groups up to `groups`; new ones hold the empty aggregate.
  func grow(to groups: Int)

  /// Adds `count` rows.
  ///
  /// - `inputs`: one vector per argument, constants and dictionary codes as they come.
  /// - `groups`: the group of each row; nil if all rows belong to group 0.
  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count: Int) throws

  /// Merges the groups `range` of `other`, a state of the same kind: `range.lowerBound + i` joins `groups[i]`.
  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) throws

  /// The results of groups 0 ..< `count`, one vector per result column.
  func finish(count: Int) throws -> [Vector]

  /// The same, on several workers if that is worth it.
  func finish(count: Int, _ context: ExecutionContext) throws -> [Vector]
}

extension AggregateState {
  func finish(count: Int, _ context: ExecutionContext) throws -> [Vector] { try finish(count: count) }
}

/// A call of an aggregate in a plan.
package struct BoundAggregate: Sendable {
  package let name: String
  package var arguments: [BoundExpression]
  package let results: [ScalarType]
  package let naming: AggregateNaming
  package let span: SourceSpan
  package let traits: AggregateTraits
  let dependsOnOrder: Bool
  let makeState: @Sendable () throws -> any AggregateState
}

extension AggregateFunction {
  /// Binds a call: picks the overload and inserts conversions.
  ///
  /// - Throws: `argument-types` or `argument-count` if no signature fits, and the function's own diagnostics about
  ///   constants that are out of range.
  package func binding(_ arguments: [BoundExpression], at span: SourceSpan) throws -> BoundAggregate {
    var best: (cost: Int, AggregateOverload, [BoundExpression], [ScalarType], [ArgumentShape])?
    for overload in overloads {
      guard
        let (cost, conversions) = fittingParameters(
          overload.parameters, overload.rest, minimumRest: 0, arguments.map(\.type))
      else { continue }
      if let best, best.cost <= cost { continue }
      let converted = zip(arguments, conversions).map { argument, target in
        target.map { argument.converted(to: $0) } ?? argument
      }
      let shapes = converted.map { ArgumentShape(type: $0.type, constant: $0.constant) }
      guard let results = overload.results(shapes) else { continue }
      best = (cost, overload, converted, results, shapes)
    }
    guard let (_, overload, converted, results, shapes) = best else {
      throw refusal(arguments, at: span)
    }
    let state: any AggregateState
    do {
      // Errors in constant arguments are reported here, at the position of the call.
      state = try overload.makeState(shapes)
    } catch var diagnostic as Diagnostic {
      diagnostic.span = diagnostic.span ?? span
      throw diagnostic
    }
    return BoundAggregate(
      name: name, arguments: converted, results: results, naming: overload.naming, span: span,
      traits: traits, dependsOnOrder: state.dependsOnOrder, makeState: { try overload.makeState(shapes) })
  }

  private func refusal(_ arguments: [BoundExpression], at span: SourceSpan) -> Diagnostic {
    let usage = name == "count" ? "write `count()`, or `countif(condition)` to count some of the rows" : "usage: `\(name)(\(parameters))`"
    let counts = overloads.map(\.parameters.count)
    if arguments.count < counts.min() ?? 0
      || (arguments.count > counts.max() ?? 0 && overloads.allSatisfy { $0.rest == nil })
    {
      return Diagnostic(
        "argument-count", "`\(name)` does not take \(arguments.count) argument\(arguments.count == 1 ? "" : "s")", at: span, help: usage)
    }
    let types = arguments.map(\.type.name).joined(separator: ", ")
    return Diagnostic("argument-types", "`\(name)` does not take \(types)", at: span, help: usage)
  }
}
