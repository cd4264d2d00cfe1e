import PlumbDiagnostics

/// `evaluate plugin(...) : (a: long)`: passes rows through a plugin; source and operator.
package struct EvaluateSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var call: CallSyntax
  package var schema: SchemaSyntax?
  package var span: SourceSpan
}

extension EvaluateSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "evaluate", usage: "evaluate plugin(...)",
      summary: "Calls a plugin such as `bag_unpack`, `pivot` or `narrow`.",
      examples: ["runs | evaluate pivot(status, count(), source)"],
      operands: .plugin
    ) { parser, start throws(SyntaxFailure) in try parser.parseEvaluateOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printEvaluate(self) }
}

extension EvaluateSyntax {
  static let source = SourceDeclaration.unsupported("evaluate", starts: { $0.isName(after: 1) }) {
    parser throws(SyntaxFailure) in .evaluate(try parser.parseEvaluateSource())
  }
}

extension Parser {
  mutating func parseEvaluateOperator(from start: Int) throws(SyntaxFailure) -> EvaluateSyntax {
    let parameters = try readParameters()
    let name = try parseName("a plugin's name")
    let call = try parseCall(name)
    let schema = skip(.colon) ? try parseSchema() : nil
    return EvaluateSyntax(parameters: parameters, call: call, schema: schema, span: span(from: start))
  }

  /// At the start of a query.
  mutating func parseEvaluateSource() throws(SyntaxFailure) -> EvaluateSyntax {
    let start = index
    advance()
    return try parseEvaluateOperator(from: start)
  }
}

extension Printer {
  mutating func printEvaluate(_ node: EvaluateSyntax) {
    write("evaluate ")
    printParameters(node.parameters)
    printCall(node.call)
    if let schema = node.schema {
      write(" : ")
      printSchema(schema)
    }
  }
}
