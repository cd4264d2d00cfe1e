/// How plans and expressions are written in `explain` and `profile`.
extension LogicalPlan {
  /// The plan as an indented tree, outermost operator first.
  package var outline: String { treeText(self, label: \.label, inputs: \.drawnInputs) }

  /// What is drawn below the plan: of `partition` also the steps that each part goes through, down to `Input`.
  private var drawnInputs: [LogicalPlan] {
    guard case .partition(let plan) = self else { return inputs }
    return [plan.plan, plan.input]
  }

  var label: String {
    switch self {
    case .scan(let scan):
      let all = scan.columns == Array(scan.table.schema.indices)
      let columns = all ? "" : " [" + scan.columns.map { scan.table.schema[$0].name }.joined(separator: ", ") + "]"
      let tests = scan.filters.map { $0.text(schema) }.joined(separator: " and ")
      return "Scan: \(scan.table.name)\(columns)" + (tests.isEmpty ? "" : " (\(tests))") + scan.wishText
    case .series(let series): return "Range: \(series.column.name), \(series.count) values"
    case .input: return "Input"
    case .filter(let input, let predicate): return "Filter: \(predicate.text(input.schema))"
    case .project(let input, let columns):
      return "Project: " + columns.map { $0.text(input.schema) }.joined(separator: ", ")
    case .aggregate(let plan):
      let schema = plan.input.schema
      let results = plan.aggregates.map { "\($0.names.joined(separator: ", ")) = \($0.aggregate.text(schema))" }
      let keys = plan.keys.map { $0.text(schema) }
      return "Aggregate: " + results.joined(separator: ", ")
        + (keys.isEmpty ? "" : (results.isEmpty ? "by " : " by ") + keys.joined(separator: ", "))
    case .sort(let input, let keys): return "Sort: " + keysText(keys, input.schema)
    case .limit(_, let count): return "Limit: \(count)"
    case .top(let input, let keys, let count): return "Top: \(count) by " + keysText(keys, input.schema)
    case .join(let join):
      let left = join.left.schema, right = join.right.schema
      let keys = join.keys.map { "\($0.left.text(left)) == \($0.right.text(right))" }
      return "Join: \(join.kind.rawValue) on \(keys.joined(separator: ", "))" + (join.buildsLeft ? ", build left" : "")
    case .union: return "Union"
    case .expand(let plan): return "Expand: " + plan.columns.map(\.name).joined(separator: ", ")
    case .window(let input, let columns):
      let schema = input.schema
      return "Window: "
        + columns.map { column in
          let arguments = column.arguments.map { $0.text(schema) }.joined(separator: ", ")
          return "\(column.name) = \(column.function.rawValue)(\(arguments))"
        }.joined(separator: ", ")
    case .partition(let plan): return "Partition: by \(plan.key.text(plan.input.schema))"
    case .whole(let plan): return "\(plan.name)"
    }
  }
}

extension ScanPlan {
  /// What a source of foreign rows is asked for beyond its columns.
  fileprivate var wishText: String {
    var wishes = external.conditions.map { $0.text(table.schema) }
    if wishes.count > 1 { wishes = [wishes.joined(separator: " and ")] }
    if let limit = external.limit { wishes.append("first \(limit)") }
    if !external.order.isEmpty {
      let keys = external.order.map { table.schema[$0.column].name + ($0.isDescending ? " desc" : " asc") }
      wishes[wishes.count - 1] += " by " + keys.joined(separator: ", ")
    }
    return wishes.isEmpty ? "" : " asking for " + wishes.joined(separator: ", ")
  }
}

func keysText(_ keys: [SortKey], _ schema: Schema) -> String {
  keys.map { $0.expression.text(schema) + ($0.isDescending ? " desc" : " asc") }.joined(separator: ", ")
}

/// A tree drawn with one node a line and branches in box characters.
func treeText<Node>(_ root: Node, label: (Node) -> String, inputs: (Node) -> [Node]) -> String {
  var lines: [String] = []
  func add(_ node: Node, _ lead: String, _ below: String) {
    lines.append(lead + label(node))
    let children = inputs(node)
    for (index, child) in children.enumerated() {
      let isLast = index == children.count - 1
      add(child, below + (isLast ? "└─ " : "├─ "), below + (isLast ? "   " : "│  "))
    }
  }
  add(root, "", "")
  return lines.joined(separator: "\n")
}

extension NamedExpression {
  func text(_ schema: Schema) -> String {
    let written = expression.text(schema)
    return written == name ? name : "\(name) = \(written)"
  }
}

extension BoundAggregate {
  func text(_ schema: Schema) -> String {
    "\(name)(\(arguments.map { $0.text(schema) }.joined(separator: ", ")))"
  }
}

extension BoundExpression {
  /// The expression as KQL, its columns by the names that `schema` gives them.
  func text(_ schema: Schema) -> String { text(schema, inOperator: false) }

  private func text(_ schema: Schema, inOperator: Bool) -> String {
    switch self {
    case .column(let index, _, _): return schema.indices.contains(index) ? schema[index].name : "#\(index)"
    case .literal(let value, _): return value.literal
    case .lifted(let lift):
      let input = schema.indices.contains(lift.column) ? [schema[lift.column]] : []
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
