extension AggregateFunction {
  /// Counts, sums, means and extremes. To add one, add an element; no other code changes.
  static let numbers: [AggregateFunction] = [
    AggregateFunction(
      "count", "Counts the rows, including those where `expression` is null.", "[expression]",
      examples: [
        .init("range x from 1 to 5 step 1 | summarize count()", is: "5"),
        .init("datatable(x: long)[1, long(null)] | summarize count(x)", is: "2"),
      ],
      overloads: [
        .fixed([], to: .long) { CountState(predicate: false) },
        // Who counts a condition means `countif`.
        AggregateOverload([.any], results: { $0.first?.type == .bool ? nil : [.long] }) { _ in CountState(predicate: false) },
      ], traits: [.countsRows, .countsEveryRow], conditional: "countif"),

    AggregateFunction(
      "countif", "Counts the rows for which `predicate` is true.", "predicate",
      examples: [.init("range x from 1 to 5 step 1 | summarize countif(x > 3)", is: "2")],
      overloads: [.fixed([.bool], to: .long) { CountState(predicate: true) }], traits: .countsRows),

    AggregateFunction(
      "sum", "Adds the values of `expression`; 0 without values. Whole numbers wrap.", "expression",
      examples: [
        .init("range x from 1 to 5 step 1 | summarize sum(x)", is: "15"),
        .init("datatable(x: timespan)[1h, 30m] | summarize sum(x)", is: "01:30:00"),
      ],
      overloads: sums(predicate: false), conditional: "sumif"),

    AggregateFunction(
      "sumif", "Adds the values of `expression` where `predicate` is true.", "expression, predicate",
      examples: [.init("range x from 1 to 5 step 1 | summarize sumif(x, x > 3)", is: "9")],
      overloads: sums(predicate: true)),

    AggregateFunction(
      "avg", "Computes the mean of the non-null values of `expression`; NaN without values.",
      "expression",
      examples: [
        .init("range x from 1 to 4 step 1 | summarize avg(x)", is: "2.5"),
        .init("datatable(x: timespan)[1h, 2h] | summarize avg(x)", is: "01:30:00"),
        .init("datatable(x: long)[] | summarize avg(x)", is: "NaN"),
      ],
      overloads: means(predicate: false), conditional: "avgif"),

    AggregateFunction(
      "avgif", "Computes the mean of `expression` where `predicate` is true.", "expression, predicate",
      examples: [.init("range x from 1 to 4 step 1 | summarize avgif(x, x > 2)", is: "3.5")],
      overloads: means(predicate: true)),

    AggregateFunction(
      "min", "Returns the smallest value of `expression`; null without values.", "expression",
      examples: [
        .init("datatable(x: long)[3, long(null), 2] | summarize min(x)", is: "2"),
        .init(#"datatable(x: string)["pear", "fig"] | summarize min(x)"#, is: "fig"),
      ],
      overloads: extremes(Least.self, predicate: false), traits: [.ignoresRepeats, .readsExtremes], conditional: "minif"),

    AggregateFunction(
      "minif", "Returns the smallest value of `expression` where `predicate` is true.", "expression, predicate",
      examples: [.init("range x from 1 to 5 step 1 | summarize minif(x, x % 2 == 0)", is: "2")],
      overloads: extremes(Least.self, predicate: true), traits: .ignoresRepeats),

    AggregateFunction(
      "max", "Returns the largest value of `expression`; null without values.", "expression",
      examples: [
        .init("datatable(x: real)[1.5, 0.5] | summarize max(x)", is: "1.5"),
        .init(#"datatable(x: string)["pear", "fig"] | summarize max(x)"#, is: "pear"),
      ],
      overloads: extremes(Greatest.self, predicate: false), traits: [.ignoresRepeats, .readsExtremes], conditional: "maxif"),

    AggregateFunction(
      "maxif", "Returns the largest value of `expression` where `predicate` is true.", "expression, predicate",
      examples: [.init("range x from 1 to 5 step 1 | summarize maxif(x, x % 2 == 0)", is: "4")],
      overloads: extremes(Greatest.self, predicate: true), traits: .ignoresRepeats),

    AggregateFunction(
      "binary_all_and", "Combines all values of `number` with bitwise AND.", "number",
      examples: [.init("datatable(x: long)[7, 13] | summarize binary_all_and(x)", is: "5")],
      overloads: [.accumulating(BitAccumulator<AndBits>.self, .long, to: .long, predicate: false) { $0.result }]),

    AggregateFunction(
      "binary_all_or", "Combines all values of `number` with bitwise OR.", "number",
      examples: [.init("datatable(x: long)[5, 10] | summarize binary_all_or(x)", is: "15")],
      overloads: [.accumulating(BitAccumulator<OrBits>.self, .long, to: .long, predicate: false) { $0.result }]),

    AggregateFunction(
      "binary_all_xor", "Combines all values of `number` with bitwise exclusive OR.", "number",
      examples: [.init("datatable(x: long)[5, 6] | summarize binary_all_xor(x)", is: "3")],
      overloads: [.accumulating(BitAccumulator<XorBits>.self, .long, to: .long, predicate: false) { $0.result }]),
  ]

  private static func sums(predicate: Bool) -> [AggregateOverload] {
    [
      .accumulating(SumOfWords.self, .long, to: .long, predicate: predicate) { $0 },
      .accumulating(SumOfWords.self, .int, to: .long, predicate: predicate) { $0 },
      .accumulating(SumOfReals.self, .real, to: .real, predicate: predicate) { $0 },
      .accumulating(SumOfDecimals.self, .decimal, to: .decimal, predicate: predicate) { $0.total },
      .accumulating(SumOfWords.self, .timespan, to: .timespan, predicate: predicate) { $0 },
    ]
  }

  private static func means(predicate: Bool) -> [AggregateOverload] {
    [
      .accumulating(MeanOfWords.self, .long, to: .real, predicate: predicate) { $0.mean },
      .accumulating(MeanOfWords.self, .int, to: .real, predicate: predicate) { $0.mean },
      .accumulating(MeanOfReals.self, .real, to: .real, predicate: predicate) { $0.mean },
      .accumulating(SumOfDecimals.self, .decimal, to: .decimal, predicate: predicate) { $0.mean },
      .accumulating(MeanOfWords.self, .timespan, to: .timespan, predicate: predicate) { $0.wholeMean },
      .accumulating(MeanOfWords.self, .datetime, to: .datetime, predicate: predicate) { $0.wholeMean },
    ]
  }

  @inline(__always)
  private static func extremes<D: Direction>(_: D.Type, predicate: Bool) -> [AggregateOverload] {
    let isMaximum = D.isMaximum
    let words: [ScalarType] = [.long, .int, .datetime, .timespan]
    let texts: [ScalarType] = [.string, .dynamic]
    return words.map { type in
      let loops = AccumulatorLoops(Extremum<Int64, D>.self, to: type) { $0.result }
      return .fixed([type], to: type, predicate: predicate) { AccumulatorState(loops, predicate: predicate) }
    } + [
      .accumulating(Extremum<Double, D>.self, .real, to: .real, predicate: predicate) { $0.result },
      .accumulating(Extremum<Decimal128, D>.self, .decimal, to: .decimal, predicate: predicate) { $0.result },
      .accumulating(Extremum<UInt8, D>.self, .bool, to: .bool, predicate: predicate) { $0.result },
      .accumulating(Extremum<GUID, D>.self, .guid, to: .guid, predicate: predicate) { $0.result },
    ] + texts.map { type in
      .fixed([type], to: type, predicate: predicate) {
        TextExtremumState(type, isMaximum: isMaximum, predicate: predicate)
      }
    }
  }
}

extension BitAccumulator.Cell {
  fileprivate var result: Int64? { seen ? bits : nil }
}
