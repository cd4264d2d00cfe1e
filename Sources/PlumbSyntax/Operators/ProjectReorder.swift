import PlumbDiagnostics

/// `project-reorder a, b* asc`: these columns first.
package struct ProjectReorderSyntax: Sendable {
  package var columns: [ReorderedColumnSyntax]
  package var span: SourceSpan
}

package struct ReorderedColumnSyntax: Sendable {
  package enum Order: String, Hashable, Sendable, CaseIterable {
    case asc
    case desc
    /// Digits in names count as numbers.
    case grannyAsc = "granny-asc"
    case grannyDesc = "granny-desc"
  }
  package var pattern: NamePatternSyntax
  package var order: Order?
  package var span: SourceSpan
}

extension ProjectReorderSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "project-reorder", usage: "project-reorder column, ...",
      summary: "Moves columns to the front.",
      examples: ["pipelines | project-reorder status, name"],
      clauses: ["asc", "desc", "granny-asc", "granny-desc"], operands: .columns
    ) { parser, start throws(SyntaxFailure) in try parser.parseProjectReorderOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printProjectReorder(self) }
}

extension Parser {
  mutating func parseProjectReorderOperator(from start: Int) throws(SyntaxFailure) -> ProjectReorderSyntax {
    var columns = [try parseReorderedColumn()]
    while skip(.comma) { columns.append(try parseReorderedColumn()) }
    return ProjectReorderSyntax(columns: columns, span: span(from: start))
  }

  /// `a* granny-asc`
  private mutating func parseReorderedColumn() throws(SyntaxFailure) -> ReorderedColumnSyntax {
    let start = index
    let pattern = try parseNamePattern()
    var order: ReorderedColumnSyntax.Order?
    if atWord("granny"), token(after: 1).kind == .minus, atWord("asc", after: 2) || atWord("desc", after: 2) {
      order = atWord("asc", after: 2) ? .grannyAsc : .grannyDesc
      for _ in 0..<3 { advance() }
    } else if let direction = readDirection() {
      order = direction == .ascending ? .asc : .desc
    }
    return ReorderedColumnSyntax(pattern: pattern, order: order, span: span(from: start))
  }
}

extension Printer {
  mutating func printProjectReorder(_ node: ProjectReorderSyntax) {
    write("project-reorder ")
    list(node.columns) { printer, column in
      printer.printPattern(column.pattern)
      if let order = column.order { printer.write(" \(order.rawValue)") }
    }
  }
}
