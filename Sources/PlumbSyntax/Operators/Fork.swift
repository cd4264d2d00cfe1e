import PlumbDiagnostics

/// `fork (take 5) b = (count)`: several queries over the same rows.
public struct ForkSyntax: Sendable {
  public var branches: [ForkBranchSyntax]
  public var span: SourceSpan
}

public struct ForkBranchSyntax: Sendable {
  public var name: NameSyntax?
  /// Starts with `.implied`.
  public var query: QuerySyntax
  public var span: SourceSpan
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
