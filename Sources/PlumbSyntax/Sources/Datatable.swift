import PlumbDiagnostics

/// `datatable(a: long, b: string) [1, "x", 2, "y"]`: a literal table.
package struct DatatableSyntax: Sendable {
  package var schema: SchemaSyntax
  /// Row after row; the binder checks that they fill whole rows.
  package var values: [ExpressionSyntax]
  package var span: SourceSpan
}

extension DatatableSyntax {
  static let source = SourceDeclaration(
    "datatable", usage: "datatable(name: type, ...)[value, ...]",
    summary: "Defines a literal table in the query.",
    examples: [#"datatable(task: string, minutes: long)["load", 12, "clean", 3] | sort by minutes"#],
    starts: { $0.token(after: 1).kind == .leftParen }
  ) { parser throws(SyntaxFailure) in .datatable(try parser.parseDatatableSource()) }
}

extension Parser {
  /// Whether a literal table or one read from a file starts here; it is allowed where only a table's name is.
  var atWrittenTable: Bool {
    at(.word) && token(after: 1).kind == .leftParen
      && [DatatableSyntax.source, ExternaldataSyntax.source].contains { ([$0.keyword] + $0.aliases).contains(token.text) }
  }

  mutating func parseDatatableSource() throws(SyntaxFailure) -> DatatableSyntax {
    let start = index
    advance()
    let schema = try parseSchema()
    _ = try readParameters()
    var values: [ExpressionSyntax] = []
    let nesting = try enter(.leftBracket, "before the values")
    while !isClosing(nesting) {
      values.append(try parseExpression())
      if !skip(.comma) { break }
    }
    try leave(nesting)
    return DatatableSyntax(schema: schema, values: values, span: span(from: start))
  }
}

extension Printer {
  /// One row per line; a single row stays on the line of the schema.
  mutating func printDatatable(_ node: DatatableSyntax) {
    write("datatable")
    printSchema(node.schema)
    let width = max(1, node.schema.columns.count)
    if node.values.count <= width {
      write(" [")
      list(node.values) { $0.printExpression($1) }
      write("]")
      return
    }
    write(" [")
    indented { printer in
      for (i, value) in node.values.enumerated() {
        if i % width == 0 { printer.newLine(before: value.span.lower) } else { printer.write(" ") }
        printer.printExpression(value)
        if i < node.values.count - 1 { printer.write(",") }
      }
    }
    newLine(before: node.span.upper)
    write("]")
  }
}
