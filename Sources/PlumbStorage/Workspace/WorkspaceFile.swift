import Glibc
import PlumbDiagnostics
import PlumbEngine
import Synchronization

/// A workspace in one SQLite file: tables, functions and settings that outlive the process.
///
/// Readers see the file as it was when they began (`reading`); writers change it in transactions (`write`). Any
/// thread may read; one at a time writes.
public final class WorkspaceFile: @unchecked Sendable {
  public struct Options: Sendable {
    /// Whether to make the file when there is none.
    public var creates = true
    /// Whether to load what is sound of a damaged file, which is then not written to.
    public var salvages = false
    /// Bytes of decoded columns to keep.
    public var cacheLimit = 256 << 20
    /// Workers for what is written.
    public var threads = 1

    public init() {}
  }

  public let path: String
  let options: Options
  let lock: WriterLock
  let reader: SharedConnection
  let store: SegmentStore
  private let contents: Mutex<Contents>
  private let writing = Turns()
  /// Opened by the first change; used by whoever holds `writing`.
  private var writer: SQLiteConnection?
  /// Why the file cannot be written to; nil when it can.
  private let refusal: Diagnostic?
  /// What was left out of a damaged file, a sentence each.
  public let losses: [String]

  private struct Contents {
    var state: StateRow
    var tables: [StoredTable]
    var functions: [StoredFunction]
    var settings: [String: String]
    var readers = 0
  }

  /// - Throws: a diagnostic that says what is wrong with the file and what to do.
  public init(_ path: String, _ options: Options = Options()) throws {
    self.path = path
    self.options = options
    let name = lastPart(of: path)
    let isThere = access(path, F_OK) == 0
    guard isThere || options.creates else {
      throw Diagnostic("no-such-file", "there is no workspace `\(path)`")
    }
    lock = try WriterLock(path, creating: !isThere)
    let front = lock.front(100)
    if front.isEmpty {
      guard options.creates else { throw Diagnostic("not-a-workspace", "`\(name)` is empty and no workspace") }
      try lock.locked { try Migrations.create(SQLiteConnection(path, .creating)) }
    } else if !front.starts(with: Array("SQLite format 3\0".utf8)) {
      throw Diagnostic(
        "not-a-workspace", "`\(name)` is no Plumb workspace",
        help: "`--load \(path)` reads a file of data; a workspace is made by `plumb \(Self.freeName(name))`")
    }
    var log = stat()
    let hadLog = stat(path + "-wal", &log) == 0 && log.st_size > 0
    let opened = try Opening(path, name)
    reader = SharedConnection(opened.connection)
    store = SegmentStore(reader, keeping: options.cacheLimit)
    try Self.checkVersion(opened.connection, name, path)
    if options.salvages {
      let salvaged = try reader.with { try Salvage(from: $0) }
      let found = !salvaged.losses.isEmpty
      losses = salvaged.losses
      refusal = found
        ? Diagnostic("damaged-file", "`\(name)` is damaged and is not written to", help: "save what is sound into a new file")
        : opened.refusal
      if found { reader.markDamaged() }
      contents = Mutex(Self.contents(salvaged.catalogue, store, []))
    } else {
      losses = []
      do {
        try Self.recover(opened.connection, lock, hadLog: hadLog, isWritable: opened.refusal == nil)
        let catalogue = try opened.connection.transaction("BEGIN") { try StoredCatalogue(from: opened.connection) }
        contents = Mutex(Self.contents(catalogue, store, []))
        refusal = opened.refusal
      } catch {
        opened.connection.keepLog()
        throw error
      }
    }
  }

  private static func freeName(_ name: String) -> String { name.hasSuffix(".plumb") ? "new.plumb" : name + ".plumb" }

  private static func checkVersion(_ file: SQLiteConnection, _ name: String, _ path: String) throws {
    guard try file.integer("PRAGMA application_id") == Migrations.applicationID else {
      file.keepLog()
      throw Diagnostic(
        "not-a-workspace", "`\(name)` is an SQLite file, but no Plumb workspace",
        help: "`--load NAME=\(path)#TABLE` reads one of its tables")
    }
    let version = try file.integer("PRAGMA user_version")
    guard version <= Migrations.current else {
      file.keepLog()
      throw Diagnostic(
        "newer-file", "`\(name)` was written by a newer Plumb (version \(version) of the file format; this one knows "
          + "\(Migrations.current))",
        help: "use that Plumb, or let it export the workspace: `plumb export \(name) --to FOLDER`")
    }
    guard version > 0 else { throw DamagedFile.diagnostic("it has no version", name) }
  }

