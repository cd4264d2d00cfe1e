extension AggregateFunction {
  /// Aggregates that pick a row of each group.
  static let rowSelectors: [AggregateFunction] = [
    AggregateFunction(
      "arg_max",
      "Returns the largest value of `key`, and each `expression` from that row; the first row wins a tie.",
      "key, expression...",
      examples: [
        .init(#"datatable(a: string, x: long)["p", 1, "q", 3] | summarize arg_max(x, a)"#, is: "3"),
        .init(#"datatable(a: string, x: long)["p", 1, "q", 3] | summarize arg_max(x, a) | project a"#, is: "q"),
      ],
      overloads: [.rowSelector { ArgExtremumState($0, isMaximum: true) }]),

    AggregateFunction(
      "arg_min",
      "Returns the smallest value of `key`, and each `expression` from that row; the first row wins a tie.",
      "key, expression...",
      examples: [
        .init(#"datatable(a: string, x: long)["p", 1, "q", 3] | summarize arg_min(x, a) | project a"#, is: "p")
      ],
      overloads: [.rowSelector { ArgExtremumState($0, isMaximum: false) }]),

    AggregateFunction(
      "take_any", "Returns each `expression` from some row of the group; a single one is non-empty if possible.",
      "expression...",
      examples: [.init(#"datatable(a: string)["", "p"] | summarize take_any(a)"#, is: "p")],
      overloads: [.rowSelector { AnyRowState($0, predicate: false) }], conditional: "take_anyif"),

    AggregateFunction(
      "take_anyif", "Returns `expression` from some row of the group for which `predicate` is true.",
      "expression, predicate",
      examples: [.init("datatable(x: long)[1, 2, 3] | summarize take_anyif(x, x > 2)", is: "3")],
      overloads: [
        AggregateOverload(
          [.any, .exactly(.bool)], naming: .ownColumns, results: { [$0[0].type] },
          makeState: { AnyRowState([$0[0].type], predicate: true) })
      ]),
  ]
}

extension AggregateOverload {
  /// One result for each argument, of its type.
  fileprivate static func rowSelector(
    _ makeState: @escaping @Sendable ([ScalarType]) -> any AggregateState
  ) -> AggregateOverload {
    AggregateOverload(
      [.any], rest: .any, naming: .ownColumns, results: { $0.map(\.type) },
      makeState: { makeState($0.map(\.type)) })
  }
}
