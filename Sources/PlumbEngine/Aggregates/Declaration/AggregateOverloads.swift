extension AggregateOverload {
  /// An overload over one argument of a fixed type, followed by a predicate if `predicate` is set.
  @inline(__always)
  static func accumulating<F: Accumulator, T: BitwiseCopyable>(
    _ accumulator: F.Type, _ type: ScalarType, to result: ScalarType, predicate: Bool,
    _ value: @escaping @Sendable (F.Cell) -> T?
  ) -> AggregateOverload {
    let loops = AccumulatorLoops(accumulator, to: result, value)
    return .fixed([type], to: result, predicate: predicate) { AccumulatorState(loops, predicate: predicate) }
  }

  /// An overload with fixed types, one result and a state that needs no further information.
  static func fixed(
    _ types: [ScalarType], to result: ScalarType, predicate: Bool = false, naming: AggregateNaming = .plain,
    _ makeState: @escaping @Sendable () -> any AggregateState
  ) -> AggregateOverload {
    AggregateOverload(
      (types + (predicate ? [.bool] : [])).map { .exactly($0) }, naming: naming,
      results: { _ in [result] }, makeState: { _ in makeState() })
  }
}

extension AggregateFunction {
  /// Every aggregate function, by family.
  package static let all: [AggregateFunction] =
    numbers + statistics + distincts + rowSelectors + collections + percentiles + sketches

  /// Older names of the same functions.
  static let aliases: [String: String] = [
    "any": "take_any", "anyif": "take_anyif", "makelist": "make_list", "makeset": "make_set",
    "make_dictionary": "make_bag", "argmax": "arg_max", "argmin": "arg_min",
  ]

  private static let byName: [String: AggregateFunction] = {
    var functions: [String: AggregateFunction] = [:]
    for function in all { functions[function.name] = function }
    for (alias, name) in aliases { functions[alias] = functions[name] }
    // Queries written with the older name expect its columns.
    functions["any"] = functions["take_any"]?.naming(.prefixedColumns("any"))
    return functions
  }()

  /// The function called `name`, which may be one of the older names.
  package static func named(_ name: String) -> AggregateFunction? { byName[name] }
}
