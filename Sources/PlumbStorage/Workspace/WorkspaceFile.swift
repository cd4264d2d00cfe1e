import class GRDB.Database
import Glibc
import PlumbDiagnostics
import PlumbEngine

/// A workspace in one SQLite file: tables, functions and settings that outlive the process.
///
/// Readers see the file as it was when they began (`reading`); writers change it in transactions (`write`). Any
/// thread may read; one at a time writes.
package final class WorkspaceFile: @unchecked Sendable {
  package struct Options: Sendable {
    /// Whether to create the file if it is missing.
    package var creates = true
    /// Whether to load the undamaged parts of a damaged file, which is then not written to.
    package var salvages = false
    /// The number of bytes of decoded columns to cache.
    package var cacheLimit = 256 << 20
    /// The number of workers for writing.
    package var threads = 1
    /// The account to which cached data is charged.
    package var memory = MemoryAccount.process

    package init() {}
  }

  package let path: String
  let options: Options
  let lock: WriterLock
  let reader: WorkspaceConnection
  let store: SegmentStore
  private let snapshots: LiveSnapshots
  private let memory = CatalogueMemory()
  /// What the file contained when someone last began to read it.
  private let latest: LockedValue<WorkspaceContents>
  /// The snapshots of nested `beginReading` calls.
  private let held = LockedValue<[WorkspaceSnapshot]>([])
  private let writing = Lock()
  /// Opened by the first change; used by the holder of `writing`.
  private var writer: WorkspaceConnection?
  /// Whether the file itself, and not only its log, says that it is being written; nil before the
  /// first change.
  private let isMarkedOpen = LockedValue<Bool?>(nil)
  /// Why the file cannot be written to; nil if it can.
  private let refusal: Diagnostic?
  /// The parts of a damaged file that were left out, a sentence each.
  package let losses: [String]
  /// The generation that this process closes: the last that it wrote, or one left by a process that was
  /// killed. Whoever has written after it closes the file in turn.
  private var closingGeneration: Int64?

  /// - Throws: a diagnostic that says what is wrong with the file and what to do.
  package init(_ path: String, _ options: Options = Options()) throws {
    self.path = path
    self.options = options
    let name = lastPart(of: path)
    let isThere = access(path, F_OK) == 0
    guard isThere || options.creates else {
      throw Diagnostic("no-such-file", "the workspace `\(path)` does not exist")
    }
    lock = try WriterLock(path, creating: !isThere)
    let front = lock.front(100)
    let hadLog = WALRecoveryCheck.exists(besides: path)
    if front.isEmpty {
      guard options.creates else { throw Diagnostic("not-a-workspace", "`\(name)` is empty, not a workspace") }
      guard !hadLog else { throw DamagedFile.diagnostic("it is empty, but has a log", name) }
      guard !WALRecoveryCheck.hasChanges(besides: path) else {
        throw DamagedFile.diagnostic("it is empty, but `\(name)-shm` records changes to it", name)
      }
      try lock.locked { try WorkspaceConnection(path, .creating).with(Migrations.create) }
    } else if !front.starts(with: Array("SQLite format 3\0".utf8)) {
      throw Diagnostic(
        "not-a-workspace", "`\(name)` is not a Plumb workspace",
        help: "read a data file with `--load \(path)`; create a workspace with `plumb \(Self.freeName(name))`")
    }
    let isOurs = front.count >= 72 && front[68..<72].elementsEqual([0x50, 0x6C, 0x6D, 0x62])
    // Bytes 18 and 19 are both 1 until the file has a log: its creator was killed before the last step. If only one is 1,
    // the file is damaged and is not written to. If a log cannot be created, the file is read as it is.
    if isOurs, front[18] == 1, front[19] == 1, !options.salvages, access(path, W_OK) == 0 {
      _ = try? lock.lockedIfFree { try WorkspaceConnection(path, .creating).with(Migrations.create) }
    }
    let recoveryCheck = isOurs && lock.isFirstHere ? WALRecoveryCheck.besides(path, lock) : nil
    if let problem = recoveryCheck?.problem, !options.salvages { throw problem }
    let opened = try Opening(path, name, recoveryCheck?.problem == nil ? .writing : .alone, hadLog: hadLog)
    reader = opened.connection
    // Another connection may read while this one does, unless the file is held exclusively or cannot change.
    let isShared = opened.isShared && !options.salvages
    let again: @Sendable () throws -> WorkspaceConnection = { [path, reader] in
      let other = try WorkspaceConnection(path, opened.mode, sharing: reader)
      other.keepLog(false)
      return other
    }
    snapshots = LiveSnapshots(reader, memory, open: isShared ? again : nil)
    store = SegmentStore(snapshots, keeping: options.cacheLimit, in: options.memory)
    try reader.with { try Self.checkVersion($0, path) }
    if options.salvages {
      let salvaged = try reader.with { file in try file.transaction(.deferred) { try Salvage(from: file) } }
      let lostLog = recoveryCheck?.problem ?? Self.missingLog(salvaged.catalogue.state, lock, path)
      losses = (lostLog.map { [$0.message] } ?? []) + salvaged.losses
      let found = !losses.isEmpty
      refusal = found ? DamagedFile.refusal(name) : opened.refusal
      if found { reader.markDamaged() }
      latest = LockedValue(WorkspaceContents(salvaged.catalogue, store, after: nil))
    } else {
      losses = []
      refusal = opened.refusal
      let catalogue = try reader.with { file in try file.transaction(.deferred) { try StoredCatalogue(from: file) } }
      if let problem = Self.missingLog(catalogue.state, lock, path) { throw problem }
      memory.put(KnownCatalogue(catalogue))
      latest = LockedValue(WorkspaceContents(catalogue, store, after: nil))
    }
    guard losses.isEmpty else { return }
    let state = contents.state
    if state.isOpen, recoveryCheck?.isInUse == false { closingGeneration = state.generation }
    reader.keepLog(false)
  }

  private static func freeName(_ name: String) -> String { name.hasSuffix(".plumb") ? "new.plumb" : name + ".plumb" }

  private static func checkVersion(_ file: Database, _ path: String) throws {
    let name = file.name
    guard try file.integer("PRAGMA application_id") == Migrations.applicationID else {
      throw Diagnostic(
        "not-a-workspace", "`\(name)` is an SQLite file, but not a Plumb workspace",
        help: "read one of its tables with `--load NAME=\(path)#TABLE`")
    }
    let version = try file.integer("PRAGMA user_version")
    guard version <= Migrations.current else {
      throw Diagnostic(
        "newer-file", "`\(name)` was written by a newer Plumb (version \(version) of the file format; this one knows "
          + "\(Migrations.current))",
        help: "use that version, or export the workspace with it: `plumb export \(name) --to FOLDER`")
    }
    guard version > 0 else { throw DamagedFile.diagnostic("it has no version", name) }
    try Migrations.checkSchema(file)
  }

  /// The problem, if the file says that it has a log, the log is missing, and nobody is writing to the file.
  ///
  /// This process has the file open, so no other process removes the log by closing the file.
  private static func missingLog(_ state: StateRow, _ lock: WriterLock, _ path: String) -> Diagnostic? {
    guard state.isOpen, !WALRecoveryCheck.exists(besides: path), lock.lockedIfFree({}) else { return nil }
    return WALRecoveryCheck.missing(lastPart(of: path))
  }

  deinit {
    let isPresent = (try? lock.checkPresence(path)) != nil
    guard refusal == nil, !reader.isDamaged, isPresent else {
      // What this process wrote before it noticed stays in the log, too.
      if !isPresent { reader.keepLog(true) }
      if let writer { for connection in [reader, writer] + snapshots.others { connection.keepLog(true) } }
      return
    }
    do {
      if closingGeneration != nil { try lock.locked { try (writer ?? reader).with(close) } }
      guard try reader.with({ try StateRow(from: $0).isOpen }) else { return }
    } catch {}
    // As long as the file says that it has a log, whoever closes it last must keep the log.
    for connection in [reader] + snapshots.others { connection.keepLog(true) }
    writer?.keepLog(true)
  }

  /// The last write to the file: it needs no log. Only now, since a damaged file is not written to.
  private func close(_ file: Database) throws {
    try file.transaction {
      var state = try StateRow(from: file)
      guard state.generation == closingGeneration else { return }
      state.isOpen = false
      try state.save(in: file)
    }
  }

  // MARK: Reading

  /// Runs `body` while the file does not change for this process.
  package func reading<Result>(_ body: () throws -> Result) throws -> Result {
    try beginReading()
    defer { endReading() }
    return try body()
  }

  /// The file as it is now, for one of several simultaneous readers.
  ///
  /// - Throws: a diagnostic if the file is damaged.
  package func snapshot() throws -> WorkspaceSnapshot {
    guard losses.isEmpty else { return WorkspaceSnapshot(contents) {} }
    return try latest.withLock { latest in
      try snapshots.begin(after: &latest, store) { [self] connection in
        if isMarkedOpen.withLock({ $0 == false }) { try? connection.with(markOpen) }
      }
    }
  }

  /// Fixes what is read until `endReading`; calls may nest.
  ///
  /// - Returns: whether tables, functions or settings changed since the last time.
  @discardableResult
  package func beginReading() throws -> Bool {
    try held.withLock { held in
      if let snapshot = held.last {
        held.append(snapshot)
        return false
      }
      let before = contents.number
      let snapshot = try self.snapshot()
      held.append(snapshot)
      return snapshot.number != before
    }
  }

  package func endReading() {
    held.withLock { held in
      guard let snapshot = held.popLast() else { return }
      if held.isEmpty { snapshot.end() }
    }
  }

  private var contents: WorkspaceContents { latest.withLock { $0 } }

  /// In alphabetical order, as of the latest snapshot; their columns are read on demand.
  package var tables: [Table] { contents.tables.map(\.table) }

  package func table(named name: String) -> Table? {
    contents.table(named: name)?.table
  }

  func tableNumber(named name: String) -> Int64? {
    contents.table(named: name)?.row.id
  }

  /// In alphabetical order.
  package var functions: [StoredFunction] { contents.functions }

  package func setting(_ name: String) -> String? { contents.settings[name] }

  package var settings: [String: String] { contents.settings }

  /// How the tables are laid out in the file.
  package var layout: [TableLayoutInFile] {
    contents.tables.map { TableLayoutInFile(name: $0.row.name, rows: $0.table.rowCount, groups: $0.groups.count) }
  }

  // MARK: Writing

  /// Runs `body` in a transaction: all of it is committed, or nothing.
  ///
  /// - Throws: what `body` throws, and a diagnostic if the file cannot be written to or another process is writing.
  @discardableResult
  package func write<Result>(_ body: (WorkspaceWriter) throws -> Result) throws -> Result {
    if let refusal { throw refusal }
    if reader.isDamaged { throw DamagedFile.refusal(reader.name) }
    return try writing.locked {
      try lock.locked {
        try lock.checkPresence(path)
        let (result, catalogue) = try changing { connection, file in
          let writer = try WorkspaceWriter(connection, file, memory, threads: options.threads)
          let result = try body(writer)
          let catalogue = try writer.finish()
          // Nothing is acknowledged into a file that has lost its name.
          try lock.checkPresence(path)
          return (result, catalogue)
        }
        memory.put(catalogue)
        closingGeneration = catalogue.state.generation
        return result
      }
    }
  }

  /// Runs `body` in a transaction unless the file cannot be written to or another process is writing; returns whether it ran.
  func changingIfFree(_ body: (Database) throws -> Void) throws -> Bool {
    if refusal != nil || reader.isDamaged { return false }
    return try writing.locked {
      try lock.lockedIfFree {
        try lock.checkPresence(path)
        let opened: Int64? = try changing { _, file in
          try body(file)
          var state = try StateRow(from: file)
          if state.isOpen { return nil }
          state.isOpen = true
          try state.save(in: file)
          return state.generation
        }
        // Whoever marks the file as open removes the mark.
        if let opened { closingGeneration = opened }
      }
    }
  }

  /// Runs `body` in a transaction, for the holder of `writing` and `lock`.
  private func changing<Result>(_ body: (WorkspaceConnection, Database) throws -> Result) throws -> Result {
    let isFirst = writer == nil
    let connection = try writer ?? writingConnection()
    defer { if connection.isDamaged { reader.markDamaged() } }
    return try connection.with { file in
      let result = try file.transaction {
        if isFirst { try Migrations.upgrade(file) }
        return try body(connection, file)
      }
      markOpen(file)
      return result
    }
  }

  private func writingConnection() throws -> WorkspaceConnection {
    let connection = try WorkspaceConnection(path, .writing)
    try connection.with { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 4096") }
    writer = connection
    return connection
  }

  /// Copies the log into the file once, so that the file itself says that it has a log. Readers can prevent this.
  private func markOpen(_ file: Database) {
    isMarkedOpen.withLock { isMarked in
      if isMarked == true { return }
      let moved = try? file.checkpoint(.passive)
      isMarked = moved.map { $0.walFrameCount == $0.checkpointedFrameCount } ?? false
    }
  }

  /// Prevents other processes from writing while `body` runs.
  package func holdingWriterLock<Result>(_ body: () throws -> Result) throws -> Result { try lock.locked(body) }

  /// Merges small row groups if many appends have left enough of them.
  package func compactIfNeeded() throws {
    let tables = contents.tables.filter { WorkspaceWriter.hasSmallTail($0.groups) }.map(\.row.name)
    if !tables.isEmpty { try write { writer in for name in tables { try writer.compact(name) } } }
  }

  /// Merges small row groups that many appends have left, in a separate transaction.
  package func compact() throws {
    try write { writer in for name in writer.tableNames { try writer.compact(name) } }
  }
}

/// How a table is laid out in a file.
package struct TableLayoutInFile: Sendable {
  package let name: String
  package let rows: Int
  package let groups: Int
}

/// Opens a file for reading in the way that its permissions allow.
private struct Opening {
  let connection: WorkspaceConnection
  private(set) var mode: WorkspaceConnection.Access
  var refusal: Diagnostic?
  /// Whether other connections of this process may have the file open.
  var isShared: Bool { mode == .writing || mode == .reading }

  init(_ path: String, _ name: String, _ wanted: WorkspaceConnection.Access, hadLog: Bool) throws {
    mode = wanted
    if access(path, W_OK) == 0 {
      do {
        connection = try WorkspaceConnection(path, wanted, hadLog: hadLog)
        return
      } catch let problem as Diagnostic where problem.code == "cannot-read" || problem.code == "read-only" {
        // The folder may be read-only.
      }
    }
    refusal = Diagnostic("read-only", "`\(name)` cannot be written to: it or its folder is read-only")
    do {
      mode = .reading
      connection = try WorkspaceConnection(path, .reading, hadLog: hadLog)
    } catch let problem as Diagnostic where problem.code == "cannot-read" || problem.code == "read-only" {
      guard !hadLog else {
        throw Diagnostic(
          "read-only", "`\(name)` has changes in `\(name)-wal`, which cannot be read in a read-only folder",
          help: "copy both files to a writable folder")
      }
      mode = .immutable
      connection = try WorkspaceConnection(path, .immutable)
    }
  }
}
