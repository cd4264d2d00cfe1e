import PlumbDiagnostics

/// Statements, queries, sources and the way to each operator.
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
      printOperator(step)
      isFirst = false
    }
  }

  /// A query in brackets: on the same line when short, else on lines of its own. The caller writes
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
        printOperator(step)
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
    case .union(let node): printUnion(node)
    case .search(let node): printSearch(node)
    case .find(let node): printFind(node)
    case .evaluate(let node): printEvaluate(node)
    case .word(let word): printWord(word)
    case .implied: break
    }
  }

  mutating func printOperator(_ step: OperatorSyntax) {
    switch step {
    case .asName(let node): printAs(node)
    case .assertSchema(let node): printAssertSchema(node)
    case .consume(let node): printConsume(node)
    case .count: write("count")
    case .distinct(let node): printDistinct(node)
    case .evaluate(let node): printEvaluate(node)
    case .extend(let node): printExtend(node)
    case .facet(let node): printFacet(node)
    case .fork(let node): printFork(node)
    case .getSchema: write("getschema")
    case .invoke(let node): printInvoke(node)
    case .join(let node): printJoin(node)
    case .lookup(let node): printLookup(node)
    case .makeSeries(let node): printMakeSeries(node)
    case .mvApply(let node): printMvApply(node)
    case .mvExpand(let node): printMvExpand(node)
    case .parse(let node): printParse(node)
    case .parseKV(let node): printParseKV(node)
    case .partition(let node): printPartition(node)
    case .project(let node): printProject(node)
    case .projectAway(let node): printProjectAway(node)
    case .projectByNames(let node): printProjectByNames(node)
    case .projectKeep(let node): printProjectKeep(node)
    case .projectRename(let node): printProjectRename(node)
    case .projectReorder(let node): printProjectReorder(node)
    case .reduce(let node): printReduce(node)
    case .render(let node): printRender(node)
    case .sample(let node): printSample(node)
    case .sampleDistinct(let node): printSampleDistinct(node)
    case .scan(let node): printScan(node)
    case .search(let node): printSearch(node)
    case .serialize(let node): printSerialize(node)
    case .sort(let node): printSort(node)
    case .summarize(let node): printSummarize(node)
    case .take(let node): printTake(node)
    case .top(let node): printTop(node)
    case .topHitters(let node): printTopHitters(node)
    case .topNested(let node): printTopNested(node)
    case .union(let node): printUnion(node)
    case .filter(let node): printWhere(node)
    case .makeGraph(let node): printMakeGraph(node)
    case .graphMatch(let node): printGraphMatch(node)
    case .graphToTable(let node): printGraphToTable(node)
    case .graphMarkComponents(let node): printGraphMarkComponents(node)
    case .word(let word): printWord(word)
    case .unsupported(let node): write(node.text)
    }
  }
}
