import PlumbDiagnostics

/// `declare query_parameters(a: long = 5, b: string)`.
package struct DeclareQueryParametersSyntax: Sendable {
  package var parameters: [FunctionParameterSyntax]
  package var span: SourceSpan
}

extension DeclareQueryParametersSyntax {
  static let statement = StatementDeclaration(
    "declare", usage: "declare query_parameters(name: type = default, ...);",
    summary: "Declares parameters that `--param` or `.param` sets.",
    examples: ["declare query_parameters(since: timespan = 1d); runs | where started > ago(since) | count"],
    clauses: ["query_parameters"], starts: { !$0.atWord("pattern", after: 1) && $0.token(after: 1).kind == .word }
  ) { parser throws(SyntaxFailure) in .declareQueryParameters(try parser.parseDeclareQueryParametersStatement()) }
}

extension Parser {
  mutating func parseDeclareQueryParametersStatement() throws(SyntaxFailure) -> DeclareQueryParametersSyntax {
    let start = index
    advance()
    try expectWord("query_parameters", "after `declare`", help: "write `declare query_parameters(name: type)`")
    let parameters = try parseFunctionParameterList()
    return DeclareQueryParametersSyntax(parameters: parameters, span: span(from: start))
  }
}

extension Printer {
  mutating func printDeclareQueryParameters(_ node: DeclareQueryParametersSyntax) {
    write("declare query_parameters")
    printFunctionParameters(node.parameters)
  }
}
