import GRDB
import PlumbDiagnostics
import Synchronization

/// A connection to a workspace's SQLite file, which one thread at a time uses.
///
/// SQLite's errors leave `with` as diagnostics. Plumb does not write to a foreign or damaged file, not even to
/// tidy up: a log left next to it is not touched unless `keepLog(false)` says that the file is undamaged.
final class WorkspaceConnection: Sendable {
  enum Access: Sendable {
    case reading
    /// The file and its folder cannot be written to, so the file cannot change either.
    case immutable
    case writing
    /// Like `writing`, but ignores the index of the log, and only while nobody else has the file open.
    case alone
    case creating
  }

  /// The file's short name, for messages.
  let name: String
  private let queue: DatabaseQueue
  private let hadLog: Bool
  private let damage: Damage

  /// Whether damage was found; connections of one file share it.
  private final class Damage: Sendable {
    let isFound = Atomic<Bool>(false)
  }

  /// - Parameters:
  ///   - hadLog: whether there are changes in a log that another process left.
  ///   - other: another connection to the file.
  /// - Throws: a diagnostic if SQLite cannot open the file or it is not an SQLite file.
  init(_ path: String, _ access: Access, hadLog: Bool = false, sharing other: WorkspaceConnection? = nil) throws {
    damage = other?.damage ?? Damage()
    name = lastPart(of: path)
    self.hadLog = hadLog
    var configuration = Configuration()
    configuration.label = name
    configuration.readonly = access == .reading || access == .immutable
    configuration.foreignKeysEnabled = false
    configuration.busyMode = .timeout(5)
    // What a reader sees stays the same over many calls of `with`.
    configuration.allowsUnsafeTransactions = true
    configuration.prepareDatabase { file in
      file.keepLogWhenClosed(hadLog)
      file.defend()
      // The index is kept in memory: the one next to the log still shows what is missing.
      if access == .alone { try file.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
      try file.execute(
        sql: """
          PRAGMA trusted_schema = OFF;
          PRAGMA cell_size_check = ON;
          PRAGMA synchronous = FULL;
          PRAGMA cache_size = -16000;
          PRAGMA temp_store = MEMORY;
          """)
    }
    do {
      queue = try DatabaseQueue(path: sqliteLocation(path, isImmutable: access == .immutable), configuration: configuration)
    } catch let error as DatabaseError {
      throw SQLiteFailure(error, name).diagnostic
    }
  }

  /// Runs `body` while no other thread calls SQLite; calls may nest. Records damage that it finds.
  func with<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do {
      return try queue.unsafeReentrantWrite(body)
    } catch {
      let diagnostic = (error as? DatabaseError).map { SQLiteFailure($0, name).diagnostic } ?? error as? Diagnostic
      if diagnostic?.code == DamagedFile.code { markDamaged() }
      throw diagnostic ?? error
    }
  }

  /// Whether the log is left unchanged when the last connection closes, or SQLite copies it into the file.
  func keepLog(_ kept: Bool) { try? with { $0.keepLogWhenClosed(kept) } }

  /// Prevents further writes to the file.
  func markDamaged() {
    damage.isFound.store(true, ordering: .relaxed)
    if hadLog { keepLog(true) }
  }

  /// Whether damage was found.
  var isDamaged: Bool { damage.isFound.load(ordering: .relaxed) }
}

/// SQLite's errors, in Plumb's words.
struct SQLiteFailure {
  let diagnostic: Diagnostic

  init(_ error: DatabaseError, _ name: String) {
    let reason = error.message ?? error.resultCode.description
    switch error.resultCode {
    case .SQLITE_FULL:
      diagnostic = Diagnostic(
        "disk-full", "the disk has no room left for `\(name)`; the last step was not saved",
        help: "free some disk space and try again")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      diagnostic = Diagnostic(
        "file-busy", "`\(name)` is being written by another process", help: "try again when that process has ended")
    case .SQLITE_READONLY, .SQLITE_PERM:
      diagnostic = Diagnostic("read-only", "`\(name)` cannot be written to: it or its folder is read-only")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: diagnostic = DamagedFile.diagnostic(reason, name)
    case .SQLITE_IOERR:
      diagnostic = Diagnostic(
        "write-failed", "`\(name)` could not be read or written: \(reason); the last step was not saved")
    case .SQLITE_CANTOPEN: diagnostic = Diagnostic("cannot-read", "`\(name)` cannot be opened: \(reason)")
    case .SQLITE_NOMEM: diagnostic = Diagnostic("memory-limit", "not enough memory to work on `\(name)`")
    case .SQLITE_TOOBIG: diagnostic = Diagnostic("value-too-large", "a value is too large for `\(name)`")
    default: diagnostic = Diagnostic(DamagedFile.code, "`\(name)` cannot be used: \(reason)")
    }
  }
}
