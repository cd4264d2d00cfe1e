import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Binder {
  /// A query: its source through its operators.
  func relation(_ query: QuerySyntax, in scope: Scope, implied: Relation? = nil) throws -> Relation {
    let frame = Frame(parent: scope)
    var result = try relation(query.source, in: frame.open, implied: implied)
    for step in query.operators {
      result = try apply(step, to: result, in: frame)
      if result.weight > 20_000 {
        throw Diagnostic("too-complex", "the query has more than 20,000 steps once it is written out", at: step.span)
      }
    }
    return result
  }

  /// Where the rows of a query come from.
  func relation(_ source: SourceSyntax, in scope: Scope, implied: Relation?) throws -> Relation {
    switch source {
    case .name(let name): return try table(name, in: scope)
    case .pattern(let pattern):
      throw Diagnostic(
        "misplaced-pattern", "`\(pattern.text)` can name several tables, which only `union`, `search` and `find` take",
        at: pattern.span)
    case .call(let call): return try table(call, in: scope)
    case .path(let path): return try table(path, in: scope)
    case .parenthesized(let query, _): return try relation(query, in: scope, implied: implied)
    case .print(let print): return try relation(print, in: scope)
    case .range(let range): return try relation(range, in: scope)
    case .datatable(let datatable): return try relation(datatable, in: scope)
    case .externaldata(let external): return try relation(external, in: scope)
    case .union(let union): return try relation(union, input: nil, in: scope)
    case .search(let search): return try relation(search, input: nil, in: scope)
    case .find(let find): return try relation(find, in: scope)
    case .evaluate(let evaluate):
      throw Diagnostic(
        "unsupported-plugin", "the plugin `\(evaluate.call.name.text)` is not supported at the start of a query",
        at: evaluate.call.name.span)
    case .word(let word): return try relation(word, input: nil, in: scope)
    case .implied(let span):
      guard let implied else {
        throw Diagnostic("missing-source", "the query starts without a table", at: span)
      }
      return implied
    }
  }

  private func table(_ name: NameSyntax, in scope: Scope) throws -> Relation {
    switch scope.binding(named: name.text) {
    case .table(let table): return table
    case .function(let function, let outer) where function.parameters.allSatisfy(\.hasDefault):
      let call = CallSyntax(calling: name, at: name.span)
      return try table(expanding: function, from: outer, call, in: scope)
    case .function:
      throw Diagnostic(
        "function-as-value", "`\(name.text)` is a function and needs its arguments", at: name.span,
        help: "write `\(name.text)(...)`")
    case .pattern(let pattern, _): throw patternWithoutValues(pattern, at: name.span)
    case .value: throw valueAsTable(name.span, name.text)
    case .broken: throw AlreadyReported()
    case nil: break
    }
    if let table = try catalog.table(named: name.text) { return Relation(.scan(ScanPlan(table: table)), name: name.text) }
    if catalog.function(named: name.text) != nil {
      return try table(CallSyntax(calling: name, at: name.span), in: scope)
    }
    throw unknownTable(name, in: scope)
  }

  private func valueAsTable(_ span: SourceSpan, _ name: String) -> Diagnostic {
    Diagnostic(
      "value-as-table", "`\(name)` is a value, and a table is needed here", at: span,
      help: "`print \(name)` shows it")
  }

  func unknownTable(_ name: NameSyntax, in scope: Scope) -> Diagnostic {
    let known = catalog.tableNames + scope.names + catalog.functions.map(\.name)
    if expanding.contains(name.text) {
      return Diagnostic("recursive-function", "`\(name.text)` calls itself, which a function cannot", at: name.span)
    }
    if name.text == "print" {
      return Diagnostic("missing-value", "`print` needs a value", at: name.span, help: "write `print 1 + 1`")
    }
    var help = Suggestion.nearest(to: name.text, in: known)
    if help == nil, !catalog.tableNames.isEmpty {
      let shown = catalog.tableNames.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
      help = "the tables are \(shown)\(catalog.tableNames.count > 8 ? ", ..." : "")"
    }
    return Diagnostic("unknown-table", "there is no table `\(name.text)`", at: name.span, help: help)
  }

  // MARK: Calls that give tables

  private func table(_ call: CallSyntax, in scope: Scope) throws -> Relation {
    let name = call.name.text
    switch scope.binding(named: name) {
    case .function(let function, let outer): return try table(expanding: function, from: outer, call, in: scope)
    case .pattern(let pattern, let outer): return try table(pattern, from: outer, call, path: nil, in: scope)
    case .table(let table) where call.arguments.isEmpty: return table
    case .value, .table:
      throw Diagnostic("not-a-function", "`\(name)` is not a function", at: call.name.span)
    case .broken: throw AlreadyReported()
    case nil: break
    }
    switch name {
    case "table":
      guard let first = call.arguments.first else { throw argumentCount(call, "a table's name") }
      guard case .string(let text) = try constant(first.value, in: scope, what: "a table's name") else {
        throw Diagnostic("not-a-name", "`table` needs a table's name as a string", at: first.span)
      }
      return try table(NameSyntax(naming: text, at: first.span), in: scope)
    case "materialize":
      let argument = try onlyArgument(of: call)
      guard case .table(let inner) = try any(argument, at: Place(scope: scope, row: nil)) else {
        throw Diagnostic("value-as-table", "`materialize` needs a table", at: argument.span)
      }
      guard services.run != nil else { return inner }
      let result = try run(inner, at: argument.span)
      var relation = inner.with(.scan(ScanPlan(table: Table(name: "materialize", result))), schema: result.schema)
      relation.weight = 1
      return relation
    default: break
    }
    if let function = catalog.function(named: name) { return try table(function, call, input: nil, in: scope) }
    if isBuiltIn(name) {
      throw Diagnostic(
        "value-as-table", "`\(name)` gives a value, and a table is needed here", at: call.span,
        help: "`print \(name)(...)` shows it")
    }
    if expanding.contains(name) {
      throw Diagnostic("recursive-function", "`\(name)` calls itself, which a function cannot", at: call.name.span)
    }
    throw Diagnostic(
      "unknown-function", "there is no function `\(name)` that gives a table", at: call.name.span,
      help: Suggestion.nearest(to: name, in: scope.names + catalog.functions.map(\.name) + ["table", "materialize"]))
  }

  private func table(
    expanding function: FunctionSyntax, from outer: Scope, _ call: CallSyntax, in scope: Scope
  ) throws -> Relation {
    switch try expand(function, from: outer, call, at: Place(scope: scope, row: nil), input: nil) {
    case .table(var table):
      table.name = call.name.text
      return table
    case .scalar: throw valueAsTable(call.span, call.name.text)
    }
  }

  /// Calls a table function of the catalog now, with the input's rows if it has one.
  func table(
    _ function: TableFunction, _ call: CallSyntax, input: Relation?, in scope: Scope,
    form: Expansion.Form = .source
  ) throws -> Relation {
    var arguments: [TableFunction.Argument] = []
    var named: [String: TableFunction.Argument] = [:]
    var rows = input
    for argument in call.arguments {
      switch try any(argument.value, at: Place(scope: scope, row: nil)) {
      case .scalar(let expression):
        let value = try constant(expression, what: "an argument of `\(function.name)`")
        let given = TableFunction.Argument(
          value: value, span: argument.value.span, elements: argument.value.elementSpans)
        if let label = argument.name { named[label.text.lowercased()] = given } else { arguments.append(given) }
      case .table(let table):
        guard rows == nil else {
          throw Diagnostic("argument-types", "`\(function.name)` takes one table at the most", at: argument.span)
        }
        rows = table
      }
    }
    let table = try rows.map { Table(name: $0.name ?? "", try run($0, at: call.span)) }
    guard services.run != nil else { throw AlreadyReported() }
    do {
      let given = TableFunction.Call(
        arguments: arguments, named: named, input: table, span: call.span, context: context, runner: run(_:for:))
      if expansions != nil {
        // A table among the arguments has no place in the text that would stand for the call.
        let text = form == .source && table != nil ? nil : try function.expansion?(given)
        expansions?.append(Expansion(name: function.name, span: call.span, form: form, text: text))
      }
      let made = try function.call(given)
      var relation = Relation(.scan(ScanPlan(table: made)), isSerialized: true, name: function.name)
      relation.ranking = function.ranking
      return relation
    } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = call.span }
      throw diagnostic
    }
  }

  // MARK: Tables written out

  private func relation(_ print: PrintSyntax, in scope: Scope) throws -> Relation {
    var names = NameMaker(used: print.columns.flatMap { $0.names.map(\.text) })
    let place = Place(scope: scope, row: nil, what: "`print`")
    let items = print.columns.enumerated().compactMap { index, column -> [NamedExpression]? in
      attempt {
        try outputs(of: column, at: place).map { output in
          // A variable's name is no column's name.
          var automatic = output.automatic
          if case .name = column.expression.withoutParentheses { automatic = nil }
          return NamedExpression(output.given ?? names.unique(automatic ?? "print_\(index)"), output.expression)
        }
      }
    }
    guard items.count == print.columns.count else { throw AlreadyReported() }
    let columns = items.flatMap { $0 }
    try checkDuplicates(print.columns)
    let schema = columns.map { ColumnInfo($0.name, $0.expression.type) }
    let values = columns.compactMap(\.expression.constant)
    if values.count == columns.count {
      return Relation(.scan(ScanPlan(table: Table(name: "print", schema: schema, rows: [values]))), isSerialized: true)
    }
    let one = Table(name: "print", schema: [ColumnInfo("$", .bool)], rows: [[.bool(true)]])
    return Relation(.project(.scan(ScanPlan(table: one)), columns), isSerialized: true)
  }

  private func relation(_ datatable: DatatableSyntax, in scope: Scope) throws -> Relation {
    let schema = try self.schema(datatable.schema)
    guard !schema.isEmpty else {
      throw Diagnostic("no-columns", "a datatable needs at least one column", at: datatable.schema.span)
    }
    guard datatable.values.count % schema.count == 0 else {
      throw Diagnostic(
        "uneven-rows",
        "\(datatable.values.count) values do not divide into rows of \(schema.count)",
        at: datatable.values.last?.span ?? datatable.span)
    }
    let place = Place(scope: scope, row: nil, what: "`datatable`")
    var values: [Value] = []
    values.reserveCapacity(datatable.values.count)
    for (index, syntax) in datatable.values.enumerated() {
      let column = schema[index % schema.count]
      let value = attempt { () throws -> Value in
        let given = try constant(bind(syntax, at: place), what: "a value of a datatable")
        if let same = given.converted(to: column.type) { return same }
        throw Diagnostic(
          "column-type", "`\(column.name)` is \(column.type.described), and this is \(given.type.described)",
          at: syntax.span)
      }
      if let value { values.append(value) }
    }
    guard values.count == datatable.values.count else { throw AlreadyReported() }
    let table = Table(name: "datatable", schema: schema, cells: values)
    return Relation(.scan(ScanPlan(table: table)), isSerialized: true)
  }

  /// The columns of a written schema, each once.
  func schema(_ syntax: SchemaSyntax) throws -> Schema {
    var seen = Set<String>()
    return try syntax.columns.map { column in
      guard seen.insert(column.name.text).inserted else {
        throw Diagnostic("duplicate-column", "the column `\(column.name.text)` is there twice", at: column.name.span)
      }
      return ColumnInfo(column.name.text, ScalarType(column.type.type))
    }
  }

  private func relation(_ external: ExternaldataSyntax, in scope: Scope) throws -> Relation {
    let schema = try self.schema(external.schema)
    let locations = try external.locations.map { location -> String in
      guard case .string(let text) = try constant(location, in: scope, what: "a location") else {
        throw Diagnostic("not-a-location", "a location is a string", at: location.span)
      }
      return text
    }
    var properties: [String: String] = [:]
    for property in external.properties { properties[property.name.text] = try text(of: property, in: scope) }
    guard let read = services.readExternal else {
      throw Diagnostic("no-external-data", "`externaldata` cannot read files here", at: external.span)
    }
    guard services.run != nil else {
      return Relation(.scan(ScanPlan(table: Table(name: "externaldata", schema: schema, groups: []))))
    }
    do {
      return Relation(.scan(ScanPlan(table: try read(locations, schema, properties))), name: "externaldata")
    } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = external.locations.first?.span ?? external.span }
      throw diagnostic
    }
  }

  /// A parameter's value as text; a bare word stands for itself.
  func text(of parameter: ParameterSyntax, in scope: Scope) throws -> String {
    if case .name(let word) = parameter.value.withoutParentheses { return word.text }
    return printed(try constant(parameter.value, in: scope, what: "`\(parameter.name.text)`"))
  }
}

extension ExpressionSyntax {
  /// Where the elements of an array stand that is written out; else empty.
  fileprivate var elementSpans: [SourceSpan] {
    guard case .literal(let literal) = withoutParentheses, case .dynamic(.array(let elements, _)) = literal.value else {
      return []
    }
    return elements.map(\.span)
  }
}

extension FunctionParameterSyntax {
  var hasDefault: Bool {
    if case .scalar(_, .some) = kind { return true }
    return false
  }
}
