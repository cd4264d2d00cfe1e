import PlumbDiagnostics

/// `fork (take 5) b = (count)`: several queries over the same rows.
package struct ForkSyntax: Sendable {
  package var branches: [ForkBranchSyntax]
  package var span: SourceSpan
}

package struct ForkBranchSyntax: Sendable {
  package var name: NameSyntax?
  /// Starts with `.implied`.
  package var query: QuerySyntax
  package var span: SourceSpan
}

extension ForkSyntax: OperatorNode {
  package static let declarations = [
    OperatorDeclaration(
      "fork", usage: "fork [name =] (steps) [name =] (steps) ...",
      summary: "Passes the rows through several chains of steps, each of which returns a table; ends the query.",
      examples: ["runs | where status == \"failed\" | fork (count) by_source = (summarize count() by source)"],
      traits: [.aggregates, .holdsSteps]
    ) { parser, start throws(SyntaxFailure) in try parser.parseForkOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printFork(self) }
}

extension Parser {
  mutating func parseForkOperator(from start: Int) throws(SyntaxFailure) -> ForkSyntax {
    var branches: [ForkBranchSyntax] = []
    repeat { branches.append(try parseForkBranch()) } while at(.leftParen) || atName
    return ForkSyntax(branches: branches, span: span(from: start))
  }

  /// `name = (take 5)`
  private mutating func parseForkBranch() throws(SyntaxFailure) -> ForkBranchSyntax {
    let start = index
    var name: NameSyntax?
    if atName {
      name = try parseName()
      try expect(.assign, "=", "after the branch's name")
    }
    let nesting = try enter(.leftParen, "before each of `fork`'s queries")
    let query = try parseImpliedQuery()
    try leave(nesting)
    return ForkBranchSyntax(name: name, query: query, span: span(from: start))
  }
}

extension Printer {
  mutating func printFork(_ node: ForkSyntax) {
    write("fork ")
    list(node.branches, separator: " ") { printer, branch in
      if let name = branch.name {
        printer.printName(name)
        printer.write(" = ")
      }
      printer.write("(")
      printer.printInnerQuery(branch.query)
      printer.write(")")
    }
  }
}
