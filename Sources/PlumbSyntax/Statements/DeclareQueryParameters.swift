import PlumbDiagnostics

/// `declare query_parameters(a: long = 5, b: string)`.
package struct DeclareQueryParametersSyntax: Sendable {
  package var parameters: [FunctionParameterSyntax]
  package var span: SourceSpan
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
