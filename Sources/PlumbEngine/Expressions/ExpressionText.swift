/// How expressions are written in `explain`, `profile` and diagnostics.
extension BoundExpression {
  /// The expression as KQL, its columns by the names that `schema` gives them.
  func text(_ schema: Schema) -> String { text(schema, inOperator: false) }

  private func text(_ schema: Schema, inOperator: Bool) -> String {
    switch self {
    case .column(let index, _, _): return schema.indices.contains(index) ? schema[index].name : "#\(index)"
    case .literal(let value, _): return value.literal
    case .lifted(let lift, let columns):
      let inputs = columns.map { schema.indices.contains($0) ? schema[$0] : ColumnInfo("#\($0)", .string) }
      return lift.expression.text(inputs, inOperator: inOperator)
    case .call(let call):
      let parts = call.arguments.map { $0.text(schema, inOperator: true) }
      let others = parts.dropFirst()
      let written: String
      switch call.traits.notation {
      case .call: return "\(call.name)(\(parts.joined(separator: ", ")))"
      case .element: return "\(parts[0])[\(others.joined(separator: ", "))]"
      case .infix where parts.count == 1: return call.name + parts[0]
      case .infix: written = parts.joined(separator: " \(call.name) ")
      case .list: written = "\(parts[0]) \(call.name) (\(others.joined(separator: ", ")))"
      case .range: written = "\(parts[0]) \(call.name) (\(others.joined(separator: " .. ")))"
      }
      return inOperator ? "(\(written))" : written
    }
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
