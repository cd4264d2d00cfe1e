import PlumbDiagnostics

/// The right side of a `let` that defines a function.
package struct FunctionSyntax: Sendable {
  package var isView: Bool
  package var parameters: [FunctionParameterSyntax]
  /// Statements before the result; usually `let`.
  package var statements: [StatementSyntax]
  /// A value or a table; see `ExpressionSyntax.asQuery`.
  package var result: ExpressionSyntax
  package var bodySpan: SourceSpan
  package var span: SourceSpan
}

/// One parameter of a function or of a query.
package struct FunctionParameterSyntax: Sendable {
  package enum Kind: Sendable {
    case scalar(TypeSyntax, defaultValue: ExpressionSyntax?)
    /// `T: (a: long, *)`
    case table(SchemaSyntax)
  }
  package var name: NameSyntax
  package var kind: Kind
  package var span: SourceSpan
}

extension Parser {
  /// Whether `(a: long) {`, `() {` or `view (` starts here, rather than an expression in brackets.
  var startsFunction: Bool {
    if atWord("view"), token(after: 1).kind == .leftParen {
      let next = token(after: 2).kind
      return next == .rightParen && token(after: 3).kind == .leftBrace
        || token(after: 2 + nameLength(after: 2)).kind == .colon
    }
    guard at(.leftParen) else { return false }
    if token(after: 1).kind == .rightParen { return true }
    let length = nameLength(after: 1)
    return length > 0 && token(after: 1 + length).kind == .colon
  }

  mutating func parseFunction() throws(SyntaxFailure) -> FunctionSyntax {
    let start = index
    let isView = skipWord("view")
    let parameters = try parseFunctionParameterList()
    return try parseFunctionBody(of: parameters, isView: isView, from: start)
  }

  /// `{ let ...; result }`
  mutating func parseFunctionBody(
    of parameters: [FunctionParameterSyntax], isView: Bool = false, from start: Int
  ) throws(SyntaxFailure) -> FunctionSyntax {
    let bodyStart = index
    let nesting = try enter(.leftBrace, "and the function's body")
    let (statements, result) = try parseBody()
    try leave(nesting)
    return FunctionSyntax(
      isView: isView, parameters: parameters, statements: statements, result: result,
      bodySpan: span(from: bodyStart), span: span(from: start))
  }

  /// `(a: long = 5, T: (x: string, *))`
  mutating func parseFunctionParameterList() throws(SyntaxFailure) -> [FunctionParameterSyntax] {
    var parameters: [FunctionParameterSyntax] = []
    let nesting = try enter(.leftParen, "before the parameters")
    if !isClosing(nesting) {
      repeat { parameters.append(try parseFunctionParameter()) } while skip(.comma)
    }
    try leave(nesting)
    return parameters
  }

  mutating func parseFunctionParameter() throws(SyntaxFailure) -> FunctionParameterSyntax {
    let start = index
    let name = try parseName("a parameter's name")
    try expect(.colon, ":", "and the parameter's type")
    if at(.leftParen) {
      let schema = try parseSchema()
      return FunctionParameterSyntax(name: name, kind: .table(schema), span: span(from: start))
    }
    let type = try parseType()
    let defaultValue = skip(.assign) ? try parseExpression() : nil
    return FunctionParameterSyntax(
      name: name, kind: .scalar(type, defaultValue: defaultValue), span: span(from: start))
  }
}

extension Printer {
  mutating func printFunction(_ node: FunctionSyntax) {
    if node.isView { write("view ") }
    printFunctionParameters(node.parameters)
    printFunctionBody(node)
  }

  mutating func printFunctionBody(_ node: FunctionSyntax) {
    write(" {")
    printBody(node)
    write("}")
  }

  /// What is between the brackets of a body, on lines of its own.
  mutating func printBody(_ node: FunctionSyntax) {
    indented { printer in
      for statement in node.statements {
        printer.newLine(before: statement.span.lower)
        printer.printStatement(statement)
        printer.write(";")
      }
      printer.newLine(before: node.result.span.lower)
      printer.printExpression(node.result)
    }
    newLine(before: node.bodySpan.upper)
  }

  mutating func printFunctionParameters(_ parameters: [FunctionParameterSyntax]) {
    write("(")
    list(parameters) { printer, parameter in printer.printFunctionParameter(parameter) }
    write(")")
  }

  mutating func printFunctionParameter(_ parameter: FunctionParameterSyntax) {
    printName(parameter.name)
    write(": ")
    switch parameter.kind {
    case .table(let schema): printSchema(schema)
    case .scalar(let type, let defaultValue):
      write(type.type.rawValue)
      if let defaultValue {
        write(" = ")
        printExpression(defaultValue)
      }
    }
  }
}
