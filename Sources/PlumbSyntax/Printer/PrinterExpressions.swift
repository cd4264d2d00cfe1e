import PlumbDiagnostics

/// Expressions; brackets are in the tree, so none are added.
extension Printer {
  mutating func printExpression(_ expression: ExpressionSyntax) {
    switch expression {
    case .name(let name): printName(name)
    case .literal(let literal): printLiteral(literal)
    case .unary(let node):
      write(node.operator.rawValue)
      printExpression(node.operand)
    case .binary(let node):
      printExpression(node.lhs)
      write(" \(node.operator.rawValue) ")
      printExpression(node.rhs)
    case .logical(let node):
      list(node.operands, separator: " \(node.operator.rawValue) ") { $0.printExpression($1) }
    case .between(let node):
      printExpression(node.operand)
      write(node.isNegated ? " !between (" : " between (")
      printExpression(node.lower)
      write(" .. ")
      printExpression(node.upper)
      write(")")
    case .membership(let node):
      printExpression(node.operand)
      write(" \(node.operator.rawValue) (")
      list(node.list) { $0.printValue($1) }
      write(")")
    case .call(let call): printCall(call)
    case .path(let path): printPath(path)
    case .member(let node):
      printExpression(node.base)
      // `5.['x']` would be read as the real `5.` and an index.
      if case .literal(let literal) = node.base, literal.isNumber { write(" ") }
      write(".")
      printMemberName(node.name)
    case .element(let node):
      printExpression(node.base)
      write("[")
      printExpression(node.index)
      write("]")
    case .star: write("*")
    case .parenthesized(let node):
      write("(")
      printValue(node.expression)
      write(")")
    case .query(let query): printQuery(query)
    }
  }

  /// An expression between brackets, where a query is allowed.
  mutating func printValue(_ expression: ExpressionSyntax) {
    if case .query(let query) = expression { printInnerQuery(query) } else { printExpression(expression) }
  }

  mutating func printCall(_ call: CallSyntax) {
    printName(call.name)
    write("(")
    list(call.arguments) { printer, argument in
      if let name = argument.name {
        printer.printMemberName(name)
        printer.write(" = ")
      }
      printer.printValue(argument.value)
    }
    write(")")
  }

  mutating func printPath(_ path: EntityPathSyntax) {
    if let database = path.database {
      printName(database)
      write(".")
    }
    for qualifier in path.qualifiers {
      printCall(qualifier)
      write(".")
    }
    switch path.entity {
    case .name(let name): printName(name)
    case .call(let call): printCall(call)
    case .pattern(let pattern): write(pattern.text)
    }
  }
}