  /// A writer that was ended from outside leaves its changes in a log beside the file, from which SQLite takes them.
  ///
  /// - Throws: a diagnostic when the log is not there, so that the latest changes are gone.
  private static func recover(_ file: SQLiteConnection, _ lock: WriterLock, hadLog: Bool, isWritable: Bool) throws {
    guard try StateRow(from: file).isOpen else { return }
    _ = try lock.lockedIfFree {
      guard hadLog else {
        throw Diagnostic(
          "missing-log", "`\(file.name)-wal` is missing: the process that wrote to `\(file.name)` ended early, and its "
            + "latest changes are in that file",
          help: "put it back beside `\(file.name)`; `--salvage` loads what was saved before those changes")
      }
      guard isWritable else { return }
      try file.transaction {
        var state = try StateRow(from: file)
        state.isOpen = false
        try state.save(in: file)
      }
    }
  }

  deinit {
    guard let file = writer else { return }
    if reader.isDamaged { return file.keepLog() }
    try? lock.locked {
      try file.transaction {
        var state = try StateRow(from: file)
        state.isOpen = false
        try state.save(in: file)
      }
    }
  }

  // MARK: Reading

  /// Runs `body` while the file stays, for this process, as it is now.
  public func reading<Result>(_ body: () throws -> Result) throws -> Result {
    try beginReading()
    defer { endReading() }
    return try body()
  }

  /// Fixes what is read until `endReading`; calls may nest.
  ///
  /// - Returns: whether tables, functions or settings changed since the last time.
  @discardableResult
  public func beginReading() throws -> Bool {
    try contents.withLock { contents in
      contents.readers += 1
      guard contents.readers == 1, losses.isEmpty else { return false }
      do {
        return try reader.with { file in
          try file.run("BEGIN")
          let state = try StateRow(from: file)
          if state.generation == contents.state.generation { return false }
          let known = Dictionary(contents.tables.map { ($0.row.id, $0.row.version) }, uniquingKeysWith: { a, _ in a })
          let readers = contents.readers
          contents = Self.contents(try StoredCatalogue(from: file, known: known), store, contents.tables)
          contents.readers = readers
          return true
        }
      } catch {
        contents.readers -= 1
        try? reader.with { try $0.run("ROLLBACK") }
        throw error
      }
    }
  }

  public func endReading() {
    contents.withLock { contents in
      contents.readers -= 1
      guard contents.readers == 0, losses.isEmpty else { return }
      try? reader.with { try $0.run("COMMIT") }
    }
  }

  /// Tables that did not change are taken over with all that was read of them.
  private static func contents(_ catalogue: StoredCatalogue, _ store: SegmentStore, _ old: [StoredTable]) -> Contents {
    let known = Dictionary(old.map { ($0.row.id, $0) }, uniquingKeysWith: { a, _ in a })
    let tables = catalogue.tables.map { row, groups -> StoredTable in
      guard let before = known[row.id] else { return StoredTable(row, groups, store: store) }
      if before.row.version == row.version { return before }
      let columns = zip(row.columns, before.columns).map { now, then in
        now.textCount == then.textCount && now.name == then.info.name ? then : StoredColumn(tableID: row.id, now)
      }
      return StoredTable(row, groups, store: store, columns: columns)
    }
    return Contents(
      state: catalogue.state, tables: tables, functions: catalogue.functions, settings: catalogue.settings)
  }

  /// In alphabetical order, as of the latest `beginReading`; their columns are read when they are touched.
  public var tables: [Table] { contents.withLock { $0.tables.map(\.table) } }

  public func table(named name: String) -> Table? {
    contents.withLock { $0.tables.first { $0.row.name == name }?.table }
  }

