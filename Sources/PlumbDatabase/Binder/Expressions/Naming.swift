import PlumbEngine
import PlumbSyntax

/// The name of a column that the query does not name: a column's own, one made from an aggregate and its
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
  let columns = call.arguments.map { automaticName($0.value) }
  if let naming = BinderFunction.named(name)?.naming ?? ScalarFunction.named(name)?.naming {
    return columnName(call, columns, naming)
  }
  return AggregateFunction.named(name)?.columnName(columns) ?? GraphFunctions.columnName(call, columns)
}

extension ExpressionSyntax {
  /// Whether the column that the expression makes has the name of its argument, as that of `tostring(x)` is `x`.
  var takesNameOfArgument: Bool {
    guard case .call(let call) = withoutParentheses,
      let naming = BinderFunction.named(call.name.text)?.naming ?? ScalarFunction.named(call.name.text)?.naming
    else { return false }
    switch naming {
    case .firstArgument, .onlyArgument, .firstText: return true
    case .numbered, .functionAndFirst: return false
    }
  }
}

private func columnName(_ call: CallSyntax, _ columns: [String?], _ naming: ColumnNaming) -> String? {
  // `bin(t = x, 5m)` is a column `t`.
  let first = call.arguments.first?.name?.text ?? columns.first.flatMap { $0 }
  switch naming {
  case .numbered: return nil
  case .firstArgument: return first
  case .onlyArgument: return columns.count == 1 ? first : nil
  case .functionAndFirst: return first.map { "\(call.name.text)_\($0)" }
  case .firstText:
    if case .literal(let literal)? = call.arguments.first?.value.withoutParentheses,
      case .string(let column, _) = literal.value
    {
      return column
    }
    return nil
  }
}

/// Hands out column names, numbering duplicates.
struct NameMaker {
  private(set) var used: Set<String>
  private var unnamed = 0
  /// The last number that each name was given: all numbers up to it are taken.
  private var lastNumbers: [String: Int] = [:]

  init(used: some Sequence<String> = []) { self.used = Set(used) }

  /// Returns the name, or the name followed by the first free number.
  mutating func unique(_ name: String) -> String {
    if used.insert(name).inserted { return name }
    var number = lastNumbers[name, default: 0] + 1
    while !used.insert("\(name)\(number)").inserted { number += 1 }
    lastNumbers[name] = number
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
