import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension ExtendSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    try input.extended(with: columns, at: place, for: "`extend`")
  }
}

extension Relation {
  /// New columns at the end, or in place of those with the same name.
  func extended(with columns: [NamedExpressionSyntax], at place: BindingPlace, for what: String) throws -> Relation {
    try columns.checkDuplicates()
    let rows = place.windows(over: self, for: what)
    var names = NameMaker(used: schema.map(\.name) + columns.flatMap { $0.names.map(\.text) })
    var broken = self.broken
    var added: [(name: String, expression: OpenExpression)] = []
    var taken = Set(columns.flatMap { $0.names.map(\.text) })
    for column in columns {
      guard let outputs = place.attempt({ try rows.binder.outputs(of: column) }) else {
        if let name = column.names.first?.text ?? automaticName(column.expression) { broken.insert(name) }
        continue
      }
      for output in outputs {
        let name: String
        if let given = output.given {
          name = given
        } else if let automatic = output.automatic {
          // A column that is extended by itself stays as it is; one that is converted or rounded is replaced.
          let replaces = column.expression.isName(automatic)
            || (column.expression.takesNameOfArgument && taken.insert(automatic).inserted)
          name = replaces ? automatic : names.unique(automatic)
        } else {
          name = names.numbered()
        }
        added.append((name, output.expression))
      }
    }
    let windowed = try rows.over(plan)
    var result = schema.enumerated().map { index, column in
      NamedExpression(column.name, .column(index, column.type, .none))
    }
    for (name, expression) in added {
      broken.remove(name)
      if let index = result.firstIndex(where: { $0.name == name }) {
        result[index].expression = try windowed.closing(expression)
      } else {
        result.append(NamedExpression(name, try windowed.closing(expression)))
      }
    }
    result.removeAll { broken.contains($0.name) }
    var relation = with(
      .project(windowed.plan, result), schema: result.map { ColumnInfo($0.name, $0.expression.type) })
    relation.broken = broken
    relation.visualization = visualization
    return relation
  }
}

extension ProjectSyntax: OperatorBinding {
  /// `project`: these columns and no others.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    try columns.checkDuplicates()
    let rows = place.windows(over: input, for: "`project`")
    var names = NameMaker(used: columns.flatMap { $0.names.map(\.text) })
    var broken: Set<String> = []
    var open: [(name: String, expression: OpenExpression)] = []
    for column in columns {
      if case .star = column.expression.withoutParentheses {
        for (index, info) in input.schema.enumerated() {
          open.append((names.unique(info.name), .input(index, info.type, column.span)))
        }
        continue
      }
      guard let outputs = place.attempt({ try rows.binder.outputs(of: column) }) else {
        if let name = column.names.first?.text ?? automaticName(column.expression) { broken.insert(name) }
        continue
      }
      for output in outputs {
        open.append((output.given ?? output.automatic.map { names.unique($0) } ?? names.numbered(), output.expression))
      }
    }
    if open.isEmpty { throw AlreadyReported() }
    let windowed = try rows.over(input.plan)
    let result = try open.map { NamedExpression($0.name, try windowed.closing($0.expression)) }
    var relation = input.with(
      .project(windowed.plan, result), schema: result.map { ColumnInfo($0.name, $0.expression.type) })
    relation.broken = broken
    return relation
  }
}

extension [NamedExpressionSyntax] {
  /// Rejects two columns with the same name.
  func checkDuplicates() throws {
    var seen = Set<String>()
    for name in flatMap(\.names) where !seen.insert(name.text).inserted {
      throw Diagnostic("duplicate-column", "the column `\(name.text)` appears twice", at: name.span)
    }
  }
}

extension ExpressionSyntax {
  fileprivate func isName(_ text: String) -> Bool {
    if case .name(let written) = withoutParentheses { return written.text == text }
    return false
  }
}

extension ProjectAwaySyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    var dropped = Set<Int>()
    for pattern in columns { dropped.formUnion(try input.columns(named: pattern)) }
    return try input.keeping(input.schema.indices.filter { !dropped.contains($0) }, at: span)
  }
}

extension ProjectKeepSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    var kept = Set<Int>()
    for pattern in columns { kept.formUnion(try input.columns(named: pattern)) }
    return try input.keeping(input.schema.indices.filter { kept.contains($0) }, at: span)
  }
}

