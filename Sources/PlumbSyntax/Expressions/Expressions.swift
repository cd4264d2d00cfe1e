import PlumbDiagnostics

/// Expressions, from lowest precedence (`or`) to highest.
extension Parser {
  mutating func parseExpression() throws(SyntaxFailure) -> ExpressionSyntax {
    try parseOrExpression()
  }

  private mutating func parseOrExpression() throws(SyntaxFailure) -> ExpressionSyntax {
    let first = try parseAndExpression()
    guard atWord("or") || at(.bars) else { return first }
    var operands = [first]
    var peak = height
    while atWord("or") || at(.bars) {
      if at(.bars) { reportForeignOperator("or") }
      advance()
      operands.append(try parseAndExpression())
      peak = max(peak, height)
    }
    return try join(operands, .or, peak)
  }

  private mutating func parseAndExpression() throws(SyntaxFailure) -> ExpressionSyntax {
    let first = try parseEquality()
    guard atWord("and") || at(.ampersands) else { return first }
    var operands = [first]
    var peak = height
    while atWord("and") || at(.ampersands) {
      if at(.ampersands) { reportForeignOperator("and") }
      advance()
      operands.append(try parseEquality())
      peak = max(peak, height)
    }
    return try join(operands, .and, peak)
  }

  private mutating func join(
    _ operands: [ExpressionSyntax], _ op: LogicalSyntax.Operator, _ peak: Int
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    let span = SourceSpan.joining(operands[0].span, operands[operands.count - 1].span)
    try rise(to: peak + 1, span: span)
    return .logical(LogicalSyntax(operator: op, operands: operands, span: span))
  }

  private mutating func reportForeignOperator(_ word: String) {
    report(
      Diagnostic(
        "foreign-operator", "KQL uses `\(word)`, not \(found)", at: token.span,
        help: "write `\(word)`"))
  }

  private mutating func parseEquality() throws(SyntaxFailure) -> ExpressionSyntax {
    var lhs = try parseRelation()
    while true {
      if at(.equal) || at(.notEqual) {
        lhs = try binary(lhs, at(.equal) ? .equal : .notEqual) { parser throws(SyntaxFailure) in
          try parser.parseRelation()
        }
      } else if at(.word), let op = ReservedWords.membershipOperators[token.text] {
        lhs = try parseMembership(lhs, op)
      } else if atWord("between") || atWord("!between") {
        lhs = try parseBetween(lhs)
      } else {
        return lhs
      }
    }
  }

  private mutating func parseRelation() throws(SyntaxFailure) -> ExpressionSyntax {
    var lhs = try parseSum()
    while true {
      let op: BinaryOperator
      switch token.kind {
      case .less: op = .less
      case .lessOrEqual: op = .lessOrEqual
      case .greater: op = .greater
      case .greaterOrEqual: op = .greaterOrEqual
      default: return lhs
      }
      lhs = try binary(lhs, op) { parser throws(SyntaxFailure) in try parser.parseSum() }
    }
  }

  private mutating func parseSum() throws(SyntaxFailure) -> ExpressionSyntax {
    var lhs = try parseProduct()
    while at(.plus) || at(.minus) {
      lhs = try binary(lhs, at(.plus) ? .add : .subtract) { parser throws(SyntaxFailure) in
        try parser.parseProduct()
      }
    }
    return lhs
  }

  private mutating func parseProduct() throws(SyntaxFailure) -> ExpressionSyntax {
    var lhs = try parseStringOperation()
    while true {
      let op: BinaryOperator
      switch token.kind {
      case .star: op = .multiply
      case .slash: op = .divide
      case .percent: op = .modulo
      default: return lhs
      }
      lhs = try binary(lhs, op) { parser throws(SyntaxFailure) in try parser.parseStringOperation() }
    }
  }

  private mutating func parseStringOperation() throws(SyntaxFailure) -> ExpressionSyntax {
    var lhs = try parseUnary()
    while true {
      let op: BinaryOperator
      switch token.kind {
      case .colon where isInSearch: op = .has
      case .equalTilde: op = .equalIgnoringCase
      case .bangTilde: op = .notEqualIgnoringCase
      case .word:
        if let word = ReservedWords.stringOperators[token.text] {
          op = word
        } else if atWord("matches"), atWord("regex", after: 1) {
          op = .matchesRegex
        } else {
          return lhs
        }
      default: return lhs
      }
      lhs = try binary(lhs, op, words: op == .matchesRegex ? 2 : 1) { parser throws(SyntaxFailure) in
        try parser.parseUnary()
      }
    }
  }

  /// Reads the operator here and its right side, and makes a node of both.
  private mutating func binary(
    _ lhs: ExpressionSyntax, _ op: BinaryOperator, words: Int = 1,
    _ operand: (inout Parser) throws(SyntaxFailure) -> ExpressionSyntax
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    let leftHeight = height
    let start = index
    for _ in 0..<words { advance() }
    let operatorSpan = span(from: start)
    let rhs = try operand(&self)
    let whole = SourceSpan.joining(lhs.span, rhs.span)
    try rise(to: max(leftHeight, height) + 1, span: whole)
    return .binary(
      BinarySyntax(operator: op, operatorSpan: operatorSpan, lhs: lhs, rhs: rhs, span: whole))
  }

