import PlumbDiagnostics

/// `find in (T1, T2) where p project a, b`: rows of several tables, with the table's name.
package struct FindSyntax: Sendable {
  package enum Projection: Sendable {
    /// No projection written, or `project-smart`.
    case smart
    case columns([FindColumnSyntax])
    case away([NamePatternSyntax])
  }
  package var parameters: [ParameterSyntax]
  /// Empty when not written.
  package var tables: [SourceSyntax]
  package var predicate: ExpressionSyntax
  package var projection: Projection
  package var span: SourceSpan
}

/// One column of `find ... project`: `a`, `a: long` or `pack(*)`.
package enum FindColumnSyntax: Sendable {
  case column(NameSyntax, TypeSyntax?)
  case pack(SourceSpan)
}

extension FindSyntax {
  static let settings: [OperatorDeclaration.Setting] = ["withsource", "with_source", "datascope"]

  static let source = SourceDeclaration(
    "find", usage: "find where predicate",
    summary: "Searches tables for rows.",
    examples: [#"find where status == "cancelled""#],
    clauses: ["in", "where", "project"], settings: settings, starts: { $0.startsOperand(after: 1) || $0.atWord("in", after: 1) }
  ) { parser throws(SyntaxFailure) in .find(try parser.parseFindSource()) }
}

extension Parser {
  mutating func parseFindSource() throws(SyntaxFailure) -> FindSyntax {
    let start = index
    advance()
    let parameters = try readSettings(FindSyntax.settings)
    let tables = skipWord("in") ? try parseTablePatternList() : []
    _ = skipWord("where")
    let predicate = try parseExpression()
    let projection = try parseFindProjection()
    return FindSyntax(
      parameters: parameters, tables: tables, predicate: predicate, projection: projection,
      span: span(from: start))
  }

  /// `project a, b: long, pack(*)`, `project-smart`, `project-away a*`, or nothing.
  private mutating func parseFindProjection() throws(SyntaxFailure) -> FindSyntax.Projection {
    guard let word = operatorWord, word.text.hasPrefix("project") else { return .smart }
    switch word.text {
    case "project-smart":
      for _ in 0..<3 { advance() }
      return .smart
    case "project-away":
      for _ in 0..<3 { advance() }
      return .away(try parseNamePatternList())
    default:
      try expectWord("project", "and columns")
      var columns = [try parseFindColumn()]
      while skip(.comma) { columns.append(try parseFindColumn()) }
      return .columns(columns)
    }
  }

  private mutating func parseFindColumn() throws(SyntaxFailure) -> FindColumnSyntax {
    let start = index
    if atWord("pack") || atWord("pack_all"), token(after: 1).kind == .leftParen {
      let nesting: Nesting
      advance()
      nesting = try enter(.leftParen)
      _ = skip(.star)
      try leave(nesting)
      return .pack(span(from: start))
    }
    let name = try parseName("a column")
    return .column(name, skip(.colon) ? try parseType() : nil)
  }
}

extension Printer {
  mutating func printFind(_ node: FindSyntax) {
    write("find ")
    printParameters(node.parameters)
    if !node.tables.isEmpty {
      write("in (")
      list(node.tables) { $0.printSource($1) }
      write(") ")
    }
    write("where ")
    printExpression(node.predicate)
    switch node.projection {
    case .smart: break
    case .away(let patterns):
      write(" project-away ")
      list(patterns) { $0.printPattern($1) }
    case .columns(let columns):
      write(" project ")
      list(columns) { printer, column in
        switch column {
        case .pack: printer.write("pack(*)")
        case .column(let name, let type):
          printer.printName(name)
          if let type { printer.write(": \(type.type.rawValue)") }
        }
      }
    }
  }
}
