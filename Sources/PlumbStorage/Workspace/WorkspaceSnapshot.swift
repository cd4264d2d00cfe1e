import PlumbEngine
import Synchronization

/// What a workspace file contains at one moment.
struct WorkspaceContents: Sendable {
  /// Increases with every change that was seen.
  let number: Int
  let state: StateRow
  let tables: [StoredTable]
  let functions: [StoredFunction]
  let settings: [String: String]
  /// What is different from the contents before, whose number is one less; nil if that is not known.
  let changes: CatalogueChanges?
  private let versions: [Int64: Int64]

  /// - Parameter old: the previous tables; unchanged ones are reused with everything that was read of them.
  init(_ catalogue: StoredCatalogue, _ store: SegmentStore, after old: WorkspaceContents?) {
    let known = Dictionary((old?.tables ?? []).map { ($0.row.id, $0) }, uniquingKeysWith: { a, _ in a })
    number = (old?.number ?? 0) + 1
    changes = nil
    state = catalogue.state
    functions = catalogue.functions
    settings = catalogue.settings
    tables = catalogue.tables.map { row, groups -> StoredTable in
      if let before = known[row.id], old?.versions[row.id] == row.version { return before }
      return Self.table(row, groups, store, after: known[row.id])
    }
    versions = Dictionary(tables.map { ($0.row.id, $0.row.version) }, uniquingKeysWith: { a, _ in a })
  }

  /// - Parameters:
  ///   - changes: what is different from the contents before.
  ///   - changed: the changed tables that exist, each with all of its groups.
  init(
    _ state: StateRow, _ changes: CatalogueChanges, _ changed: [(row: TableRow, groups: [GroupRow])], _ store: SegmentStore,
    after old: WorkspaceContents
  ) {
    number = old.number + 1
    self.state = state
    self.changes = changes
    settings = changes.settings.reduce(into: old.settings) { $0[$1.key] = $1.value }
    functions = Self.functions(old.functions, changes.functions)
    var tables = old.tables, versions = old.versions
    var before: [Int64: StoredTable] = [:]
    for name in changes.tables {
      let place = Self.place(of: name, in: tables)
      guard place < tables.count, StoredName(tables[place].row.name) == name else { continue }
      let table = tables.remove(at: place)
      before[table.row.id] = table
      versions[table.row.id] = nil
    }
    for (row, groups) in changed {
      let table = Self.table(row, groups, store, after: before[row.id])
      tables.insert(table, at: Self.place(of: StoredName(row.name), in: tables))
      versions[row.id] = row.version
    }
    self.tables = tables
    self.versions = versions
  }

  private static func functions(_ old: [StoredFunction], _ changes: [StoredName: StoredFunction?]) -> [StoredFunction] {
    if changes.isEmpty { return old }
    let others = old.filter { changes[StoredName($0.name)] == nil }
    return (others + changes.values.compactMap(\.self)).sorted { StoredName($0.name) < StoredName($1.name) }
  }

  /// A changed table; columns that are the same keep what was read of them.
  private static func table(
    _ row: TableRow, _ groups: [GroupRow], _ store: SegmentStore, after before: StoredTable?
  ) -> StoredTable {
    let columns = before.map { before in
      zip(row.columns, before.columns).map { now, then in
        now.textCount == then.textCount && now.name == then.info.name ? then : StoredColumn(tableID: row.id, now)
      }
    }
    return StoredTable(row, groups, store: store, columns: columns)
  }

