import PlumbEngine
import Synchronization

/// The tables and table functions that queries can name; safe to read and change from any thread.
public final class Catalog: Sendable {
  private struct Contents {
    var tables: [String: Entry] = [:]
    var functions: [String: TableFunction] = [:]
    var stored: [String: CatalogFunction] = [:]
    var store: (any CatalogStore)?
    var advance: (@Sendable (Int64) throws -> Int64)?
  }

  private enum Entry {
    case made(Table)
    case lazy(LazyTable)
  }

  private let contents = Mutex(Contents())

  public init() {}

  /// Adds a table, or replaces the one of the same name. Names are case-sensitive.
  public func add(_ table: Table) {
    contents.withLock { $0.tables[table.name] = .made(table) }
  }

  /// Adds a table that is made when a query first reads it.
  public func addLazy(_ name: String, schema: Schema, make: @escaping @Sendable () throws -> Table) {
    let table = LazyTable(schema: schema, make: make)
    contents.withLock { $0.tables[name] = .lazy(table) }
  }

  public func remove(tableNamed name: String) {
    contents.withLock { $0.tables[name] = nil }
  }

  /// The table, made now if need be; nil when there is none of that name.
  ///
  /// - Throws: what a lazy table's maker throws.
  public func table(named name: String) throws -> Table? {
    switch contents.withLock({ $0.tables[name] }) {
    case .made(let table): return table
    case .lazy(let lazy): return try lazy.table()
    case nil: return nil
    }
  }

  public func hasTable(named name: String) -> Bool {
    contents.withLock { $0.tables[name] != nil }
  }

  /// The columns of a table without making it.
  public func schema(ofTable name: String) -> Schema? {
    switch contents.withLock({ $0.tables[name] }) {
    case .made(let table): table.schema
    case .lazy(let lazy): lazy.schema
    case nil: nil
    }
  }

  /// In alphabetical order.
  public var tableNames: [String] { contents.withLock { $0.tables.keys.sorted() } }

  /// Where changes are kept; without one they end with the process.
  public var store: (any CatalogStore)? {
    get { contents.withLock { $0.store } }
    set { contents.withLock { $0.store = newValue } }
  }

  /// Moves the clock of a simulated world by so many ticks and tells the new time; nil when the clock is ours.
  public var advance: (@Sendable (Int64) throws -> Int64)? {
    get { contents.withLock { $0.advance } }
    set { contents.withLock { $0.advance = newValue } }
  }

  /// Functions that are written in KQL, in alphabetical order.
  public var storedFunctions: [CatalogFunction] {
    contents.withLock { $0.stored.values.sorted { $0.name < $1.name } }
  }

  public func storedFunction(named name: String) -> CatalogFunction? { contents.withLock { $0.stored[name] } }

  /// Adds a function written in KQL, or replaces the one of the same name.
  public func add(_ function: CatalogFunction) { contents.withLock { $0.stored[function.name] = function } }

  public func remove(functionNamed name: String) { contents.withLock { $0.stored[name] = nil } }

  /// Adds a function that makes a table, or replaces the one of the same name.
  public func add(_ function: TableFunction) {
    contents.withLock { $0.functions[function.name] = function }
  }

  public func function(named name: String) -> TableFunction? {
    contents.withLock { $0.functions[name] }
  }

  /// In alphabetical order of their names.
  public var functions: [TableFunction] {
    contents.withLock { $0.functions.values.sorted { $0.name < $1.name } }
  }
}

/// A table that is made once, by whoever asks first.
private final class LazyTable: Sendable {
  let schema: Schema
  private let make: @Sendable () throws -> Table
  private let made = Mutex<Table?>(nil)

  init(schema: Schema, make: @escaping @Sendable () throws -> Table) {
    self.schema = schema
    self.make = make
  }

  func table() throws -> Table {
    try made.withLock { kept in
      if let kept { return kept }
      let table = try make()
      kept = table
      return table
    }
  }
}