  /// In alphabetical order.
  public var functions: [StoredFunction] { contents.withLock { $0.functions } }

  public func setting(_ name: String) -> String? { contents.withLock { $0.settings[name] } }

  public var settings: [String: String] { contents.withLock { $0.settings } }

  /// How the tables lie in the file.
  public var layout: [TableLayoutInFile] {
    contents.withLock { contents in
      contents.tables.map { TableLayoutInFile(name: $0.row.name, rows: $0.table.rowCount, groups: $0.groups.count) }
    }
  }

  // MARK: Writing

  /// Runs `body` in a transaction: all of it is kept, or none.
  ///
  /// - Throws: what `body` throws, and a diagnostic when the file cannot be written to or another process is writing.
  @discardableResult
  public func write<Result>(_ body: (WorkspaceWriter) throws -> Result) throws -> Result {
    if let refusal { throw refusal }
    if reader.isDamaged { throw DamagedFile.diagnostic("it is not written to", reader.name) }
    return try writing.taking {
      try lock.locked {
        try changing { file in
          let writer = try WorkspaceWriter(file, threads: options.threads)
          let result = try body(writer)
          try writer.finish()
          return result
        }
      }
    }
  }

  /// Runs `body` in a transaction unless the file cannot be written to or another process is writing; whether it ran.
  func changingIfFree(_ body: (SQLiteConnection) throws -> Void) throws -> Bool {
    if refusal != nil || reader.isDamaged { return false }
    return try writing.taking { try lock.lockedIfFree { try changing(body) } }
  }

  /// Runs `body` in a transaction, for whoever holds `writing` and `lock`.
  private func changing<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
    let file = try writer ?? SQLiteConnection(path, .writing)
    let isFirst = writer == nil
    if isFirst { try file.run("PRAGMA wal_autocheckpoint = 4096") }
    writer = file
    let result = try file.transaction {
      if isFirst { try Migrations.upgrade(file) }
      return try body(file)
    }
    // From here on the file itself says that there is a log.
    if isFirst { file.checkpoint() }
    return result
  }

  /// Keeps other processes from writing for as long as `body` runs.
  public func holdingWriterLock<Result>(_ body: () throws -> Result) throws -> Result { try lock.locked(body) }

  /// Joins small row groups where many appends have left enough of them.
  public func compactIfNeeded() throws {
    let isWorthIt = contents.withLock { contents in
      contents.tables.contains { WorkspaceWriter.hasSmallTail($0.groups.map(\.rowCount)) }
    }
    if isWorthIt { try compact() }
  }

  /// Joins small row groups that many appends have left, in a transaction of its own.
  public func compact() throws {
    try write { writer in for name in try writer.tableNames() { try writer.compact(name) } }
  }
}

/// How a table lies in a file.
public struct TableLayoutInFile: Sendable {
  public let name: String
  public let rows: Int
  public let groups: Int
}

/// Opens a file for reading in the way that its rights allow.
private struct Opening {
  let connection: SQLiteConnection
  var refusal: Diagnostic?

  init(_ path: String, _ name: String) throws {
    if access(path, W_OK) == 0 {
      do {
        connection = try Self.open(path, .writing)
        return
      } catch let problem as Diagnostic where problem.code == "cannot-read" || problem.code == "read-only" {
        // The folder may be read-only.
      }
    }
    refusal = Diagnostic("read-only", "`\(name)` cannot be written to: it or its folder is read-only")
    do {
      connection = try Self.open(path, .reading)
    } catch let problem as Diagnostic where problem.code == "cannot-read" || problem.code == "read-only" {
      var status = stat()
      guard stat(path + "-wal", &status) != 0 || status.st_size == 0 else {
        throw Diagnostic(
          "read-only", "`\(name)` has changes in `\(name)-wal` that cannot be read in a read-only folder",
          help: "copy both files to a folder that you can write to")
      }
      connection = try Self.open(path, .immutable)
    }
  }

  /// SQLite looks at a file when it is first read.
  private static func open(_ path: String, _ access: SQLiteConnection.Access) throws -> SQLiteConnection {
    let connection = try SQLiteConnection(path, access)
    _ = try connection.integer("PRAGMA schema_version")
    return connection
  }
}
