extension AggregateFunction {
  /// Percentiles by nearest rank, exact.
  static let percentiles: [AggregateFunction] = [
    AggregateFunction(
      "percentile", "Returns the value that `percentage` percent of the values of `expression` do not exceed.",
      "expression, percentage",
      examples: [.init("range x from 1 to 100 step 1 | summarize percentile(x, 95)", is: "95")],
      overloads: columns(rest: false)),

    AggregateFunction(
      "percentiles", "Returns one column for each `percentage` of the values of `expression`.",
      "expression, percentage...",
      examples: [.init("range x from 1 to 100 step 1 | summarize percentiles(x, 50, 95)", is: "50")],
      overloads: columns(rest: true)),

    AggregateFunction(
      "percentiles_array",
      "Returns an array with one value for each `percentage` of `expression`; an array of percentages also works.",
      "expression, percentage...",
      examples: [
        .init("range x from 1 to 100 step 1 | summarize percentiles_array(x, 50, 95)", is: "[50,95]"),
        .init("range x from 1 to 100 step 1 | summarize percentiles_array(x, dynamic([50, 95]))", is: "[50,95]"),
      ],
      overloads: arrays("percentiles")),

    AggregateFunction(
      "percentilew", "Returns the percentile of `expression`, each value counted `weight` times.",
      "expression, weight, percentage",
      examples: [
        .init("datatable(x: long, w: long)[10, 8, 20, 6, 30, 3] | summarize percentilew(x, w, 50)", is: "20")
      ],
      overloads: weightedColumns(rest: false)),

    AggregateFunction(
      "percentilesw",
      "Returns one column for each `percentage` of `expression`, each value counted `weight` times.",
      "expression, weight, percentage...",
      examples: [
        .init("datatable(x: long, w: long)[10, 8, 20, 6, 30, 3] | summarize percentilesw(x, w, 50, 99)", is: "20")
      ],
      overloads: weightedColumns(rest: true)),

    AggregateFunction(
      "percentilesw_array",
      "Returns an array with one value for each `percentage` of `expression`, each value counted `weight` times.",
      "expression, weight, percentage...",
      examples: [
        .init(
          "datatable(x: long, w: long)[10, 8, 20, 6, 30, 3] | summarize percentilesw_array(x, w, 50, 99)",
          is: "[20,30]")
      ],
      overloads: weightedArrays),
  ]

  /// Types whose values have ranks; int becomes long.
  private static let ranked: [ScalarType] = [.long, .int, .real, .datetime, .timespan]

  private static func result(_ type: ScalarType) -> ScalarType { type == .int ? .long : type }

  private static func columns(rest: Bool) -> [AggregateOverload] {
    ranked.map { type in
      AggregateOverload(
        [.exactly(type), .number], rest: rest ? .number : nil, naming: .percentiles,
        results: { shapes in shapes.dropFirst().map { _ in result(type) } },
        makeState: { PercentileState(type, try percentages($0[1...]), asArray: false) })
    }
  }

  private static func arrays(_ prefix: String) -> [AggregateOverload] {
    ranked.map { type in
      AggregateOverload(
        [.exactly(type), .any], rest: .any, naming: .prefixed(prefix), results: { _ in [.dynamic] },
        makeState: { PercentileState(type, try percentages($0[1...]), asArray: true) })
    }
  }

  private static func weightedColumns(rest: Bool) -> [AggregateOverload] {
    ranked.map { type in
      AggregateOverload(
        [.exactly(type), .exactly(.long), .number], rest: rest ? .number : nil, naming: .percentiles,
        results: { shapes in shapes.dropFirst(2).map { _ in result(type) } },
        makeState: { WeightedPercentileState(type, try percentages($0[2...]), asArray: false) })
    }
  }

  private static let weightedArrays: [AggregateOverload] = ranked.map { type in
    AggregateOverload(
      [.exactly(type), .exactly(.long), .any], rest: .any, naming: .prefixed("percentile"),
      results: { _ in [.dynamic] },
      makeState: { WeightedPercentileState(type, try percentages($0[2...]), asArray: true) })
  }
}
