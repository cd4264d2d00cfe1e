import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// What a command about the database does; how it is written is in its `CommandDeclaration`.
package struct CommandAction: Sendable {
  /// That of its declaration, such as `.show tables`.
  package let name: String
  /// Gives the command's rows; nil when it has nothing to show.
  let run: @Sendable (CommandSyntax, CommandContext) throws -> Answer?

  package init(_ name: String, run: @escaping @Sendable (CommandSyntax, CommandContext) throws -> Answer?) {
    self.name = name
    self.run = run
  }

  /// The actions that need no more than a catalog. Others are added to the catalog by those who can do them.
  package static let all: [CommandAction] = showing + changing + reshaping + retaining + ingesting + storing + attaching + scripting

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// The action of a command, or nil for one that belongs to the program around the database.
  package static func named(_ name: String, in catalog: Catalog) -> CommandAction? {
    byName[name] ?? catalog.command(named: name)
  }
}

/// What a command may use.
package struct CommandContext {
  package let catalog: Catalog
  package let context: ExecutionContext
  let openForeign: ForeignOpener?
  /// The text that the command is in, whose `let` and `set` hold for its query.
  let script: ScriptRun

  /// The options of the session that runs the command.
  package var sessionOptions: SessionOptions { script.session.options }

  /// The rows of the query inside a command.
  func rows(of query: EmbeddedQuerySyntax) throws -> QueryResult {
    if case .command(let command) = query.result {
      guard let answer = try script.answer(to: command, after: query.statements) else {
        throw Diagnostic("no-query", "`\(command.name)` has no rows here", at: command.nameSpan)
      }
      return QueryResult(schema: answer.schema, chunks: answer.chunks)
    }
    return try script.result(of: query.result, after: query.statements)
  }

  /// The value of an expression, or nil where it has none.
  package func value(of expression: ExpressionSyntax) throws -> Value? {
    let source = SourceSyntax.print(PrintSyntax(value: expression))
    let query = QuerySyntax(source: source, operators: [], span: expression.span)
    let result = try script.result(of: .query(QueryStatementSyntax(mode: .run, query: query, span: query.span)), after: [])
    return result.chunks.first { $0.count > 0 }?.vectors().first?.value(at: 0)
  }

  /// What a query gives that is not the user's.
  package func answer(to text: String) throws -> Answer {
    // What the command has changed so far is there.
    try script.renewReading()
    let parsed = parse(text)
    guard !parsed.hasErrors, let last = parsed.script.statements.last else { throw Diagnostics(parsed.diagnostics) }
    do {
      let result = try script.result(of: last, after: Array(parsed.script.statements.dropLast()))
      return Answer(schema: result.schema, chunks: result.chunks, remarks: context.remarks)
    } catch let mistakes as Diagnostics {
      // Their places are in a text that the user does not see.
      throw Diagnostics(mistakes.list.map(\.withoutPlace))
    }
  }

  /// Makes changes in the catalog; what follows sees it with them.
  ///
  /// - Throws: what the catalog's store throws; nothing is changed then.
  package func make(_ changes: [CatalogChange]) throws {
    // A catalog of which nothing older is read is changed in place.
    script.pause()
    try catalog.make(changes)
  }

  // MARK: Names

  /// The table of a name that must be there.
  func knownTable(_ name: NameSyntax) throws -> Schema {
    guard let schema = catalog.schema(ofTable: name.text) else {
      throw Diagnostic(
        "unknown-table", "unknown table `\(name.text)`", at: name.span,
        help: Suggestion.nearest(to: name.text, in: catalog.tableNames) ?? "list the tables with `.show tables`")
    }
    return schema
  }

  func unknownFunction(_ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      "unknown-function", "unknown stored function `\(name.text)`", at: name.span,
      help: Suggestion.nearest(to: name.text, in: catalog.storedFunctions.map(\.name)) ?? "list them with `.show functions`")
  }
}

extension CommandSyntax {
  /// The name in a place that the command's usage requires.
  ///
  /// - Throws: a diagnostic when the usage has no such place.
  package func required(_ place: String) throws -> NameSyntax {
    guard let name = name(place) else { throw missing(place) }
    return name
  }

  package func missing(_ place: String) -> Diagnostic {
    Diagnostic("missing-operand", "`\(name)` needs \(place)", at: nameSpan, help: declaration.map { "write `\($0.usage)`" })
  }
}
