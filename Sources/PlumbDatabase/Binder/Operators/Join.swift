import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension JoinSyntax: OperatorBinding {
  /// `join`: pairs of rows; a column of the right side whose name is taken gets a number.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let kind = try kind()
    let right = try place.relation(self.right)
    let keys = try JoinKeys(operatorName: "join", left: input, right: right).keys(conditions, at: span)
    var names = NameMaker()
    let joined: [String]
    switch kind {
    case .leftSemi, .leftAnti: joined = input.schema.map(\.name)
    case .rightSemi, .rightAnti: joined = right.schema.map(\.name)
    case .innerUnique, .inner, .leftOuter, .rightOuter, .fullOuter:
      joined = (input.schema + right.schema).map { names.unique($0.name) }
    }
    var result = input.with(
      .join(
        JoinPlan(
          kind: kind, left: input.plan, right: right.plan, keys: keys.map { ($0.left, $0.right) }, names: joined)),
      isSerialized: false)
    result.weight = input.weight &+ right.weight
    result.broken.formUnion(right.broken)
    return result
  }

  private func kind() throws -> JoinKind {
    for parameter in parameters where parameter.name.text == "kind" {
      guard case .name(let word) = parameter.value.withoutParentheses else {
        throw Diagnostic("unknown-kind", "the kind of a join must be a word", at: parameter.value.span)
      }
      switch word.text {
      case "anti", "leftantisemi": return .leftAnti
      case "rightantisemi": return .rightAnti
      case "semi": return .leftSemi
      case "left", "right", "full", "outer":
        let kind = word.text == "outer" ? "fullouter" : word.text + "outer"
        throw Diagnostic("unknown-kind", "unknown join kind `\(word.text)`", at: word.span, help: "write `kind=\(kind)`")
      default: break
      }
      guard let kind = JoinKind(rawValue: word.text) else {
        let kinds = JoinKind.allCases.map(\.rawValue)
        throw Diagnostic(
          "unknown-kind", "unknown join kind `\(word.text)`", at: word.span,
          help: Suggestion.nearest(to: word.text, in: kinds)
            ?? "the kinds are \(kinds.map { "`\($0)`" }.joined(separator: ", "))")
      }
      return kind
    }
    return .innerUnique
  }
}

extension LookupSyntax: OperatorBinding {
  /// `lookup`: each row with the columns of its match on the right side, without the keys.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    var kind = JoinKind.leftOuter
    for parameter in parameters where parameter.name.text == "kind" {
      switch try place.constants.text(of: parameter) {
      case "leftouter": kind = .leftOuter
      case "inner": kind = .inner
      case let other:
        throw Diagnostic(
          "unknown-kind", "`lookup` has no kind `\(other)`", at: parameter.value.span,
          help: "the kinds are `leftouter` and `inner`")
      }
    }
    let right = try place.relation(self.right)
    let keys = try JoinKeys(operatorName: "lookup", left: input, right: right).keys(conditions, at: span)
    var names = NameMaker()
    let joined = (input.schema + right.schema).map { names.unique($0.name) }
    let plan = LogicalPlan.join(
      JoinPlan(
        kind: kind, left: input.plan, right: right.plan, keys: keys.map { ($0.left, $0.right) }, names: joined))
    var whole = input.with(plan, isSerialized: false)
    whole.weight = input.weight &+ right.weight
    let dropped = Set(keys.compactMap(\.rightColumn))
    var kept = NameMaker()
    let picked = whole.schema.indices.compactMap { index -> (index: Int, name: String)? in
      let side = index - input.schema.count
      if side >= 0, dropped.contains(side) { return nil }
      return (index, kept.unique(side < 0 ? whole.schema[index].name : right.schema[side].name))
    }
    return whole.picking(picked)
  }
}

/// Reads the conditions after `on`.
private struct JoinKeys {
  let operatorName: String
  let left: Relation
  let right: Relation

  struct Key {
    var left: BoundExpression
    var right: BoundExpression
    /// The right side's column, if the key is one.
    var rightColumn: Int?
  }

  /// - Throws: `missing-on` without conditions, and any error in one.
  func keys(_ conditions: [ExpressionSyntax], at span: SourceSpan) throws -> [Key] {
    guard !conditions.isEmpty else {
      throw Diagnostic(
        "missing-on", "`\(operatorName)` needs `on` and the columns to compare", at: span,
        help: "write `\(operatorName) (table) on column`, or `on $left.a == $right.b`")
    }
    return try conditions.flatMap(keys)
  }

