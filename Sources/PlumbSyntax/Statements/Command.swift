import PlumbDiagnostics

/// A management command, kept as it was written: `.show tables`.
package struct CommandSyntax: Sendable {
  /// From the dot to the end, without surrounding white space.
  package var text: String
  package var span: SourceSpan
}

extension Parser {
  mutating func parseCommand() -> CommandSyntax {
    let token = advance()
    return CommandSyntax(text: token.text, span: token.span)
  }
}

extension Printer {
  mutating func printCommand(_ node: CommandSyntax) {
    write(node.text)
  }
}
