import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Plugin {
  /// Plugins that look up values in tables, or compare sketches.
  static let lookups: [Plugin] = [
    Plugin(
      "dcount_intersect", "Counts how many values sketches of `hll` have in common: the first alone, the first two, and so on.",
      "hll, hll, ...", columns: "`s0`, `s1` and so on, one for each sketch.",
      examples: [
        .init(
          "range x from 1 to 9 step 1 | summarize a = hll(x), b = hll_if(x, x > 4) | evaluate dcount_intersect(a, b)",
          is: "9,5")
      ]
    ) { try $0.sketchIntersections() },

    addressLookup("ipv4_lookup", .ipv4, address: "10.1.2.3", network: "10.0.0.0/8", is: "10.1.2.3,10.0.0.0/8,office"),
    addressLookup(
      "ipv6_lookup", .ipv6, address: "2001:db8::1", network: "2001:db8::/32", is: "2001:db8::/32,office,2001:db8::1"),
  ]

  private static func addressLookup(
    _ name: String, _ family: AddressFamily, address: String, network: String, is result: String
  ) -> Plugin {
    let columns = family == .ipv6 ? "The table's columns, then the input's." : "The input's columns, then the table's."
    return Plugin(
      name,
      "Joins each row with the row of `table` whose `network` holds `address` most closely and whose `keys` are equal.",
      "table, address, network, [keys, ...], [return_unmatched]", columns: columns,
      examples: [
        .init(
          #"let zones = datatable(network: string, zone: string)["\#(network)", "office"]; "#
            + #"print ip = "\#(address)" | evaluate \#(name)(zones, ip, network)"#,
          is: result)
      ]
    ) { try $0.addressLookup(family) }
  }
}

extension PluginCall {
  /// `ipv4_lookup(table, address, network, keys..., return_unmatched)` and `ipv6_lookup`.
  func addressLookup(_ family: AddressFamily) throws -> Relation {
    var arguments = call.arguments
    guard arguments.count >= 3 else { throw call.argumentCount("at least 3 arguments") }
    guard case .table(let lookup) = try place.constants.any(arguments[0].value) else {
      throw Diagnostic("value-as-table", "`\(call.name.text)` looks up addresses in a table", at: arguments[0].span)
    }
    let key = try column(arguments[1].value, of: input)
    let networkKey = try column(arguments[2].value, of: lookup)
    for (index, type) in [(1, input.schema[key].type), (2, lookup.schema[networkKey].type)] where type != .string {
      throw Diagnostic("argument-types", "an address must be a string, but this is \(type.described)", at: arguments[index].span)
    }
    var keepsUnmatched = false
    if let last = arguments.last, arguments.count > 3, last.name?.text == "return_unmatched" || isLiteral(last.value) {
      keepsUnmatched = try place.constants.value(last.value, what: "`return_unmatched`") == .bool(true)
      arguments.removeLast()
    }
    let equal = try arguments.dropFirst(3).map { argument in
      (input: try column(argument.value, of: input), table: try column(argument.value, of: lookup))
    }
    let kept = lookup.schema.indices.filter { index in !equal.contains { $0.table == index } }
    // The documented results list the table's columns first for IPv6, and last for IPv4.
    let tableFirst = family == .ipv6
    let own = input.schema.map(\.name), other = kept.map { lookup.schema[$0].name }
    var names = NameMaker()
    let unique = (tableFirst ? other + own : own + other).map { names.unique($0) }
    let table = Table(name: lookup.name ?? "lookup", try place.state.run(lookup, at: arguments[0].span))
    return input.with(
      .addressLookup(
        input.plan, in: table, family: family, key: key, networkKey: networkKey, equal: equal, kept: kept,
        keepsUnmatched: keepsUnmatched, tableFirst: tableFirst, names: unique), isSerialized: false)
  }

  func column(_ expression: ExpressionSyntax, of table: Relation) throws -> Int {
    guard case .name(let name) = expression.withoutParentheses else {
      throw Diagnostic("not-a-name", "a column's name is expected here", at: expression.span)
    }
    guard let index = table.index(of: name.text) else { throw table.unknownColumn(name.text, at: name.span) }
    return index
  }

  private func isLiteral(_ expression: ExpressionSyntax) -> Bool {
    if case .literal = expression.withoutParentheses { return true }
    return false
  }

  /// `dcount_intersect(hll, hll, ...)`
  func sketchIntersections() throws -> Relation {
    let arguments = call.arguments
    guard (2...16).contains(arguments.count) else { throw call.argumentCount("2 to 16 results of `hll`") }
    let sketches = try arguments.enumerated().map { index, argument in
      let sketch = try columns.expression(argument.value)
      guard sketch.type == .dynamic else {
        throw Diagnostic("not-dynamic", "expected a result of `hll`", at: argument.span)
      }
      return NamedExpression("s\(index)", sketch)
    }
    return input.with(.sketchIntersections(.project(input.plan, sketches)), isSerialized: input.isSerialized)
  }
}
