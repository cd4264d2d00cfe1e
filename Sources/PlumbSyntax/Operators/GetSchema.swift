import PlumbDiagnostics

/// `getschema`: the columns and their types, as rows.
package struct GetSchemaSyntax: Sendable {
  package var span: SourceSpan
}

extension GetSchemaSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "getschema", usage: "getschema",
      summary: "Returns the names and types of the columns.",
      examples: ["runs | getschema"],
      operands: .nothing
    ) { parser, start throws(SyntaxFailure) in parser.parseGetSchemaOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.write("getschema") }
}

extension Parser {
  func parseGetSchemaOperator(from start: Int) -> GetSchemaSyntax {
    GetSchemaSyntax(span: span(from: start))
  }
}
