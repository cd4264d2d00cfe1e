import PlumbDiagnostics

/// `invoke f(x)`: calls a function with the rows as its first argument.
public struct InvokeSyntax: Sendable {
  public var call: CallSyntax
  public var span: SourceSpan
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
