/// How expressions are written in `explain`, `profile` and diagnostics.
extension BoundExpression {
  /// The expression as KQL, its columns by the names that `schema` gives them.
  func text(_ schema: Schema) -> String { text(schema, inOperator: false) }

  private func text(_ schema: Schema, inOperator: Bool) -> String {
    switch self {
    case .column(let index, _, _): return schema.indices.contains(index) ? schema[index].name : "#\(index)"
    case .literal(let value, _): return value.literal
    case .lifted(let lift, let column):
      let input = schema.indices.contains(column) ? [schema[column]] : []
      return lift.expression.text(input, inOperator: inOperator)
    case .call(let call):
      let parts = call.arguments.map { $0.text(schema, inOperator: true) }
      if call.isInfix, parts.count >= 2 {
        let written: String
        switch call.name {
        case "in", "!in", "in~", "!in~", "has_any", "has_all":
          written = "\(parts[0]) \(call.name) (\(parts.dropFirst().joined(separator: ", ")))"
        case "between", "!between":
          written = "\(parts[0]) \(call.name) (\(parts.dropFirst().joined(separator: " .. ")))"
        default: written = parts.joined(separator: " \(call.name) ")
        }
        return inOperator ? "(\(written))" : written
      }
      if call.name == "-", parts.count == 1 { return "-\(parts[0])" }
      if call.name == "member" { return "\(parts[0])[\(parts[1])]" }
      return "\(call.name)(\(parts.joined(separator: ", ")))"
    }
  }
}

extension BoundCall {
  private static let infixWords: Set<String> = [
    "and", "or", "in", "!in", "in~", "!in~", "has_any", "has_all", "between", "!between", "matches regex",
    "has", "has_cs", "hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs", "contains", "contains_cs",
    "startswith", "startswith_cs", "endswith", "endswith_cs",
  ]

  fileprivate var isInfix: Bool {
    guard let first = name.utf8.first else { return false }
    return Self.infixWords.contains(name) || !((first | 32) >= 97 && (first | 32) <= 122)
  }
}

extension Value {
  /// The value as a KQL literal.
  package var literal: String {
    switch self {
    case .null(let type): return type == .string ? "\"\"" : "\(type.name)(null)"
    case .bool(let flag): return flag ? "true" : "false"
    case .int(let number): return "int(\(number))"
    case .long(let number): return "\(number)"
    case .real(let number):
      return number.isFinite ? NumberText.text(number, style: .json) : "real(\(NumberText.text(number, style: .text)))"
    case .decimal(let number): return "decimal(\(number.text))"
    case .datetime(let ticks): return "datetime(\(DateTime.text(ticks)))"
    case .timespan(let ticks): return "timespan(\(TimeSpan.text(ticks)))"
    case .guid(let guid): return "guid(\(guid.text))"
    case .string(let text):
      var out = ByteBuffer()
      var copy = text
      copy.withUTF8 { JSONText.printString($0, to: &out) }
      return out.string
    case .dynamic(let tree): return "dynamic(\(tree.json))"
    }
  }
}
