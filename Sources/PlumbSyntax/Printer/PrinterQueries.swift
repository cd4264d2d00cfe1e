import PlumbDiagnostics

/// Statements, queries, sources and the dispatch to each operator.
extension Printer {
  mutating func printStatement(_ statement: StatementSyntax) {
    switch statement {
    case .query(let node): printQueryStatement(node)
    case .letBinding(let node): printLet(node)
    case .setOption(let node): printSetOption(node)
    case .declareQueryParameters(let node): printDeclareQueryParameters(node)
    case .declarePattern(let node): printDeclarePattern(node)
    case .aliasDatabase(let node): printAliasDatabase(node)
    case .restrictAccess(let node): printRestrictAccess(node)
    case .command(let node): printCommand(node)
    }
  }

  /// The source, and a line for each operator.
  mutating func printQuery(_ query: QuerySyntax) {
    printSource(query.source)
    var isFirst = true
    if case .implied = query.source {} else { isFirst = false }
    for step in query.operators {
      if !isFirst {
        newLine(before: step.span.lower)
        write("| ")
      }
      step.print(to: &self)
      isFirst = false
    }
  }

  /// A query in brackets: on the same line if short, else on lines of its own. The caller writes
  /// the brackets.
  mutating func printInnerQuery(_ query: QuerySyntax) {
    var stages = query.operators.count
    if case .implied = query.source {} else { stages += 1 }
    if stages <= 2, !hasComments(in: query.span) {
      printSource(query.source)
      var isFirst = true
      if case .implied = query.source {} else { isFirst = false }
      for step in query.operators {
        if !isFirst { write(" | ") }
        step.print(to: &self)
        isFirst = false
      }
      return
    }
    indented(by: 4) { printer in
      printer.newLine(before: query.span.lower)
      printer.printQuery(query)
    }
    indented { $0.newLine(before: query.span.upper) }
  }

  mutating func printSource(_ source: SourceSyntax) {
    switch source {
    case .name(let name): printName(name)
    case .pattern(let pattern): printPattern(pattern)
    case .call(let call): printCall(call)
    case .path(let path): printPath(path)
    case .parenthesized(let query, _):
      write("(")
      printInnerQuery(query)
      write(")")
    case .print(let node): printPrint(node)
    case .range(let node): printRange(node)
    case .datatable(let node): printDatatable(node)
    case .externaldata(let node): printExternaldata(node)
    case .macroExpand(let node): printMacroExpand(node)
    case .union(let node): printUnion(node)
    case .search(let node): printSearch(node)
    case .find(let node): printFind(node)
    case .evaluate(let node): printEvaluate(node)
    case .word(let word): word.print(to: &self)
    case .implied: break
    }
  }
}
