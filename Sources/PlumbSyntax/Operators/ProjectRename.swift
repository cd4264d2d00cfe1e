import PlumbDiagnostics

/// `project-rename new = old`: renames columns.
package struct ProjectRenameSyntax: Sendable {
  package var columns: [RenamedColumnSyntax]
  package var span: SourceSpan
}

package struct RenamedColumnSyntax: Sendable {
  package var newName: NameSyntax
  package var oldName: NameSyntax
  package var span: SourceSpan
}

extension ProjectRenameSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "project-rename", usage: "project-rename new = old, ...",
      summary: "Renames columns.",
      examples: ["pipelines | project-rename pipeline = name"],
      mistake: { parser in
        parser.at(.leftParen) || parser.at(.dot)
          ? ("only a column's name can follow `=` in `project-rename`", "use `extend` to compute a value") : nil
      }
    ) { parser, start throws(SyntaxFailure) in try parser.parseProjectRenameOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printProjectRename(self) }
}

extension Parser {
  mutating func parseProjectRenameOperator(from start: Int) throws(SyntaxFailure) -> ProjectRenameSyntax {
    var columns = [try parseRenamedColumn()]
    while skip(.comma) { columns.append(try parseRenamedColumn()) }
    return ProjectRenameSyntax(columns: columns, span: span(from: start))
  }

  /// `new = old`
  private mutating func parseRenamedColumn() throws(SyntaxFailure) -> RenamedColumnSyntax {
    let start = index
    let newName = try parseName("a new name")
    try expect(.assign, "=", "after the new name")
    let oldName = try parseName("the column's old name")
    return RenamedColumnSyntax(newName: newName, oldName: oldName, span: span(from: start))
  }
}

extension Printer {
  mutating func printProjectRename(_ node: ProjectRenameSyntax) {
    write("project-rename ")
    list(node.columns) { printer, column in
      printer.printName(column.newName)
      printer.write(" = ")
      printer.printName(column.oldName)
    }
  }
}
