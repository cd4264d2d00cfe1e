import PlumbDiagnostics

/// `invoke f(x)`: calls a function with the rows as its first argument.
package struct InvokeSyntax: Sendable {
  package var call: CallSyntax
  package var span: SourceSpan
}

extension InvokeSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "invoke", usage: "invoke function(...)",
      summary: "Calls a function with the rows as its first argument.",
      examples: [#"let failed = (t: (status: string)) { t | where status == "failed" }; runs | invoke failed() | count"#],
      operands: .function
    ) { parser, start throws(SyntaxFailure) in try parser.parseInvokeOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printInvoke(self) }
}

extension Parser {
  mutating func parseInvokeOperator(from start: Int) throws(SyntaxFailure) -> InvokeSyntax {
    let name = try parseName("a function")
    let call = try parseCall(name)
    return InvokeSyntax(call: call, span: span(from: start))
  }
}

extension Printer {
  mutating func printInvoke(_ node: InvokeSyntax) {
    write("invoke ")
    printCall(node.call)
  }
}
