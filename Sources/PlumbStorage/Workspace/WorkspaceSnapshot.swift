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
  private let versions: [Int64: Int64]

  /// - Parameter old: the previous tables; unchanged ones are reused with everything that was read of them.
  init(_ catalogue: StoredCatalogue, _ store: SegmentStore, after old: WorkspaceContents?) {
    let known = Dictionary((old?.tables ?? []).map { ($0.row.id, $0) }, uniquingKeysWith: { a, _ in a })
    number = (old?.number ?? 0) + 1
    state = catalogue.state
    functions = catalogue.functions
    settings = catalogue.settings
    tables = catalogue.tables.map { row, groups -> StoredTable in
      guard let before = known[row.id] else { return StoredTable(row, groups, store: store) }
      if before.row.version == row.version { return before }
      let columns = zip(row.columns, before.columns).map { now, then in
        now.textCount == then.textCount && now.name == then.info.name ? then : StoredColumn(tableID: row.id, now)
      }
      return StoredTable(row, groups, store: store, columns: columns)
    }
    versions = Dictionary(tables.map { ($0.row.id, $0.row.version) }, uniquingKeysWith: { a, _ in a })
  }

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

  /// In alphabetical order.
  package var functions: [StoredFunction] { contents.functions }
  package var settings: [String: String] { contents.settings }

  /// Says that nothing more will be read from it.
  package func end() { if !isEnded.exchange(true, ordering: .relaxed) { onEnd() } }
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
  /// Opens another connection; nil if only one process and one connection may have the file open, or it never changes.
  private let open: (@Sendable () throws -> WorkspaceConnection)?
  private let state: Guarded<State>
  /// The number of connections that wait for the next reader; more are closed.
  private static let idleLimit = 8

  init(_ reader: WorkspaceConnection, open: (@Sendable () throws -> WorkspaceConnection)?) {
    self.reader = reader
    self.open = open
    state = Guarded(State(idle: [reader]))
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
        let changed = try connection.with { file -> StoredCatalogue? in
          try file.beginTransaction(.deferred)
          if try StateRow(from: file).generation == before.state.generation { return nil }
          let known = Dictionary(before.tables.map { ($0.row.id, $0.row.version) }, uniquingKeysWith: { a, _ in a })
          return try StoredCatalogue(from: file, known: known)
        }
        if let changed {
          latest = WorkspaceContents(changed, store, after: before)
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
