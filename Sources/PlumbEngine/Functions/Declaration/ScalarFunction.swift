import PlumbDiagnostics

/// A scalar function or operator, declared in one place: its name, its meaning and its kernels.
///
/// `.help`, completion, the reference page and the example tests read this value.
package struct ScalarFunction: Sendable {
  package let name: String
  /// One sentence that names the parameters in backquotes.
  package let summary: String
  /// The parameters as a user writes them, `text, start, [length]`.
  package let parameters: String
  package let examples: [Example]
  package let overloads: [Overload]
  package let traits: FunctionTraits
  /// The names of the columns that a call makes.
  package internal(set) var naming = ColumnNaming.numbered
  /// The columns that the results make, for a function of several results.
  package internal(set) var results: ResultColumns?

  /// An expression and its output, checked by a test.
  package struct Example: Sendable {
    package let expression: String
    package let result: String
    package init(_ expression: String, is result: String) {
      self.expression = expression
      self.result = result
    }
  }

  init(
    _ name: String, _ summary: String, _ parameters: String, examples: [Example],
    overloads: [Overload], traits: FunctionTraits = .usual
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.examples = examples
    self.overloads = overloads
    self.traits = traits
  }
}

/// What an overload accepts at one position.
package enum ParameterType: Sendable, Hashable {
  case exactly(ScalarType)
  /// Any type, unchanged.
  case any
  /// int, long, real or decimal, unchanged.
  case number
}

/// What is known about an argument when a call is bound.
package struct ArgumentShape: Sendable {
  package let type: ScalarType
  /// Its value, if it is a constant.
  package let constant: Value?
}

/// One signature of a scalar function with its kernel.
package struct Overload: Sendable {
  let parameters: [ParameterType]
  /// The type of any number of further arguments; nil if none exist.
  let rest: ParameterType?
  /// The minimum number of further arguments.
  let minimumRest: Int
  /// The result type; nil if these arguments do not fit.
  let result: @Sendable ([ArgumentShape]) -> ScalarType?
  let kernel: @Sendable (Arguments) throws -> Vector
  /// What the bounds of the arguments imply for the results; nil if nothing.
  private(set) var bounds: BoundsRule?
  /// The moments around one that have the same result; nil if nothing is known.
  private(set) var level: LevelRule?

  /// From the bounds of the arguments, and their values where they are constants.
  typealias BoundsRule = @Sendable (_ bounds: [KeyBounds], _ constants: [Value?]) -> KeyBounds

  /// From a moment, the first argument, and the other arguments, which are constant.
  typealias LevelRule = @Sendable (_ ticks: Int64, _ constants: ArraySlice<Vector>) -> ClosedRange<Int64>?

  /// The same overload of a function whose result is the same for all moments of a range: rows in the order of time are mostly within
  /// one, and then need one call.
  func level(_ level: @escaping LevelRule) -> Overload {
    var copy = self
    copy.level = level
    return copy
  }

  /// The same for a function of the calendar's or the clock's unit, such as a day, in which a moment is.
  func level(within unit: Int64) -> Overload {
    level { ticks, _ in ticks &- ticks % unit...ticks &- ticks % unit &+ (unit &- 1) }
  }

  /// The same overload with results of which something is known before any row is read.
  func bounded(_ bounds: @escaping BoundsRule) -> Overload {
    var copy = self
    copy.bounds = bounds
    return copy
  }

  /// The same overload with whole numbers, times or spans in a range, whatever the arguments are.
  func bounded(by range: ClosedRange<Int64>) -> Overload { bounded { _, _ in .words(range) } }

  /// The same overload of a function of reals that grows with its first argument, the others being constant.
  ///
  /// - Parameter body: the function; the bounds of its results are a little wider than what it returns at the ends, as its last digits
  ///   may not grow.
  func growing(_ body: @escaping @Sendable (_ value: Double, _ constants: [Value?]) -> Double?) -> Overload {
    bounded { bounds, constants in
      guard case .reals(let range) = bounds[0], let low = body(range.lowerBound, constants),
        let high = body(range.upperBound, constants), low.isFinite, high.isFinite, low <= high
      else { return .unknown }
      let margin = 1e-9 * Swift.max(low.magnitude, high.magnitude, 1)
      return .reals(low - margin...high + margin)
    }
  }

  /// The full form, for kernels that work on whole vectors.
  ///
  /// The kernel sees constants as constants unless every argument is one: then it sees one row.
  static func columns(
    _ parameters: [ParameterType], rest: ParameterType? = nil, minimumRest: Int = 0,
    result: @escaping @Sendable ([ArgumentShape]) -> ScalarType?,
    kernel: @escaping @Sendable (Arguments) throws -> Vector
  ) -> Overload {
    Overload(parameters: parameters, rest: rest, minimumRest: minimumRest, result: result, kernel: kernel)
  }

  /// The same with a fixed result type.
  static func columns(
    _ parameters: [ScalarType], rest: ParameterType? = nil, minimumRest: Int = 0, to result: ScalarType,
    kernel: @escaping @Sendable (Arguments) throws -> Vector
  ) -> Overload {
    Overload(
      parameters: parameters.map { .exactly($0) }, rest: rest, minimumRest: minimumRest,
      result: { _ in result }, kernel: kernel)
  }
}

/// The arguments of one call over one chunk.
struct Arguments {
  let vectors: [Vector]
  /// The number of rows of the result.
  let count: Int
  /// The result type that was bound.
  let type: ScalarType
  let context: ExecutionContext
  /// The positions of the call and of each argument in the query, for diagnostics.
  let span: SourceSpan
  let argumentSpans: [SourceSpan]
  let prepared: Prepared

  subscript(index: Int) -> Vector { vectors[index] }

  /// A vector in plain lanes; a constant stays one.
  func plain(_ index: Int) -> Vector { vectors[index].decoded() }

  /// The argument's value if it is the same for all rows.
  func constant(_ index: Int) -> Value? {
    vectors[index].isConstant ? vectors[index].value(at: 0) : nil
  }
}