extension ProjectRenameSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    var names = input.schema.map(\.name)
    for column in columns {
      guard let index = input.index(of: column.oldName.text) else {
        throw input.unknownColumn(column.oldName.text, at: column.oldName.span)
      }
      names[index] = column.newName.text
    }
    for column in columns where names.filter({ $0 == column.newName.text }).count > 1 {
      throw Diagnostic(
        "duplicate-column", "a column `\(column.newName.text)` already exists", at: column.newName.span)
    }
    return input.picking(Array(zip(input.schema.indices, names)).map { ($0.0, $0.1) })
  }
}

extension ProjectReorderSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    var order: [Int] = []
    for column in columns {
      var matched = try input.columns(named: column.pattern).filter { !order.contains($0) }
      let name = { (index: Int) in input.schema[index].name }
      switch column.order {
      case nil: break
      case .asc: matched.sort { name($0) < name($1) }
      case .desc: matched.sort { name($0) > name($1) }
      case .grannyAsc: matched.sort { precedesByNumber(name($0), name($1)) }
      case .grannyDesc: matched.sort { precedesByNumber(name($1), name($0)) }
      }
      order += matched
    }
    let rest = input.schema.indices.filter { !order.contains($0) }
    return input.picking((order + rest).map { ($0, input.schema[$0].name) })
  }
}

extension ProjectByNamesSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    var order: [Int] = []
    for expression in columns {
      let value = try place.constants.value(expression, what: "a column's name")
      let names: [String]
      switch value {
      case .string(let name): names = [name]
      case .dynamic(.array(let elements)): names = elements.map { printed(Value($0)) }
      case .dynamic(.string(let name)): names = [name]
      default: throw Diagnostic("not-a-name", "the column's name must be a string here", at: expression.span)
      }
      for name in names {
        order += input.schema.indices.filter {
          matches(input.schema[$0].name, pattern: name) && !order.contains($0)
        }
      }
    }
    return try input.keeping(order, at: span)
  }
}

extension Relation {
  fileprivate func keeping(_ indices: [Int], at span: SourceSpan) throws -> Relation {
    if indices.isEmpty { throw Diagnostic("no-columns", "no columns are left", at: span) }
    return picking(indices.map { ($0, schema[$0].name) })
  }

  /// The columns that a name or a pattern with `*` names, in their own order.
  fileprivate func columns(named pattern: NamePatternSyntax) throws -> [Int] {
    if pattern.hasWildcard {
      return schema.indices.filter { matches(schema[$0].name, pattern: pattern.text) }
    }
    if let index = index(of: pattern.text) { return [index] }
    if broken.contains(pattern.text) { return [] }
    throw unknownColumn(pattern.text, at: pattern.span)
  }

  func unknownColumn(_ name: String, at span: SourceSpan) -> Diagnostic {
    let table = self.name.map { "`\($0)` has" } ?? "the rows here have"
    return Diagnostic(
      "unknown-column", "\(table) no column `\(name)`", at: span,
      help: Suggestion.nearest(to: name, in: schema.map(\.name)))
  }
}

/// Whether a name matches a pattern in which `*` matches any letters.
func matches(_ name: String, pattern: String) -> Bool {
  let text = Array(name.utf8), wanted = Array(pattern.utf8)
  var at = 0, place = 0
  var star: (place: Int, at: Int)?
  while at < text.count {
    if place < wanted.count, wanted[place] == UInt8(ascii: "*") {
      star = (place, at)
      place += 1
    } else if place < wanted.count, wanted[place] == text[at] {
      place += 1
      at += 1
    } else if let last = star {
      star = (last.place, last.at + 1)
      place = last.place + 1
      at = last.at + 1
    } else {
      return false
    }
  }
  return wanted[place...].allSatisfy { $0 == UInt8(ascii: "*") }
}

/// Order in which digits within names count as numbers: `a2` before `a10`.
private func precedesByNumber(_ lhs: String, _ rhs: String) -> Bool {
  var left = lhs[...], right = rhs[...]
  while let a = left.first, let b = right.first {
    if a.isASCII, a.isNumber, b.isASCII, b.isNumber {
      let x = left.prefix { $0.isASCII && $0.isNumber }.drop { $0 == "0" }
      let y = right.prefix { $0.isASCII && $0.isNumber }.drop { $0 == "0" }
      if x != y { return x.count == y.count ? x < y : x.count < y.count }
      left = left.drop { $0.isASCII && $0.isNumber }
      right = right.drop { $0.isASCII && $0.isNumber }
    } else {
      if a != b { return a < b }
      left = left.dropFirst()
      right = right.dropFirst()
    }
  }
  return left.isEmpty && !right.isEmpty
}