  /// `in (a, b)`; the brackets are optional around a single value.
  private mutating func parseMembership(
    _ operand: ExpressionSyntax, _ op: MembershipSyntax.Operator
  ) throws(SyntaxFailure) -> ExpressionSyntax {
    let leftHeight = height
    let operatorSpan = advance().span
    var list: [ExpressionSyntax] = []
    let start = index
    if at(.leftParen) {
      let nesting = try enter(.leftParen)
      repeat { list.append(try parseValue()) } while try skipComma(after: list[list.count - 1])
      try leave(nesting)
    } else if at(.leftBracket), !atName {
      throw unexpected("`(`", help: "write the list in round brackets: `\(op.rawValue) (\"a\", \"b\")`")
    } else {
      list.append(atLiteral ? .literal(try parseLiteral()) : try parseReference())
    }
    let whole = SourceSpan.joining(operand.span, span(from: start))
    try rise(to: max(leftHeight, height) + 1, span: whole)
    return .membership(
      MembershipSyntax(
        operand: operand, operator: op, operatorSpan: operatorSpan, list: list, span: whole))
  }

  /// `between (a .. b)`
  private mutating func parseBetween(_ operand: ExpressionSyntax) throws(SyntaxFailure) -> ExpressionSyntax {
    let leftHeight = height
    let isNegated = atWord("!between")
    let operatorSpan = advance().span
    let start = index
    if !at(.leftParen) { throw unexpected("`(`", help: "write `between (low .. high)`") }
    let nesting = try enter(.leftParen)
    let lower = try parseExpression()
    if !at(.dotDot) {
      throw unexpected("`..`", help: "write `between (low .. high)`")
    }
    advance()
    let upper = try parseExpression()
    try leave(nesting)
    let whole = SourceSpan.joining(operand.span, span(from: start))
    try rise(to: max(leftHeight, height) + 1, span: whole)
    return .between(
      BetweenSyntax(
        operand: operand, isNegated: isNegated, operatorSpan: operatorSpan, lower: lower, upper: upper,
        span: whole))
  }

  private mutating func parseUnary() throws(SyntaxFailure) -> ExpressionSyntax {
    guard at(.minus) || at(.plus) else { return try parsePostfix() }
    var signs: [Token] = []
    while at(.minus) || at(.plus) {
      if depth + signs.count >= Self.maximumDepth {
        throw fail(
          "nested-too-deeply", "too many consecutive signs: the limit is \(Self.maximumDepth)",
          at: token.span)
      }
      signs.append(advance())
    }
    let isMinimum = at(.long) && signs.last?.kind == .minus && token.text == "9223372036854775808"
    var operand = try parsePostfix()
    if isMinimum, case .literal(var literal) = operand, case .long(.min) = literal.value,
      let sign = signs.popLast()
    {
      literal.span = SourceSpan.joining(sign.span, literal.span)
      operand = .literal(literal)
    }
    for sign in signs.reversed() {
      let whole = SourceSpan.joining(sign.span, operand.span)
      try rise(to: height + 1, span: whole)
      operand = .unary(
        UnarySyntax(
          operator: sign.kind == .minus ? .minus : .plus, operatorSpan: sign.span, operand: operand,
          span: whole))
    }
    return operand
  }

  /// `a.b`, `a[0]`, and `a.[0]`, which is the same; `a.["b"]` names a property as `a.b` does.
  private mutating func parsePostfix() throws(SyntaxFailure) -> ExpressionSyntax {
    var base = try parsePrimary()
    while true {
      if at(.dot), token(after: 1).kind == .leftBracket, token(after: 2).kind != .string {
        advance()
      } else if at(.dot) {
        advance()
        let name = try parseMemberName()
        let whole = SourceSpan.joining(base.span, name.span)
        if at(.leftParen) {
          throw fail(
            "unexpected-text", "KQL has no methods, so `.\(name.text)(` is not allowed here", at: name.span,
            help: Self.methodHint(name.text))
        }
        try rise(to: height + 1, span: whole)
        base = .member(MemberSyntax(base: base, name: name, span: whole))
      } else if at(.leftBracket) {
        let baseHeight = height
        let nesting = try enter(.leftBracket)
        let element = try parseExpression()
        try leave(nesting)
        let whole = SourceSpan.joining(base.span, token(before: 1).span)
        try rise(to: max(baseHeight, height) + 1, span: whole)
        base = .element(ElementSyntax(base: base, index: element, span: whole))
      } else {
        return base
      }
    }
  }

  /// After a dot any word is a name.
  private mutating func parseMemberName() throws(SyntaxFailure) -> NameSyntax {
    guard at(.word) else { return try parseName("a property's name") }
    let token = advance()
    return NameSyntax(text: token.text, span: token.span, isQuoted: false)
  }

