import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension BindingPlace {
  /// A query: its source through its operators.
  ///
  /// - Throws: `several-tables` if it returns more than one.
  func relation(_ query: QuerySyntax, implied: Relation? = nil) throws -> Relation {
    let result = try tables(of: query, implied: implied)
    if !result.further.isEmpty {
      throw Diagnostic(
        "several-tables", "this step returns several tables, but one is expected here",
        at: query.operators.last?.span.prefix(1) ?? query.span, help: "only the last step of a whole query can return several")
    }
    return result
  }

  /// A whole query, whose last step may return several tables.
  func tables(of query: QuerySyntax, implied: Relation? = nil) throws -> Relation {
    let inside = seeing(Frame(parent: scope).open)
    var result = try inside.relation(query.source, implied: implied)
    for (place, step) in query.operators.enumerated() {
      let binding = try OperatorBindings.known[step]
      if !result.further.isEmpty {
        throw Diagnostic(
          "several-tables", "no step can follow one that returns several tables", at: step.span,
          help: place > 0 && query.operators[place - 1] is ForkSyntax ? "write the step into each of the brackets of `fork`" : nil)
      }
      if result.graph != nil, !binding.takesGraph {
        throw Diagnostic(
          "graph-as-table", "this operator needs a table, but its input is a graph", at: step.span,
          help: "use `graph-match`, `graph-shortest-paths` or `graph-to-table` first")
      }
      result = try binding.bind(result, at: inside)
      try state.count(columns: result.schema.count, at: step.span)
      if result.weight > 20_000 {
        throw Diagnostic("too-complex", "the query expands to more than 20,000 steps", at: step.span)
      }
    }
    return result
  }

  /// The source of a query's rows.
  func relation(_ source: SourceSyntax, implied: Relation? = nil) throws -> Relation {
    switch source {
    case .name(let name): return try table(name)
    case .pattern(let pattern):
      throw Diagnostic(
        "misplaced-pattern", "`\(pattern.text)` can name several tables; only `union`, `search` and `find` accept such a pattern",
        at: pattern.span)
    case .call(let call): return try table(call)
    case .path(let path): return try path.table(at: self)
    case .parenthesized(let query, _): return try relation(query, implied: implied)
    case .print(let print): return try print.relation(at: self)
    case .range(let range): return try range.relation(at: self)
    case .datatable(let datatable): return try datatable.relation(at: self)
    case .externaldata(let external): return try external.relation(at: self)
    case .union(let union): return try union.relation(at: self)
    case .search(let search): return try search.relation(at: self)
    case .find(let find): return try find.relation(at: self)
    case .macroExpand(let expand): return try expand.relation(at: self)
    case .evaluate(let evaluate):
      throw Diagnostic(
        "unsupported-plugin", "the plugin `\(evaluate.call.name.text)` is not supported at the start of a query",
        at: evaluate.call.name.span, help: UnsupportedName.plugin(evaluate.call.name.text))
    case .word(let word): return try word.relation(after: nil, at: self)
    case .implied(let span):
      guard let implied else {
        throw Diagnostic("missing-source", "the query does not start with a table", at: span)
      }
      return implied
    }
  }

  private func table(_ name: NameSyntax) throws -> Relation {
    switch scope.binding(named: name.text) {
    case .table(let table): return table
    case .function(let function, let outer) where function.parameters.allSatisfy(\.hasDefault):
      let call = CallSyntax(calling: name, at: name.span)
      return try table(expanding: function, from: outer, call)
    case .function:
      throw Diagnostic(
        "function-as-value", "`\(name.text)` is a function and needs its arguments", at: name.span,
        help: "write `\(name.text)(...)`")
    case .pattern(let pattern, _): throw pattern.missingValues(at: name.span)
    case .value: throw valueAsTable(name.span, name.text)
    case .database:
      throw Diagnostic(
        "database-as-table", "`\(name.text)` is a database, but a table is expected here", at: name.span,
        help: "write `\(name.text).table`")
    case .entityGroup:
      throw Diagnostic(
        "database-as-table", "`\(name.text)` is a group of databases, but a table is expected here", at: name.span,
        help: "write `macro-expand \(name.text) as X (X.table)`")
    case .broken: throw AlreadyReported()
    case nil: break
    }
    if let table = try catalog.table(named: name.text) { return Relation(.scan(ScanPlan(table: table)), name: name.text) }
    if catalog.function(named: name.text) != nil { return try table(CallSyntax(calling: name, at: name.span)) }
    throw unknownTable(name)
  }

  private func valueAsTable(_ span: SourceSpan, _ name: String) -> Diagnostic {
    Diagnostic(
      "value-as-table", "`\(name)` is a value, but a table is expected here", at: span,
      help: "`print \(name)` shows it")
  }

  private func unknownTable(_ name: NameSyntax) -> Diagnostic {
    let known = catalog.tableNames + scope.names + catalog.functions.map(\.name)
    if state.functions.contains(name.text) {
      return Diagnostic("recursive-function", "`\(name.text)` calls itself; recursion is not supported", at: name.span)
    }
    if name.text == "print" {
      return Diagnostic("missing-value", "`print` needs a value", at: name.span, help: "write `print 1 + 1`")
    }
    var help = Suggestion.nearest(to: name.text, in: known) ?? ForeignWord.named(name.text, .start)?.advice.replacing("COMMAND", with: name.text)
      ?? OperatorDeclaration.named(name.text).flatMap { $0.isSupported ? "a table comes first: write `table | \($0.usage)`" : nil }
      ?? ForeignWord.named(name.text, .step)?.kql.map { "a table comes first: write `table | \($0)`" }
    if help == nil, !catalog.tableNames.isEmpty {
      let shown = catalog.tableNames.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
      help = "the tables are \(shown)\(catalog.tableNames.count > 8 ? ", ..." : "")"
    }
    return Diagnostic("unknown-table", "unknown table `\(name.text)`", at: name.span, help: help)
  }

  // MARK: Calls that return tables

  private func table(_ call: CallSyntax) throws -> Relation {
    let name = call.name.text
    switch scope.binding(named: name) {
    case .function(let function, let outer): return try table(expanding: function, from: outer, call)
    case .pattern(let pattern, let outer): return try pattern.table(call, path: nil, from: outer, at: self)
    case .table(let table) where call.arguments.isEmpty: return table
    case .value, .table, .database, .entityGroup:
      throw Diagnostic("not-a-function", "`\(name)` is not a function", at: call.name.span)
    case .broken: throw AlreadyReported()
    case nil: break
    }
    switch TableForm(rawValue: name) {
    case .table:
      guard let first = call.arguments.first else { throw call.argumentCount("a table's name") }
      guard case .string(let text) = try constants.value(first.value, what: "a table's name") else {
        throw Diagnostic("not-a-name", "`table` needs a table's name as a string", at: first.span)
      }
      return try table(NameSyntax(naming: text, at: first.span))
    case .materialize:
      let argument = try call.onlyArgument()
      guard case .table(let inner) = try constants.any(argument) else {
        throw Diagnostic("value-as-table", "`materialize` needs a table", at: argument.span)
      }
      try state.checkIndependence(of: inner, at: argument.span)
      var relation = inner.keepingColumns(.materialize(inner.plan))
      relation.weight = 1
      return relation
    case .database, .cluster, .view, nil: break
    }
    if let function = catalog.function(named: name) { return try table(function, call, input: nil) }
    if isBuiltIn(name) {
      var help = "`print \(name)(...)` shows it"
      if AggregateFunction.named(name) != nil {
        help = "write `\(call.argumentTable(in: catalog) ?? "table") | summarize \(name)(\(name == "count" ? "" : "column"))`"
      }
      throw Diagnostic(
        "value-as-table", "`\(name)` returns a value, but a table is expected here", at: call.span, help: help)
    }
    if state.functions.contains(name) {
      throw Diagnostic("recursive-function", "`\(name)` calls itself; recursion is not supported", at: call.name.span)
    }
    try UnsupportedName.refuse(call)
    throw Diagnostic(
      "unknown-function", "unknown tabular function `\(name)`", at: call.name.span,
      help: call.argumentTable(in: catalog).flatMap { table in
          ForeignWord.named(name, .step).flatMap { $0.advice.hasPrefix("write `") ? "write `\(table) | \($0.advice.dropFirst(7))" : nil }
        } ?? ForeignWord.named(name, .start).flatMap { $0.advice.contains("TABLE") ? nil : $0.advice } ?? ForeignWord.function(name)
        ?? Suggestion.nearest(to: name, in: scope.names + catalog.functions.map(\.name) + ["table", "materialize"]))
  }

  private func table(
    expanding function: FunctionSyntax, from outer: Scope, _ call: CallSyntax
  ) throws -> Relation {
    switch try FunctionExpansion(function, from: outer, call, by: constants.binder).result() {
    case .table(var table):
      table.name = call.name.text
      return table
    case .scalar: throw valueAsTable(call.span, call.name.text)
    }
  }
}

extension FunctionParameterSyntax {
  var hasDefault: Bool {
    if case .scalar(_, .some) = kind { return true }
    return false
  }
}

extension CallSyntax {
  /// The first argument, if it is the name of a table.
  fileprivate func argumentTable(in catalog: Catalog) -> String? {
    guard case .name(let name)? = arguments.first?.value, catalog.hasTable(named: name.text) else { return nil }
    return name.text
  }
}
