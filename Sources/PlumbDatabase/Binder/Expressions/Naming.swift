import PlumbEngine
import PlumbSyntax

/// The name of a column that the query gives none: a column's own, one made of an aggregate and its
/// argument, or nil where Kusto numbers the columns (`Column1`, `print_0`).
func automaticName(_ expression: ExpressionSyntax) -> String? {
  switch expression {
  case .parenthesized(let node): return automaticName(node.expression)
  case .name(let name): return name.text
  case .member(let member):
    guard let base = automaticName(member.base) else { return member.name.text }
    return "\(base)_\(member.name.text)"
  case .element(let element):
    guard let base = automaticName(element.base) else { return nil }
    guard case .literal(let literal) = element.index.withoutParentheses else { return base }
    switch literal.value {
    case .string(let key, _): return "\(base)_\(key)"
    case .long(let index): return "\(base)_\(index)"
    default: return base
    }
  case .call(let call): return automaticName(call)
  case .literal, .unary, .binary, .logical, .between, .membership, .path, .star, .query: return nil
  }
}

private func automaticName(_ call: CallSyntax) -> String? {
  let name = call.name.text
  let first = call.arguments.first.flatMap { automaticName($0.value) }
  if let prefix = aggregatePrefixes[name] { return "\(prefix)_\(first ?? "")" }
  if namedAfterFirstArgument.contains(name) { return first }
  if name == "column_ifexists" || name == "columnifexists",
    case .literal(let literal)? = call.arguments.first?.value.withoutParentheses,
    case .string(let column, _) = literal.value
  {
    return column
  }
  if name == "make_datetime" || name == "make_timespan" { return call.arguments.count == 1 ? first : nil }
  if name == "strlen" || name == "string_size" || name == "dcount_hll" || name == "percentile_tdigest" {
    return first.map { "\(name)_\($0)" }
  }
  if name.hasPrefix("node_degree_") { return first.map { "\(name)_\($0)" } ?? name }
  // Covariances are named after both of their columns.
  if name.hasPrefix("covariance") {
    let second = call.arguments.dropFirst().first.flatMap { automaticName($0.value) } ?? ""
    return "\(name)_\(first ?? "")_\(second)"
  }
  if let aggregate = AggregateFunction.named(name), ScalarFunction.named(name) == nil {
    switch name {
    case "binary_all_and", "binary_all_or", "binary_all_xor", "take_anyif", "take_any": return first
    default: return "\(aggregate.name)_\(first ?? "")"
    }
  }
  return nil
}

/// Aggregates whose columns are not called after the function itself.
private let aggregatePrefixes: [String: String] = [
  "make_list": "list", "makelist": "list", "make_list_if": "list", "make_list_with_nulls": "list",
  "make_set": "set", "makeset": "set", "make_set_if": "set",
  "make_bag": "bag", "make_bag_if": "bag", "make_dictionary": "dictionary", "buildschema": "schema",
  "percentiles_array": "percentiles", "percentilesw_array": "percentile",
]

/// Scalar functions whose result keeps the name of their first argument.
private let namedAfterFirstArgument: Set<String> = [
  "split", "tohex", "tostring", "todynamic", "toobject", "tolong", "toint", "toreal", "todouble",
  "todatetime", "totimespan", "totime", "tobool", "toboolean", "todecimal", "toguid", "parse_csv",
  "parsejson", "parse_json", "parse_xml", "format_datetime", "format_timespan", "startofday", "bin",
  "floor", "bin_at", "bin_auto", "binary_and", "binary_or", "binary_xor", "binary_not",
  "binary_shift_right", "binary_shift_left", "bitset_count_ones", "series_fir", "series_outliers",
  "series_iir", "series_fill_backward", "series_fill_forward", "series_fill_const",
  "series_fill_linear", "round", "ceiling", "pow", "sqrt", "log", "log2", "log10", "exp", "exp2",
  "exp10", "cos", "sin", "tan", "acos", "asin", "atan", "atan2", "abs", "rand", "gamma", "loggamma",
  "erf", "erfc", "format_bytes",
]

/// Hands out column names, numbering those that would come twice.
struct NameMaker {
  private(set) var used: Set<String>
  private var unnamed = 0

  init(used: some Sequence<String> = []) { self.used = Set(used) }

  /// The name, or the name with the first free number behind it.
  mutating func unique(_ name: String) -> String {
    if used.insert(name).inserted { return name }
    var number = 1
    while !used.insert("\(name)\(number)").inserted { number += 1 }
    return "\(name)\(number)"
  }

  /// `Column1`, `Column2`, ...
  mutating func numbered() -> String {
    repeat { unnamed += 1 } while used.contains("Column\(unnamed)")
    let name = "Column\(unnamed)"
    used.insert(name)
    return name
  }
}
