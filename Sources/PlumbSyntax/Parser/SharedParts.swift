import PlumbDiagnostics

/// The small parts that operators share: named columns, parameters, schemas, orders.
extension Parser {
  /// `x`, `a = x`, `(a, b) = x`
  mutating func parseNamedExpression() throws(SyntaxFailure) -> NamedExpressionSyntax {
    let start = index
    var names: [NameSyntax] = []
    let length = nameLength(after: 0)
    if length > 0, token(after: length).kind == .assign {
      names.append(try parseName())
      advance()
    } else if startsNameTuple {
      advance()
      names = try parseNameList()
      advance()
      advance()
    }
    let expression = try parseExpression()
    return NamedExpressionSyntax(names: names, expression: expression, span: span(from: start))
  }

  /// Whether `(a, b) =` is here.
  private var startsNameTuple: Bool {
    guard at(.leftParen) else { return false }
    var distance = 1
    while true {
      let length = nameLength(after: distance)
      // A text that ends after a comma can be nothing else.
      guard length > 0 else { return distance > 1 && token(after: distance).kind == .end }
      distance += length
      switch token(after: distance).kind {
      case .comma: distance += 1
      case .rightParen: return token(after: distance + 1).kind == .assign
      case .end: return token(after: distance - length - 1).kind == .comma
      default: return false
      }
    }
  }

  mutating func parseNamedExpressionList() throws(SyntaxFailure) -> [NamedExpressionSyntax] {
    var columns = [try parseNamedExpression()]
    while skip(.comma) { columns.append(try parseNamedExpression()) }
    return columns
  }

  mutating func parseExpressionList() throws(SyntaxFailure) -> [ExpressionSyntax] {
    var expressions = [try parseExpression()]
    while skip(.comma) { expressions.append(try parseExpression()) }
    return expressions
  }

  /// `x asc nulls last`
  mutating func parseOrderedExpression() throws(SyntaxFailure) -> OrderedExpressionSyntax {
    let start = index
    let expression = try parseNamedExpression()
    let direction = readDirection()
    var nulls: NullsOrder?
    if skipWord("nulls") {
      guard atWord("first") || atWord("last") else {
        throw unexpected("`first` or `last` after `nulls`")
      }
      nulls = NullsOrder(rawValue: advance().text)
    }
    return OrderedExpressionSyntax(
      expression: expression, direction: direction, nulls: nulls, span: span(from: start))
  }

  mutating func parseOrderedExpressionList() throws(SyntaxFailure) -> [OrderedExpressionSyntax] {
    var keys = [try parseOrderedExpression()]
    while skip(.comma) { keys.append(try parseOrderedExpression()) }
    return keys
  }

  mutating func readDirection() -> SortDirection? {
    if skipWord("asc") { return .ascending }
    return skipWord("desc") ? .descending : nil
  }

  /// `kind=inner hint.strategy=shuffle`: the parameters in `known`, and any hint.
  mutating func readParameters(_ known: [String] = []) throws(SyntaxFailure) -> [ParameterSyntax] {
    var parameters: [ParameterSyntax] = []
    while true {
      if at(.word), known.contains(token.text), token(after: 1).kind == .assign {
        let start = index
        let name = NameSyntax(text: token.text, span: token.span, isQuoted: false)
        advance()
        advance()
        let value = try parseParameterValue()
        parameters.append(ParameterSyntax(name: name, value: value, span: span(from: start)))
      } else if atWord("hint"), token(after: 1).kind == .dot, token(after: 2).kind == .word,
        token(after: 3).kind == .assign
      {
        parameters.append(try parseHintParameter())
      } else {
        return parameters
      }
    }
  }

  private mutating func parseHintParameter() throws(SyntaxFailure) -> ParameterSyntax {
    let start = index
    advance()
    advance()
    let word = advance()
    let name = NameSyntax(text: "hint.\(word.text)", span: span(from: start), isQuoted: false)
    try expect(.assign, "=", "after the hint's name")
    let value = try parseParameterValue()
    return ParameterSyntax(name: name, value: value, span: span(from: start))
  }

  /// A literal or a name.
  mutating func parseParameterValue() throws(SyntaxFailure) -> ExpressionSyntax {
    if atLiteral { return .literal(try parseLiteral()) }
    return .name(try parseName("a value"))
  }

  /// `(a=1, b="x")`
  mutating func parsePropertyList() throws(SyntaxFailure) -> [ParameterSyntax] {
    var properties: [ParameterSyntax] = []
    let nesting = try enter(.leftParen, "before the properties")
    if !isClosing(nesting) {
      repeat { properties.append(try parseProperty()) } while skip(.comma)
    }
    try leave(nesting)
    return properties
  }

  mutating func parseProperty() throws(SyntaxFailure) -> ParameterSyntax {
    let start = index
    let name = try parseName("a property's name")
    try expect(.assign, "=", "after the property's name")
    let value = try parseParameterValue()
    return ParameterSyntax(name: name, value: value, span: span(from: start))
  }

  /// `(a: long, b: string)`, perhaps with `*`.
  mutating func parseSchema() throws(SyntaxFailure) -> SchemaSyntax {
    let start = index
    var columns: [ColumnDeclarationSyntax] = []
    var hasStar = false
    let nesting = try enter(.leftParen, "before the columns")
    if !isClosing(nesting) {
      repeat {
        if skip(.star) { hasStar = true } else { columns.append(try parseColumnDeclaration()) }
      } while skip(.comma) && !isClosing(nesting)
    }
    try leave(nesting)
    return SchemaSyntax(columns: columns, hasStar: hasStar, span: span(from: start))
  }

  private mutating func parseColumnDeclaration() throws(SyntaxFailure) -> ColumnDeclarationSyntax {
    let start = index
    let name = try parseName("a column's name")
    try expect(.colon, ":", "and the column's type")
    let type = try parseType()
    return ColumnDeclarationSyntax(name: name, type: type, span: span(from: start))
  }
}
