import PlumbDiagnostics

/// `invoke f(x)`: calls a function with the rows as its first argument.
package struct InvokeSyntax: Sendable {
  package var call: CallSyntax
  package var span: SourceSpan
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