  private mutating func parsePrimary() throws(SyntaxFailure) -> ExpressionSyntax {
    height = 1
    tallest = max(tallest, 1)
    if atLiteral { return .literal(try parseLiteral()) }
    switch token.kind {
    case .star: return .star(advance().span)
    case .leftParen:
      let start = index
      let nesting = try enter(.leftParen)
      let inner = try parseValue()
      try leave(nesting)
      return .parenthesized(ParenthesizedSyntax(expression: inner, span: span(from: start)))
    case .word, .leftBracket:
      if atName { return try parseReference() }
      throw unexpectedWord()
    default:
      throw unexpected("a value")
    }
  }

  /// The failure for a word or bracket that no value starts with.
  private mutating func unexpectedWord() -> SyntaxFailure {
    if atWord("null") {
      return fail(
        "bare-null", "`null` is allowed only inside `dynamic(...)`", at: token.span,
        help: "write `int(null)` or another typed null, or `isnull(x)` to test for it")
    }
    if let hint = calledOperatorHint ?? foreignHint { return unexpected("a value", help: hint) }
    if at(.word), ReservedWords.all.contains(token.text) {
      return unexpected("a value", help: "to use it as a name, write ['\(token.text)']")
    }
    if at(.leftBracket) {
      return unexpected("a value", help: "write a list as `dynamic([1, 2])`, and a quoted name as `['a b']`")
    }
    return unexpected("a value")
  }

  /// A name, a call, or a path such as `database("x").T`.
  mutating func parseReference() throws(SyntaxFailure) -> ExpressionSyntax {
    let name = try parseName()
    height = 1
    guard at(.leftParen) else { return .name(name) }
    let call = try parseCall(name)
    guard at(.dot), EntityQualifier.names.contains(name.text) else { return .call(call) }
    return .path(try parseEntityPath(call))
  }

  /// The brackets and arguments after a function's name.
  mutating func parseCall(_ name: NameSyntax) throws(SyntaxFailure) -> CallSyntax {
    var arguments: [ArgumentSyntax] = []
    let nesting = try enter(.leftParen, "after the function's name")
    if !isClosing(nesting) {
      repeat {
        arguments.append(try parseArgument())
      } while try skipComma(after: arguments[arguments.count - 1].value)
    }
    try leave(nesting)
    return CallSyntax(
      name: name, arguments: arguments, span: SourceSpan.joining(name.span, token(before: 1).span))
  }

  private mutating func parseArgument() throws(SyntaxFailure) -> ArgumentSyntax {
    let start = index
    var name: NameSyntax?
    // Before `=` any word is a name, so that `compare(..., by = "owner")` can be written.
    let length = at(.word) ? 1 : nameLength(after: 0)
    if length > 0, token(after: length).kind == .assign {
      name = try parseMemberName()
      advance()
    }
    let value = try parseValue()
    return ArgumentSyntax(name: name, value: value, span: span(from: start))
  }

  private mutating func parseEntityPath(_ first: CallSyntax) throws(SyntaxFailure) -> EntityPathSyntax {
    var qualifiers = [first]
    while true {
      try expect(.dot, ".", "before the table's name")
      let name = try parseName("a table")
      guard at(.leftParen) else {
        return EntityPathSyntax(
          qualifiers: qualifiers, entity: .name(name),
          span: SourceSpan.joining(first.span, name.span))
      }
      let call = try parseCall(name)
      guard at(.dot), EntityQualifier.names.contains(name.text) else {
        return EntityPathSyntax(
          qualifiers: qualifiers, entity: .call(call),
          span: SourceSpan.joining(first.span, call.span))
      }
      qualifiers.append(call)
    }
  }

  /// A scalar expression or a query, as allowed in brackets, as an argument and after `let x =`.
  mutating func parseValue() throws(SyntaxFailure) -> ExpressionSyntax {
    if atSourceKeyword { return .query(try parseQuery()) }
    let expression = try parseExpression()
    guard at(.pipe) else { return expression }
    guard let query = expression.asQuery else {
      throw fail(
        "missing-source", "only a table can be piped on", at: token.span,
        help: "the text before this `|` is a value")
    }
    let outer = try enterQuery()
    let piped = try parsePipes(query)
    leaveQuery(outer)
    return .query(piped)
  }

  /// After a query a comma would continue the last operator's list, so a query followed by more values
  /// must be in brackets.
  private mutating func skipComma(after value: ExpressionSyntax) throws(SyntaxFailure) -> Bool {
    guard at(.comma) else { return false }
    if case .query(let query) = value {
      throw fail(
        "bare-query", "a query followed by more values must be in brackets", at: query.span,
        help: "write `(query), ...`")
    }
    advance()
    return true
  }
}

/// The functions that name the location of a table.
enum EntityQualifier {
  static let names: Set<String> = ["cluster", "database", "workspace", "app", "resource", "adx", "arg"]
}
