import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Stores the tables and functions of a catalog that outlive the process.
package protocol CatalogStore: AnyObject, Sendable {
  /// Brings the catalog up to date and returns it as it is now.
  func beginReading(_ catalog: Catalog) throws -> CatalogReading
  /// Makes all of the changes or none, in the store and then in the catalog.
  func make(_ changes: [CatalogChange], in catalog: Catalog) throws
  /// How long the rows of a table are kept, in ticks; nil for ever.
  func retention(ofTable name: String) -> Int64?
  /// Sets how long the rows of a table are kept, and deletes those that are older.
  func setRetention(_ ticks: Int64?, ofTable name: String, _ options: SessionOptions, in catalog: Catalog) throws
}

/// A change to the contents of a catalog.
package enum CatalogChange: Sendable {
  /// A new table, or new rows and columns for an existing one.
  case setTable(Table)
  /// Rows for the table of that name, which has the same columns.
  case append(Table)
  case dropTable(String)
  case renameTable(String, to: String)
  /// What a table of that name is for; empty notes remove what was said.
  case describe(String, TableNotes)
  case setFunction(CatalogFunction)
  case dropFunction(String)
  case attach(any ForeignDatabase, name: String)
  case detach(String)
}

extension Catalog {
  /// Makes changes in the store, or in memory without one.
  ///
  /// - Throws: what the store throws; nothing is changed then.
  package func make(_ changes: [CatalogChange]) throws {
    if let store { return try store.make(changes, in: self) }
    try changing.locked { for change in changes { try makeHere(change) } }
  }

  private func makeHere(_ change: CatalogChange) throws {
    switch change {
    case .setTable(let table): add(table)
    case .append(let more):
      let groups = try table(named: more.name)?.groups ?? []
      add(Table(name: more.name, schema: more.schema, groups: groups + more.groups))
    case .dropTable(let name): remove(tableNamed: name)
    case .renameTable(let name, let newName):
      guard let table = try table(named: name) else { return }
      remove(tableNamed: name)
      add(Table(name: newName, schema: table.schema, groups: table.groups))
    case .describe(let name, let notes): set(notes, ofTable: name)
    case .setFunction(let function): add(function)
    case .dropFunction(let name): remove(functionNamed: name)
    case .attach(let database, let name): attach(database, as: name)
    case .detach(let name): detach(name)
    }
  }
}

/// What commands can do with prediction models; a catalog knows no more about them.
package struct CatalogModels: Sendable {
  let names: @Sendable () throws -> [String]
  /// Deletes all versions of a name.
  let drop: @Sendable (String) throws -> Void

  package init(names: @escaping @Sendable () throws -> [String], drop: @escaping @Sendable (String) throws -> Void) {
    self.names = names
    self.drop = drop
  }
}

/// A function of the catalog that is written in KQL, as `.create function` makes them.
package struct CatalogFunction: Sendable {
  package let name: String
  /// With its brackets: `(since: timespan = 1h)`.
  package let parameters: String
  /// With its braces.
  package let body: String
  package let folder: String
  package let summary: String
  let syntax: FunctionSyntax
  /// The text as its mistakes show it.
  let shown: SourceTexts.Shown

  /// - Throws: what is wrong with the text, as one diagnostic without a place.
  package init(name: String, parameters: String, body: String, folder: String = "", summary: String = "") throws {
    let head = "let \(KQLName.inSchema(name)) = "
    let text = "\(parameters) \(body)"
    let parsed = parse("\(head)\(text);", as: .unique())
    if let problem = parsed.diagnostics.first(where: { $0.severity == .error }) {
      throw Diagnostic(problem.code, "in the function `\(name)`: \(problem.message)", help: problem.help)
    }
    guard parsed.script.statements.count == 1, case .letBinding(let binding)? = parsed.script.statements.first,
      case .function(let function) = binding.value
    else {
      throw Diagnostic(
        "bad-function", "`\(name)` is not a function", help: "write `.create function \(name)(x: long) { T | where a > x }`")
    }
    self.name = name
    self.parameters = parameters
    self.body = body
    self.folder = folder
    self.summary = summary
    syntax = function
    shown = SourceTexts.Shown(name: name, text: text, offset: head.utf8.count)
  }
}
