extension AggregateFunction {
  /// Lists, sets, bags and schemas: aggregates with a dynamic value.
  static let collections: [AggregateFunction] = [
    AggregateFunction(
      "make_list", "Collects the non-null values of `expression` into an array, at most `limit` of them.",
      "expression, [limit]",
      examples: [
        .init("range x from 1 to 3 step 1 | summarize make_list(x)", is: "[1,2,3]"),
        .init("range x from 1 to 3 step 1 | summarize make_list(x, 2)", is: "[1,2]"),
        .init("datatable(x: long)[] | summarize make_list(x)", is: "[]"),
      ],
      overloads: lists(.values, "list", predicate: false), conditional: "make_list_if"),

    AggregateFunction(
      "make_list_if", "Collects the values of `expression` where `predicate` is true into an array.",
      "expression, predicate, [limit]",
      examples: [.init("range x from 1 to 4 step 1 | summarize make_list_if(x, x > 2)", is: "[3,4]")],
      overloads: lists(.values, "list", predicate: true)),

    AggregateFunction(
      "make_list_with_nulls", "Collects all values of `expression` into an array, including nulls.",
      "expression, [limit]",
      examples: [.init("datatable(x: long)[1, long(null)] | summarize make_list_with_nulls(x)", is: "[1,null]")],
      overloads: lists(.valuesAndNulls, "list", predicate: false)),

    AggregateFunction(
      "make_set",
      "Collects the distinct values of `expression` into an array, at most `limit` of them; for arrays, their elements.",
      "expression, [limit]",
      examples: [
        .init(#"datatable(x: string)["b", "a", "b"] | summarize make_set(x)"#, is: #"["b","a"]"#),
        .init("datatable(x: dynamic)[dynamic([1, 2]), dynamic([2, 3])] | summarize make_set(x)", is: "[1,2,3]"),
      ],
      overloads: lists(.distinct, "set", predicate: false), conditional: "make_set_if"),

    AggregateFunction(
      "make_set_if", "Collects the distinct values of `expression` where `predicate` is true into an array.",
      "expression, predicate, [limit]",
      examples: [.init("datatable(x: long)[1, 2, 2] | summarize make_set_if(x, x > 1)", is: "[2]")],
      overloads: lists(.distinct, "set", predicate: true)),

    AggregateFunction(
      "make_bag", "Merges the bags in `expression`; the first value wins for duplicate keys.",
      "expression, [limit]",
      examples: [
        .init(
          #"datatable(x: dynamic)[dynamic({"a": 1}), dynamic({"b": 2})] | summarize make_bag(x)"#,
          is: #"{"a":1,"b":2}"#)
      ],
      overloads: bags(predicate: false), conditional: "make_bag_if"),

    AggregateFunction(
      "make_bag_if", "Merges the bags in `expression` where `predicate` is true.",
      "expression, predicate, [limit]",
      examples: [
        .init(
          #"datatable(x: dynamic, y: bool)[dynamic({"a": 1}), true, dynamic({"b": 2}), false]"#
            + " | summarize make_bag_if(x, y)",
          is: #"{"a":1}"#)
      ],
      overloads: bags(predicate: true)),

    AggregateFunction(
      "buildschema", "Returns the smallest schema that admits all values of `expression`.", "expression",
      examples: [
        .init(
          #"datatable(x: dynamic)[dynamic({"a": 1}), dynamic({"a": "b"})] | summarize buildschema(x)"#,
          is: #"{"a":["long","string"]}"#)
      ],
      overloads: [.fixed([.dynamic], to: .dynamic, naming: .prefixed("schema")) { SchemaState() }]),
  ]

  private static func lists(
    _ kind: ListState.Kind, _ prefix: String, predicate: Bool
  ) -> [AggregateOverload] {
    limited([.any], prefix, predicate: predicate) { shape, limit in
      ListState(shape.type, kind, limit: limit, predicate: predicate)
    }
  }

  private static func bags(predicate: Bool) -> [AggregateOverload] {
    limited([.exactly(.dynamic)], "bag", predicate: predicate) { _, limit in
      BagState(limit: limit, predicate: predicate)
    }
  }

  /// An overload without and one with a limit at the end.
  private static func limited(
    _ parameters: [ParameterType], _ prefix: String, predicate: Bool,
    _ makeState: @escaping @Sendable (ArgumentShape, Int) -> any AggregateState
  ) -> [AggregateOverload] {
    let plain = parameters + (predicate ? [.exactly(.bool)] : [])
    return [plain, plain + [.exactly(.long)]].map { parameters in
      AggregateOverload(parameters, naming: .prefixed(prefix), results: { _ in [.dynamic] }) { shapes in
        let limit = try collectionLimit(shapes.count > plain.count ? shapes[plain.count] : nil)
        return makeState(shapes[0], limit)
      }
    }
  }
}