  private func keys(_ condition: ExpressionSyntax) throws -> [Key] {
    switch condition.withoutParentheses {
    case .name(let column):
      return [
        try key(
          try side(column, left, of: "left"), try side(column, right, of: "right"), at: column.span)
      ]
    case .logical(let logical) where logical.operator == .and:
      return try logical.operands.flatMap(keys)
    case .binary(let binary) where binary.operator == .equal:
      let lhs = try sided(binary.lhs)
      let rhs = try sided(binary.rhs)
      guard lhs.isLeft != rhs.isLeft else {
        throw Diagnostic(
          "one-sided-key", "both columns are from the same side", at: binary.span,
          help: "compare `$left.a == $right.b`")
      }
      return [try key(lhs.isLeft ? lhs.column : rhs.column, lhs.isLeft ? rhs.column : lhs.column, at: binary.span)]
    default:
      throw Diagnostic(
        "join-condition", "`\(operatorName)` compares columns with `==` only", at: condition.span,
        help: "write `on a`, or `on $left.a == $right.b`; put other conditions into a `where` after it")
    }
  }

  private func side(_ name: NameSyntax, _ table: Relation, of which: String) throws -> BoundExpression {
    if let index = table.index(of: name.text) { return .column(index, table.schema[index].type, name.span) }
    if table.broken.contains(name.text) { throw AlreadyReported() }
    throw Diagnostic(
      "unknown-column", "the \(which) side has no column `\(name.text)`", at: name.span,
      help: Suggestion.nearest(to: name.text, in: table.schema.map(\.name)) ?? keyHelp(name.text))
  }

  /// How columns of different names are compared, if one side has the column.
  private func keyHelp(_ name: String) -> String {
    let sides = (left.index(of: name) != nil, right.index(of: name) != nil)
    switch sides {
    case (true, false): return "columns of different names are compared as `$left.\(name) == $right.other`"
    case (false, true): return "columns of different names are compared as `$left.other == $right.\(name)`"
    default: return "the left side has `\(left.schema.prefix(5).map(\.name).joined(separator: "`, `"))`, the right side `\(right.schema.prefix(5).map(\.name).joined(separator: "`, `"))`"
    }
  }

  /// `$left.a` or `$right.b`.
  private func sided(_ expression: ExpressionSyntax) throws -> (column: BoundExpression, isLeft: Bool) {
    if case .member(let member) = expression.withoutParentheses,
      case .name(let base) = member.base.withoutParentheses
    {
      if base.text == "$left" { return (try side(member.name, left, of: "left"), true) }
      if base.text == "$right" { return (try side(member.name, right, of: "right"), false) }
    }
    var help = "compare `$left.a == $right.b`"
    if case .name(let name) = expression.withoutParentheses {
      if left.index(of: name.text) != nil { help = "write `$left.\(name.text)`, and `$right.` before the column of the other side" }
      else if right.index(of: name.text) != nil { help = "write `$right.\(name.text)`, and `$left.` before the column of the other side" }
    }
    throw Diagnostic("join-condition", "expected a column of `$left` or `$right`", at: expression.span, help: help)
  }

  private func key(_ left: BoundExpression, _ right: BoundExpression, at span: SourceSpan) throws -> Key {
    var rightColumn: Int?
    if case .column(let index, _, _) = right { rightColumn = index }
    if left.type == right.type {
      guard left.type != .dynamic else {
        throw Diagnostic(
          "dynamic-key", "rows cannot be joined on a dynamic value", at: span, help: "convert it, as in `tostring(...)`")
      }
      return Key(left: left, right: right, rightColumn: rightColumn)
    }
    let order: [ScalarType] = [.int, .long, .real, .decimal]
    guard let a = order.firstIndex(of: left.type), let b = order.firstIndex(of: right.type) else {
      throw Diagnostic(
        "key-types", "cannot join \(left.type.name) (left) with \(right.type.name) (right)", at: span,
        help: "convert one side before the join")
    }
    let common = order[max(a, b)]
    return Key(left: left.converted(to: common), right: right.converted(to: common), rightColumn: rightColumn)
  }
}
