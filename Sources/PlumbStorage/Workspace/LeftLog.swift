import Glibc
import PlumbDiagnostics

/// The write-ahead log that a process left beside a file, looked at before SQLite takes its changes from it.
///
/// SQLite stops without a word at the first frame whose checksum does not fit. Here that is a diagnostic wherever what
/// is lost had been acknowledged: where the index beside the log (`-shm`) counts more frames than are sound, or, without
/// an index, where the end of another transaction stands behind a frame that is not.
/// The forms are those of sqlite.org/fileformat.html ("The Write-Ahead Log") and sqlite.org/walformat.html.
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
        !log.hasCommit(behind: sound.all)
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

/// SQLite's running checksum over pairs of 32-bit words.
private struct LogChecksum: Equatable {
  var first: UInt32 = 0, second: UInt32 = 0

  mutating func add(_ bytes: UnsafeRawBufferPointer, bigEndian: Bool) {
    var place = 0
    while place + 8 <= bytes.count {
      let low = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
      let high = bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self)
      first &+= (bigEndian ? low.bigEndian : low.littleEndian) &+ second
      second &+= (bigEndian ? high.bigEndian : high.littleEndian) &+ first
      place += 8
    }
  }
}

/// The index that processes share while they use a log; it outlives a process that is ended from outside.
private struct LogIndex {
  struct State {
    /// Frames of committed transactions.
    var frames: Int
    /// Frames that have been moved into the file.
    var moved: Int
    var salt: UInt64
  }

  /// Whether another process has the file open, so that what the index says is still true.
  private(set) var isInUse = false
  private(set) var state: State?

  init(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // All who have the file open hold this byte ("dead man's switch").
    var holder = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 128, l_len: 1, l_pid: 0)
    isInUse = fcntl(descriptor, F_GETLK, &holder) == 0 && holder.l_type != Int16(F_UNLCK)
    var bytes = [UInt8](repeating: 0, count: 100)
    guard pread(descriptor, &bytes, 100, 0) == 100 else { return }
    // Two copies of one header of 48 bytes; one of them may have been under way.
    state = bytes.withUnsafeBytes { bytes in
      [0, 48].compactMap { Self.state(UnsafeRawBufferPointer(rebasing: bytes[$0..<$0 + 48]), moved: bytes.load(fromByteOffset: 96, as: UInt32.self)) }
        .max { $0.frames < $1.frames }
    }
  }

  private static func state(_ header: UnsafeRawBufferPointer, moved: UInt32) -> State? {
    var sum = LogChecksum()
    sum.add(UnsafeRawBufferPointer(rebasing: header[..<40]), bigEndian: UInt32(1).bigEndian == 1)
    guard header.load(as: UInt32.self) == 3_007_000, sum.first == header.load(fromByteOffset: 40, as: UInt32.self),
      sum.second == header.load(fromByteOffset: 44, as: UInt32.self)
    else { return nil }
    return State(
      frames: Int(header.load(fromByteOffset: 16, as: UInt32.self)), moved: Int(moved),
      salt: header.load(fromByteOffset: 32, as: UInt64.self))
  }
}

/// The frames of a log, each a page of the file as a transaction left it.
private final class LogFile {
  private static let headerCount = 32, frameHeaderCount = 24

  private let descriptor: Int32
  private let byteCount: Int
  private let pageCount: Int
  private let isBigEndian: Bool
  private let headerSum: LogChecksum
  let hasSoundHeader: Bool
  let salt: UInt64

  /// - Returns: nil when there is no log, or one with nothing in it.
  init?(_ path: String) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    var header = [UInt8](repeating: 0, count: Self.headerCount)
    guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_size > 0 else {
      if descriptor >= 0 { close(descriptor) }
      return nil
    }
    byteCount = Int(status.st_size)
    let isThere = pread(descriptor, &header, Self.headerCount, 0) == Self.headerCount
    let words = header.withUnsafeBytes { bytes in
      (0..<8).map { bytes.load(fromByteOffset: $0 * 4, as: UInt32.self).bigEndian }
    }
    let isBigEndian = words[0] == 0x377F_0683
    var sum = LogChecksum()
    header.withUnsafeBytes { sum.add(UnsafeRawBufferPointer(rebasing: $0[..<24]), bigEndian: isBigEndian) }
    let page = Int(words[2])
    let isKnown = words[0] & ~1 == 0x377F_0682 && words[1] == 3_007_000
    let isPage = page >= 512 && page <= 65_536 && page & (page - 1) == 0
    hasSoundHeader = isThere && isKnown && isPage && sum == LogChecksum(first: words[6], second: words[7])
    self.isBigEndian = isBigEndian
    pageCount = page
    headerSum = sum
    salt = header.withUnsafeBytes { $0.load(fromByteOffset: 16, as: UInt64.self) }
  }

  deinit { close(descriptor) }

  private func frame(_ number: Int, _ bytes: inout [UInt8], header: Bool = false) -> Bool {
    let count = Self.frameHeaderCount + pageCount
    let place = Self.headerCount + number * count
    let wanted = header ? Self.frameHeaderCount : count
    return place + count <= byteCount && pread(descriptor, &bytes, wanted, off_t(place)) == wanted
  }

  /// How many frames from the front are as they were written, and how many of those belong to whole transactions.
  func soundFrames() -> (all: Int, committed: Int) {
    guard hasSoundHeader else { return (0, 0) }
    var bytes = [UInt8](repeating: 0, count: Self.frameHeaderCount + pageCount)
    var sum = headerSum
    var all = 0, committed = 0
    while frame(all, &bytes) {
      let isSound = bytes.withUnsafeBytes { bytes in
        sum.add(UnsafeRawBufferPointer(rebasing: bytes[..<8]), bigEndian: isBigEndian)
        sum.add(UnsafeRawBufferPointer(rebasing: bytes[Self.frameHeaderCount...]), bigEndian: isBigEndian)
        let written = LogChecksum(
          first: bytes.load(fromByteOffset: 16, as: UInt32.self).bigEndian,
          second: bytes.load(fromByteOffset: 20, as: UInt32.self).bigEndian)
        let isOurs = bytes.load(fromByteOffset: 8, as: UInt64.self) == salt
        return isOurs && bytes.load(as: UInt32.self) != 0 && written == sum
      }
      guard isSound else { break }
      all += 1
      if Self.isCommit(bytes) { committed = all }
    }
    return (all, committed)
  }

  /// Whether a transaction of this log ends behind frame `number`, which is not sound itself.
  func hasCommit(behind number: Int) -> Bool {
    var bytes = [UInt8](repeating: 0, count: Self.frameHeaderCount)
    var place = number + 1
    while frame(place, &bytes, header: true) {
      let isOurs = bytes.withUnsafeBytes { $0.load(fromByteOffset: 8, as: UInt64.self) == salt }
      if isOurs && Self.isCommit(bytes) { return true }
      place += 1
    }
    return false
  }

  /// The frame that ends a transaction says how large the file then is.
  private static func isCommit(_ frame: [UInt8]) -> Bool { frame[4..<8].contains { $0 != 0 } }
}
