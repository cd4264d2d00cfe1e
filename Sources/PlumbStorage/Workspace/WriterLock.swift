import Glibc
import PlumbDiagnostics
import PlumbEngine

/// The right to write to a workspace, which one process has at a time; it ends with the process.
///
/// - Note: SQLite's own locks on the file are released when any descriptor of it is closed, so this one is opened before
///   SQLite's and closed after them.
final class WriterLock {
  private let descriptor: Int32
  private let name: String
  private var depth = 0
  private let file: FileID
  /// Whether this process had not opened the file before.
  let isFirstHere: Bool

  private struct FileID: Hashable {
    var device: UInt
    var number: UInt
  }

  /// How often this process has each file open.
  private static let open = LockedValue<[FileID: Int]>([:])

  init(_ path: String, creating: Bool) throws {
    name = lastPart(of: path)
    descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (creating ? O_CREAT : 0), 0o666)
    if descriptor < 0 { throw FileSource.failure(path, errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Diagnostic(
        "not-a-workspace", "`\(name)` is \(status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "not a regular file")",
        help: "a workspace is a single file, which Plumb creates if missing")
    }
    let file = FileID(device: UInt(status.st_dev), number: UInt(status.st_ino))
    self.file = file
    isFirstHere = Self.open.withLock { open in
      open[file, default: 0] += 1
      return open[file] == 1
    }
  }

  deinit {
    let file = file
    Self.open.withLock { open in
      let left = (open[file] ?? 1) - 1
      open[file] = left > 0 ? left : nil
    }
    close(descriptor)
  }

  /// - Throws: `file-gone` if `path` no longer names the file that was opened.
  func checkPresence(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw Diagnostic(
        "file-gone", "`\(name)` was deleted or renamed while it was open; the last step was not saved",
        help: "restore the file, or save a copy of what you see with `.save FILE`")
    }
    guard FileID(device: UInt(status.st_dev), number: UInt(status.st_ino)) == file else {
      throw Diagnostic(
        "file-gone", "`\(name)` was replaced by another file while it was open; the last step was not saved",
        help: "open the new file with `.open`, or save a copy of what you see with `.save FILE`")
    }
  }

  /// The first bytes of the file.
  func front(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
      used = max(0, pread(descriptor, buffer.baseAddress, count, 0))
    }
  }

  /// Runs `body` as the writer unless another process is writing; returns whether it ran.
  func lockedIfFree(_ body: () throws -> Void) rethrows -> Bool {
    guard depth > 0 || flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
    depth += 1
    defer {
      depth -= 1
      if depth == 0 { flock(descriptor, LOCK_UN) }
    }
    try body()
    return true
  }

  /// Runs `body` as the writer; waits briefly for another writer to end.
  func locked<Result>(_ body: () throws -> Result) throws -> Result {
    if depth == 0 { try take() }
    depth += 1
    defer {
      depth -= 1
      if depth == 0 { flock(descriptor, LOCK_UN) }
    }
    return try body()
  }

  private func take() throws {
    for attempt in 0..<40 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
      if errno != EWOULDBLOCK && errno != EINTR { return }
      if attempt < 39 { usleep(50_000) }
    }
    throw Diagnostic(
      "file-busy", "`\(name)` is being written by \(holder.map { "process \($0)" } ?? "another process")",
      help: "you can read it at any time; to write, wait until the other process has ended")
  }

  /// The process that has the lock, as the kernel lists it.
  private var holder: String? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, let list = fopen("/proc/locks", "r") else { return nil }
    defer { fclose(list) }
    var line = [CChar](repeating: 0, count: 512)
    while fgets(&line, 512, list) != nil {
      let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        .split(separator: " ")
      guard words.count > 5, words[1] == "FLOCK", words[5].hasSuffix(":\(status.st_ino)") else { continue }
      return String(words[4])
    }
    return nil
  }
}
