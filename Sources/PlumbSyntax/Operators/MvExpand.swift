import PlumbDiagnostics

/// `mv-expand a, b to typeof(long) limit 5`: a row for each element.
package struct MvExpandSyntax: Sendable {
  package var parameters: [ParameterSyntax]
  package var columns: [ExpandedColumnSyntax]
  package var limit: ExpressionSyntax?
  package var span: SourceSpan
}

package struct ExpandedColumnSyntax: Sendable {
  package var expression: NamedExpressionSyntax
  /// `to typeof(long)`
  package var type: TypeSyntax?
  package var span: SourceSpan
}

extension MvExpandSyntax: OperatorNode {
  static let settings: [OperatorDeclaration.Setting] = ["bagexpansion", "kind", "with_itemindex"]

  package static let declarations = [
    OperatorDeclaration(
      "mv-expand", aliases: ["mvexpand"], usage: "mv-expand column, ...",
      summary: "Makes one row for each element of an array.",
      examples: [#"print code = dynamic(["auth", "timeout"]) | mv-expand code"#],
      clauses: ["to", "typeof", "limit"], settings: settings, operands: .columns
    ) { parser, start throws(SyntaxFailure) in try parser.parseMvExpandOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printMvExpand(self) }
}

extension Parser {
  mutating func parseMvExpandOperator(from start: Int) throws(SyntaxFailure) -> MvExpandSyntax {
    let parameters = try readSettings(MvExpandSyntax.settings)
    let columns = try parseExpandedColumnList()
    let limit = skipWord("limit") ? try parseExpression() : nil
    return MvExpandSyntax(parameters: parameters, columns: columns, limit: limit, span: span(from: start))
  }

  mutating func parseExpandedColumnList() throws(SyntaxFailure) -> [ExpandedColumnSyntax] {
    var columns = [try parseExpandedColumn()]
    while skip(.comma) { columns.append(try parseExpandedColumn()) }
    return columns
  }

  /// `a = b to typeof(long)`
  private mutating func parseExpandedColumn() throws(SyntaxFailure) -> ExpandedColumnSyntax {
    let start = index
    let expression = try parseNamedExpression()
    let type = skipWord("to") ? try parseTypeOf() : nil
    return ExpandedColumnSyntax(expression: expression, type: type, span: span(from: start))
  }
}

extension Printer {
  mutating func printMvExpand(_ node: MvExpandSyntax) {
    write("mv-expand ")
    printParameters(node.parameters)
    printExpandedColumns(node.columns)
    if let limit = node.limit {
      write(" limit ")
      printExpression(limit)
    }
  }

  mutating func printExpandedColumns(_ columns: [ExpandedColumnSyntax]) {
    list(columns) { printer, column in
      printer.printNamed(column.expression)
      if let type = column.type { printer.write(" to typeof(\(type.type.rawValue))") }
    }
  }
}