  /// The position of a table, or where it would be inserted.
  private static func place(of name: StoredName, in tables: [StoredTable]) -> Int {
    var low = 0, high = tables.count
    while low < high {
      let middle = (low + high) / 2
      if StoredName(tables[middle].row.name) < name { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func table(named name: String) -> StoredTable? {
    let place = Self.place(of: StoredName(name), in: tables)
    return place < tables.count && StoredName(tables[place].row.name) == StoredName(name) ? tables[place] : nil
  }

  /// Versions of the tables by id.
  var known: [Int64: Int64] { versions }

  func holds(_ version: TableVersion) -> Bool { versions[version.table] == version.version }
}

/// A table between two changes to it.
struct TableVersion: Hashable, Sendable {
  let table: Int64
  let version: Int64
}

/// A workspace file as it was at one moment. It does not change for its holder until `end`.
package final class WorkspaceSnapshot: Sendable {
  private let contents: WorkspaceContents
  private let onEnd: @Sendable () -> Void
  private let isEnded = Atomic<Bool>(false)

  init(_ contents: WorkspaceContents, onEnd: @escaping @Sendable () -> Void) {
    self.contents = contents
    self.onEnd = onEnd
  }

  deinit { end() }

  /// Increases with every change that was seen: snapshots with the same number are equal.
  package var number: Int { contents.number }

  /// In alphabetical order; their columns are read on demand.
  package var tables: [Table] { contents.tables.map(\.table) }

  package func table(named name: String) -> Table? { contents.table(named: name)?.table }

  /// What is different from the snapshot whose number is one less; nil if that is not known.
  package var changes: WorkspaceChanges? {
    contents.changes.map { changes in
      WorkspaceChanges(
        tables: changes.tables.map(\.text), functions: changes.functions.keys.map(\.text), settings: Array(changes.settings.keys))
    }
  }

  /// In alphabetical order.
  package var functions: [StoredFunction] { contents.functions }
  package var settings: [String: String] { contents.settings }

  /// Says that nothing more will be read from it.
  package func end() { if !isEnded.exchange(true, ordering: .relaxed) { onEnd() } }
}

/// Names of what was added, changed or removed between two snapshots.
package struct WorkspaceChanges: Sendable {
  package let tables: [String]
  package let functions: [String]
  package let settings: [String]
}

/// The moments of a file that are being read now. Each has a connection of its own, on which SQLite keeps the file as it
/// was; readers of the same moment share it.
final class LiveSnapshots: Sendable {
  private struct Live {
    let connection: WorkspaceConnection
    let contents: WorkspaceContents
    var readers = 1
  }

  private struct State {
    /// The oldest first.
    var live: [Live] = []
    var idle: [WorkspaceConnection]
  }

  /// The first connection, which is never closed.
  let reader: WorkspaceConnection
  /// What this process last wrote.
  private let memory: CatalogueMemory
  /// Opens another connection; nil if only one process and one connection may have the file open, or it never changes.
  private let open: (@Sendable () throws -> WorkspaceConnection)?
  private let state: LockedValue<State>
  /// The number of connections that wait for the next reader; more are closed.
  private static let idleLimit = 8

  init(_ reader: WorkspaceConnection, _ memory: CatalogueMemory, open: (@Sendable () throws -> WorkspaceConnection)?) {
    self.reader = reader
    self.memory = memory
    self.open = open
    state = LockedValue(State(idle: [reader]))
  }

  /// Connections other than the first.
  var others: [WorkspaceConnection] {
    state.withLock { state in (state.idle + state.live.map(\.connection)).filter { $0 !== reader } }
  }

  /// The file as it is now.
  ///
  /// - Parameters:
  ///   - latest: what the file contained when someone last began to read it; updated to what it contains now.
  ///   - onIdle: called with a connection when its last reader has ended.
  /// - Throws: a diagnostic if the file is damaged.
  func begin(
    after latest: inout WorkspaceContents, _ store: SegmentStore, onIdle: @escaping @Sendable (WorkspaceConnection) -> Void
  ) throws -> WorkspaceSnapshot {
    try state.withLock { state in
      if state.idle.isEmpty, open == nil, let last = state.live.indices.last {
        state.live[last].readers += 1
        return snapshot(of: state.live[last], onIdle)
      }
      let connection = try state.idle.popLast() ?? open?() ?? reader
      do {
        let before = latest
        let changed = try connection.with { file -> WorkspaceContents? in
          try file.beginTransaction(.deferred)
          let now = try StateRow(from: file)
          if now.generation == before.state.generation { return nil }
          if let (changes, rows) = memory.changes(since: before.state.generation, upTo: now) {
            let tables = try rows.map { (row: $0, groups: try StoredCatalogue.groups(of: $0, file)) }
            return WorkspaceContents(now, changes, tables, store, after: before)
          }
          let catalogue = try StoredCatalogue(from: file, known: before.known)
          memory.put(KnownCatalogue(catalogue))
          return WorkspaceContents(catalogue, store, after: before)
        }
        if let changed {
          latest = changed
        } else if let shared = state.live.lastIndex(where: { $0.contents.number == before.number }) {
          try? connection.with { try $0.rollback() }
          state.idle.append(connection)
          state.live[shared].readers += 1
          return snapshot(of: state.live[shared], onIdle)
        }
        let live = Live(connection: connection, contents: latest)
        state.live.append(live)
        return snapshot(of: live, onIdle)
      } catch {
        try? connection.with { try $0.rollback() }
        state.idle.append(connection)
        throw error
      }
    }
  }

  private func snapshot(of live: Live, _ onIdle: @escaping @Sendable (WorkspaceConnection) -> Void) -> WorkspaceSnapshot {
    let connection = live.connection
    return WorkspaceSnapshot(live.contents) { [self] in end(connection, onIdle) }
  }

  private func end(_ connection: WorkspaceConnection, _ onIdle: (WorkspaceConnection) -> Void) {
    state.withLock { state in
      guard let place = state.live.firstIndex(where: { $0.connection === connection }) else { return }
      state.live[place].readers -= 1
      guard state.live[place].readers == 0 else { return }
      state.live.remove(at: place)
      try? connection.with { try $0.commit() }
      onIdle(connection)
      if connection === reader || state.idle.count < Self.idleLimit { state.idle.append(connection) }
    }
  }

  /// A connection on which the table has this version, if someone is reading it; else the first.
  func connection(for version: TableVersion) -> WorkspaceConnection {
    state.withLock { state in state.live.last { $0.contents.holds(version) }?.connection } ?? reader
  }
}
