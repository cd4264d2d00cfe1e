import PlumbDiagnostics

/// `let name = value`: names a value, a table or a function.
package struct LetSyntax: Sendable {
  package indirect enum Value: Sendable {
    /// A scalar or a table; see `ExpressionSyntax.asQuery`.
    case expression(ExpressionSyntax)
    /// `(parameters) { body }` or `view () { body }`.
    case function(FunctionSyntax)
    /// `entity_group [a, b]`, for `macro-expand`.
    case entityGroup(EntityGroupSyntax)
  }
  package var name: NameSyntax
  package var value: Value
  package var span: SourceSpan
}

extension LetSyntax {
  static let statement = StatementDeclaration(
    "let", usage: "let name = expression;",
    summary: "Names a value, a query or a function for the statements after it.",
    examples: [#"let failed = runs | where status == "failed"; failed | count"#,
      "let share = (part: long, whole: long) { round(100.0 * part / whole, 1) }; print share(3, 8)"],
    clauses: ["view"], starts: { $0.isName(after: 1) || $0.token(after: 1).kind == .word }
  ) { parser throws(SyntaxFailure) in .letBinding(try parser.parseLetStatement()) }
}

extension Parser {
  mutating func parseLetStatement() throws(SyntaxFailure) -> LetSyntax {
    let start = index
    advance()
    let name = try parseName("a name for the value")
    try expect(.assign, "=", "and the value")
    let value: LetSyntax.Value
    if startsFunction {
      value = .function(try parseFunction())
    } else if startsEntityGroup {
      value = .entityGroup(try parseEntityGroup())
    } else {
      value = .expression(try parseValue())
    }
    return LetSyntax(name: name, value: value, span: span(from: start))
  }
}

extension Printer {
  mutating func printLet(_ node: LetSyntax) {
    write("let ")
    printName(node.name)
    write(" =")
    switch node.value {
    case .function(let function):
      write(" ")
      printFunction(function)
    case .entityGroup(let group):
      write(" ")
      printEntityGroup(group)
    case .expression(.query(let query)) where !query.operators.isEmpty:
      indented { printer in
        printer.newLine(before: query.span.lower)
        printer.printQuery(query)
      }
    case .expression(let expression):
      write(" ")
      printExpression(expression)
    }
  }
}
