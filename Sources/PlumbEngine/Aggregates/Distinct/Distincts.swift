extension AggregateFunction {
  /// Counts of distinct values. `count_distinct` is exact. `dcount` takes texts with equal 64-bit hashes for one: among
  /// 6 billion texts, one such pair is expected. Its accuracy is accepted and checked.
  static let distincts: [AggregateFunction] = [
    AggregateFunction(
      "dcount",
      "Counts the distinct values of `expression`, for every `accuracy` from 0 to 4: exactly, unless the 64-bit hashes of two texts are equal.",
      "expression, [accuracy]",
      examples: [.init(#"datatable(x: string)["a", "b", "a"] | summarize dcount(x)"#, is: "2")],
      overloads: [.distinct([.any], predicate: false, hashing: true), .distinct([.any, .exactly(.long)], predicate: false, hashing: true)],
      traits: .ignoresRepeats, conditional: "dcountif"),

    AggregateFunction(
      "dcountif",
      "Counts the distinct values of `expression` where `predicate` is true, as exactly as `dcount`.",
      "expression, predicate, [accuracy]",
      examples: [.init("datatable(x: long)[1, 2, 2, 3] | summarize dcountif(x, x > 1)", is: "2")],
      overloads: [
        .distinct([.any, .exactly(.bool)], predicate: true, hashing: true),
        .distinct([.any, .exactly(.bool), .exactly(.long)], predicate: true, hashing: true),
      ], traits: .ignoresRepeats),

    AggregateFunction(
      "count_distinct", "Counts the distinct values of `expression`.", "expression",
      examples: [.init("datatable(x: long)[1, 2, 2, long(null)] | summarize count_distinct(x)", is: "2")],
      overloads: [.distinct([.any], predicate: false)], traits: .ignoresRepeats, conditional: "count_distinctif"),

    AggregateFunction(
      "count_distinctif", "Counts the distinct values of `expression` where `predicate` is true.",
      "expression, predicate",
      examples: [.init("datatable(x: long)[1, 2, 2, 3] | summarize count_distinctif(x, x < 3)", is: "2")],
      overloads: [.distinct([.any, .exactly(.bool)], predicate: true)], traits: .ignoresRepeats),
  ]
}

extension AggregateOverload {
  fileprivate static func distinct(_ parameters: [ParameterType], predicate: Bool, hashing: Bool = false) -> AggregateOverload {
    AggregateOverload(parameters, results: { _ in [.long] }) { shapes in
      let plain = predicate ? 2 : 1
      if shapes.count > plain { _ = try sketchAccuracy(shapes[plain]) }
      return DistinctState(shapes[0].type, predicate: predicate, hashing: hashing)
    }
  }
}
