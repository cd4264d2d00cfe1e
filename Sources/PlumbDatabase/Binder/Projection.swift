import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Binder {
  /// `extend`: new columns at the end, or in the place of those whose names they take.
  func extend(
    _ input: Relation, with columns: [NamedExpressionSyntax], in scope: Scope, what: String
  ) throws -> Relation {
    try checkDuplicates(columns)
    let row = row(over: input)
    let place = Place(scope: scope, row: row, what: what)
    var names = NameMaker(used: input.schema.map(\.name) + columns.flatMap { $0.names.map(\.text) })
    var broken = input.broken
    var added: [(name: String, expression: BoundExpression)] = []
    for column in columns {
      guard let outputs = attempt({ try outputs(of: column, at: place) }) else {
        if let name = column.names.first?.text ?? automaticName(column.expression) { broken.insert(name) }
        continue
      }
      for output in outputs {
        let name: String
        if let given = output.given {
          name = given
        } else if let automatic = output.automatic {
          // A column that is extended by itself stays as it is.
          name = isColumn(column.expression, named: automatic) ? automatic : names.unique(automatic)
        } else {
          name = names.numbered()
        }
        added.append((name, output.expression))
      }
    }
    let (plan, placed) = row.windowed(input.plan)
    var result = input.schema.enumerated().map { index, column in
      NamedExpression(column.name, .column(index, column.type, .none))
    }
    for (name, expression) in added {
      broken.remove(name)
      if let index = result.firstIndex(where: { $0.name == name }) {
        result[index].expression = placed(expression)
      } else {
        result.append(NamedExpression(name, placed(expression)))
      }
    }
    result.removeAll { broken.contains($0.name) }
    var relation = input.with(
      .project(plan, result), schema: result.map { ColumnInfo($0.name, $0.expression.type) })
    relation.broken = broken
    relation.visualization = input.visualization
    return relation
  }

  /// `project`: these columns and no others.
  func project(_ input: Relation, _ columns: [NamedExpressionSyntax], in scope: Scope) throws -> Relation {
    try checkDuplicates(columns)
    let row = row(over: input)
    let place = Place(scope: scope, row: row, what: "`project`")
    var names = NameMaker(used: columns.flatMap { $0.names.map(\.text) })
    var broken: Set<String> = []
    var result: [NamedExpression] = []
    for column in columns {
      if case .star = column.expression.withoutParentheses {
        for (index, info) in input.schema.enumerated() {
          result.append(NamedExpression(names.unique(info.name), .column(index, info.type, column.span)))
        }
        continue
      }
      guard let outputs = attempt({ try outputs(of: column, at: place) }) else {
        if let name = column.names.first?.text ?? automaticName(column.expression) { broken.insert(name) }
        continue
      }
      for output in outputs {
        let name = output.given ?? output.automatic.map { names.unique($0) } ?? names.numbered()
        result.append(NamedExpression(name, output.expression))
      }
    }
    if result.isEmpty { throw AlreadyReported() }
    let (plan, placed) = row.windowed(input.plan)
    for index in result.indices { result[index].expression = placed(result[index].expression) }
    var relation = input.with(
      .project(plan, result), schema: result.map { ColumnInfo($0.name, $0.expression.type) })
    relation.broken = broken
    return relation
  }

  private func isColumn(_ expression: ExpressionSyntax, named name: String) -> Bool {
    if case .name(let written) = expression.withoutParentheses { return written.text == name }
    return false
  }

  /// Refuses two columns that are given the same name.
  func checkDuplicates(_ columns: [NamedExpressionSyntax]) throws {
    var seen = Set<String>()
    for name in columns.flatMap(\.names) where !seen.insert(name.text).inserted {
      throw Diagnostic("duplicate-column", "the column `\(name.text)` is there twice", at: name.span)
    }
  }

  // MARK: Columns by name

  func apply(_ syntax: ProjectAwaySyntax, to input: Relation) throws -> Relation {
    var dropped = Set<Int>()
    for pattern in syntax.columns { dropped.formUnion(try columns(pattern, of: input)) }
    return try keeping(input.schema.indices.filter { !dropped.contains($0) }, of: input, at: syntax.span)
  }

  func apply(_ syntax: ProjectKeepSyntax, to input: Relation) throws -> Relation {
    var kept = Set<Int>()
    for pattern in syntax.columns { kept.formUnion(try columns(pattern, of: input)) }
    return try keeping(input.schema.indices.filter { kept.contains($0) }, of: input, at: syntax.span)
  }

  private func keeping(_ indices: [Int], of input: Relation, at span: SourceSpan) throws -> Relation {
    if indices.isEmpty { throw Diagnostic("no-columns", "no column is left", at: span) }
    return input.picking(indices.map { ($0, input.schema[$0].name) })
  }

  func apply(_ syntax: ProjectRenameSyntax, to input: Relation) throws -> Relation {
    var names = input.schema.map(\.name)
    for column in syntax.columns {
      guard let index = input.index(of: column.oldName.text) else {
        throw unknownColumn(column.oldName.text, of: input, at: column.oldName.span)
      }
      names[index] = column.newName.text
    }
    for column in syntax.columns where names.filter({ $0 == column.newName.text }).count > 1 {
      throw Diagnostic(
        "duplicate-column", "there is a column `\(column.newName.text)` already", at: column.newName.span)
    }
    return input.picking(Array(zip(input.schema.indices, names)).map { ($0.0, $0.1) })
  }

  func apply(_ syntax: ProjectReorderSyntax, to input: Relation) throws -> Relation {
    var order: [Int] = []
    for column in syntax.columns {
      var matched = try columns(column.pattern, of: input).filter { !order.contains($0) }
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

  func apply(_ syntax: ProjectByNamesSyntax, to input: Relation, in scope: Scope) throws -> Relation {
    var order: [Int] = []
    for expression in syntax.columns {
      let value = try constant(expression, in: scope, what: "a column's name")
      let names: [String]
      switch value {
      case .string(let name): names = [name]
      case .dynamic(.array(let elements)): names = elements.map { printed(Value($0)) }
      case .dynamic(.string(let name)): names = [name]
      default: throw Diagnostic("not-a-name", "a column's name is a string here", at: expression.span)
      }
      for name in names {
        order += input.schema.indices.filter {
          matches(input.schema[$0].name, pattern: name) && !order.contains($0)
        }
      }
    }
    return try keeping(order, of: input, at: syntax.span)
  }

  /// The columns that a name or a pattern with `*` names, in their own order.
  private func columns(_ pattern: NamePatternSyntax, of input: Relation) throws -> [Int] {
    if pattern.hasWildcard {
      return input.schema.indices.filter { matches(input.schema[$0].name, pattern: pattern.text) }
    }
    if let index = input.index(of: pattern.text) { return [index] }
    if input.broken.contains(pattern.text) { return [] }
    throw unknownColumn(pattern.text, of: input, at: pattern.span)
  }

  func unknownColumn(_ name: String, of input: Relation, at span: SourceSpan) -> Diagnostic {
    let table = input.name.map { "`\($0)` has" } ?? "the rows here have"
    return Diagnostic(
      "unknown-column", "\(table) no column `\(name)`", at: span,
      help: Suggestion.nearest(to: name, in: input.schema.map(\.name)))
  }
}

/// Whether a name fits a pattern in which `*` stands for any letters.
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
