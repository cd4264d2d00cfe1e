import Glibc
import PlumbDiagnostics

/// The write-ahead log that a process left beside a file, looked at before SQLite takes its changes from it.
///
/// SQLite stops without a word at the first frame whose checksum does not fit. Here that is a diagnostic wherever what
/// is lost had been acknowledged: where the index beside the log (`-shm`) counts more frames than are sound, or, without
/// an index, where the end of another transaction comes after a frame that is not. `Damage/README.md` says why.
struct LeftLog {
  /// Why the latest changes cannot be read; nil when they can, or when there are none.
  private(set) var problem: Diagnostic?
  /// Whether another process has the file open, so that the log is its business.
  let isInUse: Bool

  /// - Returns: nil when another process is writing, whose business the log is.
  /// - Parameter path: the workspace file's. No connection of this process may have it open: closing a file ends all
  ///   locks that the process has on it.
  static func besides(_ path: String, _ lock: WriterLock) -> LeftLog? {
    var log = LeftLog(path)
    // A log looks torn while it is written to.
    if log.problem != nil, !lock.lockedIfFree({ log = LeftLog(path) }) { return nil }
    return log
  }

  private init(_ path: String) {
    let name = lastPart(of: path)
    let index = LogIndex(path + "-shm")
    isInUse = index.isInUse
    if isInUse { return }
    guard let log = LogFile(path + "-wal") else {
      if let state = index.state, state.frames > state.moved { problem = Self.missing(name) }
      return
    }
    let sound = log.soundFrames()
    let isWhole =
      if let state = index.state, state.salt == log.salt {
        sound.committed >= state.frames
      } else {
        !log.hasCommit(after: sound.all)
      }
    if log.hasSoundHeader && isWhole { return }
    problem = Diagnostic(
      "damaged-log", "`\(name)-wal` is damaged: changes of `\(name)` that had been saved in it cannot be read",
      help: "put a sound copy of it back beside `\(name)`; `--salvage` loads what can be read without them")
  }

  /// Whether a file has a log with something in it.
  static func exists(besides path: String) -> Bool {
    var log = stat()
    return stat(path + "-wal", &log) == 0 && log.st_size > 0
  }

  /// Whether the index of a log counts changes of a file.
  static func hasChanges(besides path: String) -> Bool { LogIndex(path + "-shm").state.map { $0.frames > 0 } ?? false }

  static func missing(_ name: String) -> Diagnostic {
    Diagnostic(
      "missing-log", "`\(name)-wal` is missing: the process that wrote to `\(name)` ended early, and its latest changes "
        + "are in that file",
      help: "put it back beside `\(name)`; `--salvage` loads what was saved before those changes")
  }
}
