import Glibc
import PlumbDiagnostics

/// The write-ahead log that a process left next to a file, checked before SQLite takes changes from it.
///
/// SQLite stops silently at the first frame whose checksum is wrong. This type reports a diagnostic if acknowledged
/// changes are lost: if the index next to the log (`-shm`) counts more frames than are intact, or, without an index, if
/// another transaction ends after a damaged frame. `Damage/README.md` explains why.
struct WALRecoveryCheck {
  /// Why the latest changes cannot be read; nil if they can, or if there are none.
  private(set) var problem: Diagnostic?
  /// Whether another process has the file open, which is then responsible for the log.
  let isInUse: Bool

  /// - Returns: nil if another process is writing, which is then responsible for the log.
  /// - Parameter path: the path of the workspace file, which this process must not have open: closing a file releases all
  ///   locks that the process has on it.
  static func besides(_ path: String, _ lock: WriterLock) -> WALRecoveryCheck? {
    var log = WALRecoveryCheck(path)
    // A log looks damaged while it is being written.
    if log.problem != nil, !lock.lockedIfFree({ log = WALRecoveryCheck(path) }) { return nil }
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
      "damaged-log", "`\(name)-wal` is damaged: changes of `\(name)` that were saved in it cannot be read",
      help: "put an undamaged copy back next to `\(name)`; `--salvage` loads what can be read without them")
  }

  /// Returns whether a file has a log that is not empty.
  static func exists(besides path: String) -> Bool {
    var log = stat()
    return stat(path + "-wal", &log) == 0 && log.st_size > 0
  }

  /// Returns whether the index of a log counts changes of a file.
  static func hasChanges(besides path: String) -> Bool { LogIndex(path + "-shm").state.map { $0.frames > 0 } ?? false }

  static func missing(_ name: String) -> Diagnostic {
    Diagnostic(
      "missing-log", "`\(name)-wal` is missing: the process that wrote to `\(name)` was killed, and its latest changes "
        + "are in that file",
      help: "put it back next to `\(name)`; `--salvage` loads what was saved before those changes")
  }
}
