import PlumbEngine
import PlumbSyntax

/// The tables and table functions that queries can name; safe to read and change from any thread.
package final class Catalog: Sendable {
  private struct Contents {
    var tables: [String: Entry] = [:]
    /// Tables that queries can name but no list of tables contains, such as `_`.
    var unlisted: Set<String> = []
    var functions: [String: TableFunction] = [:]
    var stored: [String: CatalogFunction] = [:]
    var attached: [String: any ForeignDatabase] = [:]
    var notes: [String: TableNotes] = [:]
    var name = "plumb"
    var store: (any CatalogStore)?
    var advance: (@Sendable (Int64) throws -> Int64)?
    var models: CatalogModels?
    var commands: [String: CommandAction] = [:]
    var onReading: (@Sendable (Catalog) -> Void)?
  }

  private enum Entry {
    case made(Table)
    case lazy(LazyTable)
  }

  private let contents = LockedValue(Contents())
  /// Held while tables in memory are changed, so that no change is lost.
  let changing = Lock()
  /// The account for the catalog's tables; its queries have their own limits as well.
  package let memory: MemoryAccount

  /// Columns that queries have read of tables whose rows are in files.
  package let columns: ColumnCache

  package convenience init(memory: MemoryAccount = .process) {
    self.init(memory: memory, ColumnCache(limit: min(memory.limit / 4, 2 << 30), keepsAtOnce: false, in: memory))
  }

  private init(memory: MemoryAccount, _ columns: ColumnCache) {
    self.memory = memory
    self.columns = columns
  }

  /// Adds a table, or replaces the one of the same name. Names are case-sensitive.
  package func add(_ table: Table) {
    contents.withLock {
      $0.tables[table.name] = .made(table)
      $0.unlisted.remove(table.name)
    }
  }

  /// Adds a table that is made when a query first reads it.
  package func addLazy(_ name: String, schema: Schema, make: @escaping @Sendable () throws -> Table) {
    let table = LazyTable(schema: schema, memory: memory, make: make)
    contents.withLock { $0.tables[name] = .lazy(table) }
  }

  /// Adds a table as `addLazy` does, which `tableNames`, `union *` and `search` leave out.
  package func addUnlisted(_ name: String, schema: Schema, make: @escaping @Sendable () throws -> Table) {
    let table = LazyTable(schema: schema, memory: memory, make: make)
    contents.withLock {
      $0.tables[name] = .lazy(table)
      $0.unlisted.insert(name)
    }
  }

  /// Adds what a command does, for one that needs more than the catalog.
  package func add(_ action: CommandAction) { contents.withLock { $0.commands[action.name] = action } }

  package func add(_ actions: [CommandAction]) { actions.forEach(add) }

  package func command(named name: String) -> CommandAction? { contents.withLock { $0.commands[name] } }

  /// The commands that were added, in alphabetical order.
  package var commandNames: [String] { contents.withLock { $0.commands.keys.sorted() } }

  package func remove(tableNamed name: String) {
    contents.withLock {
      $0.tables[name] = nil
      $0.unlisted.remove(name)
    }
  }

  /// A catalog with the same tables and functions; later changes of this one do not affect it.
  package func snapshot() -> Catalog {
    let copy = Catalog(memory: memory, columns)
    let now = contents.withLock { $0 }
    copy.contents.withLock { $0 = now }
    return copy
  }

  /// The same names with the rows that already exist; tables not yet made are empty. For looking up names only.
  package func withoutMaking() -> Catalog {
    let copy = Catalog(memory: memory, columns)
    let (tables, unlisted, functions, attached) = contents.withLock {
      ($0.tables, $0.unlisted, $0.functions, $0.attached)
    }
    for (name, entry) in tables {
      switch entry {
      case .lazy(let lazy) where !lazy.isMade:
        let empty = Table(name: name, schema: lazy.schema, groups: [])
        copy.contents.withLock { $0.tables[name] = .made(empty) }
      case .made, .lazy: copy.contents.withLock { $0.tables[name] = entry }
      }
    }
    copy.contents.withLock {
      $0.unlisted = unlisted
      $0.functions = functions
      $0.attached = attached
    }
    return copy
  }

  /// Whether the table's rows already exist, so that reading it makes nothing.
  package func isMade(tableNamed name: String) -> Bool {
    switch contents.withLock({ $0.tables[name] }) {
    case .made: true
    case .lazy(let lazy): lazy.isMade
    case nil: false
    }
  }

  /// Whether the table is the one that `addLazy` added, and not one that replaced it.
  package func isLazy(tableNamed name: String) -> Bool {
    if case .lazy? = contents.withLock({ $0.tables[name] }) { true } else { false }
  }

  /// The table, made now if necessary; nil if it does not exist.
  ///
  /// - Throws: what a lazy table's maker throws.
  package func table(named name: String) throws -> Table? {
    switch contents.withLock({ $0.tables[name] }) {
    case .made(let table): return table
    case .lazy(let lazy): return try lazy.table()
    case nil: return nil
    }
  }

  package func hasTable(named name: String) -> Bool {
    contents.withLock { $0.tables[name] != nil }
  }

  /// The columns of a table without making it.
  package func schema(ofTable name: String) -> Schema? {
    switch contents.withLock({ $0.tables[name] }) {
    case .made(let table): table.schema
    case .lazy(let lazy): lazy.schema
    case nil: nil
    }
  }

  /// In alphabetical order.
  package var tableNames: [String] {
    contents.withLock { contents in contents.tables.keys.filter { !contents.unlisted.contains($0) }.sorted() }
  }

  /// Where changes are stored; without one they end with the process.
  package var store: (any CatalogStore)? {
    get { contents.withLock { $0.store } }
    set { contents.withLock { $0.store = newValue } }
  }

  /// Moves the clock of a simulated world by so many ticks and returns the new time; nil if it is the machine's clock.
  package var advance: (@Sendable (Int64) throws -> Int64)? {
    get { contents.withLock { $0.advance } }
    set { contents.withLock { $0.advance = newValue } }
  }

  /// Changes what a reading of the catalog shows, such as tables that are made of others.
  package var onReading: (@Sendable (Catalog) -> Void)? {
    get { contents.withLock { $0.onReading } }
    set { contents.withLock { $0.onReading = newValue } }
  }

  /// A catalog with some of the tables as they are now.
  package func withTables(_ names: [String]) -> Catalog {
    let copy = Catalog(memory: memory, columns)
    let tables = contents.withLock { $0.tables.filter { names.contains($0.key) } }
    copy.contents.withLock { $0.tables = tables }
    return copy
  }

  /// The models used for predictions; nil if there can be no models.
  package var models: CatalogModels? {
    get { contents.withLock { $0.models } }
    set { contents.withLock { $0.models = newValue } }
  }

  /// What the database is called where commands show its name.
  package var name: String {
    get { contents.withLock { $0.name } }
    set { contents.withLock { $0.name = newValue } }
  }

  /// What the user says of tables, by their names.
  package var notes: [String: TableNotes] {
    get { contents.withLock { $0.notes } }
    set { contents.withLock { $0.notes = newValue } }
  }

  /// What the user says of a table; empty unless something was said.
  package func notes(ofTable name: String) -> TableNotes { contents.withLock { $0.notes[name] } ?? TableNotes() }

  package func set(_ notes: TableNotes, ofTable name: String) {
    contents.withLock { $0.notes[name] = notes.isEmpty ? nil : notes }
  }

  /// Functions that are written in KQL, in alphabetical order.
  package var storedFunctions: [CatalogFunction] {
    contents.withLock { $0.stored.values.sorted { $0.name < $1.name } }
  }

  package func storedFunction(named name: String) -> CatalogFunction? { contents.withLock { $0.stored[name] } }

  /// Adds a function written in KQL, or replaces the one of the same name.
  package func add(_ function: CatalogFunction) { contents.withLock { $0.stored[function.name] = function } }

  package func remove(functionNamed name: String) { contents.withLock { $0.stored[name] = nil } }

  /// The attached databases under the names that queries put before their tables, in alphabetical order.
  package var attached: [(name: String, database: any ForeignDatabase)] {
    contents.withLock { $0.attached.map { (name: $0.key, database: $0.value) } }.sorted { $0.name < $1.name }
  }

  /// The tables of attached databases as queries name them; an unreadable file has none.
  package var attachedTableNames: [String] {
    attached.flatMap { name, database in
      ((try? database.tableNames) ?? []).map { "\(KQLName.inQuery(name)).\(KQLName.inQuery($0))" }
    }
  }

  package func attached(named name: String) -> (any ForeignDatabase)? { contents.withLock { $0.attached[name] } }

  package func attach(_ database: any ForeignDatabase, as name: String) {
    contents.withLock { $0.attached[name] = database }
  }

  package func detach(_ name: String) { contents.withLock { $0.attached[name] = nil } }

  /// Adds a function that makes a table, or replaces the one of the same name.
  package func add(_ function: TableFunction) {
    contents.withLock { $0.functions[function.name] = function }
  }

  package func add(_ functions: [TableFunction]) { functions.forEach(add) }

  package func function(named name: String) -> TableFunction? {
    contents.withLock { $0.functions[name] }
  }

  /// In alphabetical order of their names.
  package var functions: [TableFunction] {
    contents.withLock { $0.functions.values.sorted { $0.name < $1.name } }
  }
}

/// A table that is made once, by the first caller that needs it.
private final class LazyTable: Sendable {
  let schema: Schema
  private let memory: MemoryAccount
  private let make: @Sendable () throws -> Table
  private let made = LockedValue<Table?>(nil)

  init(schema: Schema, memory: MemoryAccount, make: @escaping @Sendable () throws -> Table) {
    self.schema = schema
    self.memory = memory
    self.make = make
  }

  /// Does not wait for a thread that is making it.
  var isMade: Bool { made.withLockIfFree { $0 != nil } ?? false }

  func table() throws -> Table {
    try made.withLock { kept in
      if let kept { return kept }
      // The table outlives the query that first reads it.
      let table = try memory.bound { try make() }
      kept = table
      return table
    }
  }
}
