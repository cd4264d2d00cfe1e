import Glibc
import PlumbDiagnostics
import PlumbEngine

/// Bytes whose front, and for files any part, can be inspected before they are read.
package protocol SampledSource: ByteSource {
  /// The size in bytes; nil if only reading to the end would tell.
  var size: Int? { get }
  /// At most `count` bytes from `offset` on; fewer at the end, and none where only the front is available.
  func sample(at offset: Int, count: Int) throws -> [UInt8]
  /// The number of bytes on disk: in total, if known, and those read so far.
  var storedSize: Int? { get }
  var storedOffset: Int { get }
}

extension SampledSource {
  /// How much has been read, from 0 to 1.
  package var share: Double { storedSize.map { $0 > 0 ? Double(storedOffset) / Double($0) : 1 } ?? 0 }
}

/// A regular file, read with plain system calls.
///
/// - Note: not mapped into memory: reading costs little more, the pages do not count as the process's own, and
///     file that is truncated while it is read cannot end the process.
final class FileSource: SampledSource {
  private let descriptor: Int32
  private let path: String
  private var offset = 0
  let size: Int?

  /// - Parameter context: ends the wait for a writer of a named pipe.
  init(path: String, context: ExecutionContext? = nil) throws {
    self.path = path
    // `open` would wait for a writer of a named pipe, and nothing could interrupt it.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileSource.failure(path, errno) }
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let number = errno
      close(descriptor)
      throw FileSource.failure(path, number)
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      close(descriptor)
      throw Diagnostic("cannot-read", "`\(path)` is a directory", help: "name a file inside it")
    case S_IFREG: size = Int(status.st_size)
    default:
      size = nil
      if let context { try FileSource.wait(descriptor, context) }
    }
  }

  deinit { close(descriptor) }

  /// How long ago the file was modified.
  var secondsSinceChange: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? time(nil) - status.st_mtim.tv_sec : .max
  }

  /// Whether the file can be read only once, like a pipe.
  var isStream: Bool { size == nil }

  static func failure(_ path: String, _ number: Int32) -> Diagnostic {
    let reason = String(cString: strerror(number))
    return Diagnostic(
      number == ENOENT ? "no-such-file" : "cannot-read", "`\(path)` cannot be read: \(reason.lowercased())")
  }

  func read(into target: UnsafeMutableRawPointer, count: Int) throws -> Int {
    while true {
      let given = isStream
        ? Glibc.read(descriptor, target, count) : pread(descriptor, target, count, off_t(offset))
      if given >= 0 {
        offset += given
        return given
      }
      if errno != EINTR { throw FileSource.failure(path, errno) }
    }
  }

  var storedSize: Int? { size }
  var storedOffset: Int { offset }

  func rewind() { offset = 0 }

  func sample(at place: Int, count: Int) throws -> [UInt8] {
    let saved = offset
    offset = place
    defer { offset = saved }
    return try readFully(count)
  }

  /// Returns when there is something to read, or at the end.
  private static func wait(_ descriptor: Int32, _ context: ExecutionContext) throws {
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while poll(&ready, 1, 20) == 0 { try context.checkpoint() }
  }

  /// All of a stream, in memory.
  static func readAll(_ descriptor: Int32, name: String, context: ExecutionContext) throws -> BufferSource {
    var buffer = Buffer(byteCount: 1 << 16)
    var count = 0
    while true {
      if count == buffer.byteCount {
        try context.checkpoint()
        let next = Buffer(byteCount: count * 2)
        memcpy(next.base, buffer.base, count)
        buffer = next
      }
      try wait(descriptor, context)
      let given = Glibc.read(descriptor, buffer.base + count, buffer.byteCount - count)
      if given == 0 { return BufferSource(buffer, count: count) }
      if given < 0 && errno != EINTR { throw failure(name, errno) }
      if given > 0 { count += given }
    }
  }

  func readAll(context: ExecutionContext) throws -> BufferSource {
    try FileSource.readAll(descriptor, name: path, context: context)
  }
}

extension ByteSource {
  /// Up to `count` bytes from here on.
  func readFully(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var have = 0
    while have < count {
      let given = try bytes.withUnsafeMutableBytes { raw -> Int in
        guard let base = raw.baseAddress else { return 0 }
        return try read(into: base + have, count: count - have)
      }
      if given == 0 { break }
      have += given
    }
    bytes.removeLast(count - have)
    return bytes
  }
}

/// Text that is in memory as a whole, such as standard input read to its end.
final class BufferSource: SampledSource {
  private let buffer: Buffer
  private let count: Int
  private var at = 0

  init(_ buffer: Buffer, count: Int) {
    self.buffer = buffer
    self.count = count
  }

  convenience init(_ bytes: [UInt8]) {
    let buffer = Buffer(byteCount: bytes.count)
    bytes.withUnsafeBytes { if let base = $0.baseAddress { buffer.base.copyMemory(from: base, byteCount: $0.count) } }
    self.init(buffer, count: bytes.count)
  }

  var size: Int? { count }

  func read(into target: UnsafeMutableRawPointer, count wanted: Int) -> Int {
    let given = min(wanted, count - at)
    if given <= 0 { return 0 }
    memcpy(target, buffer.base + at, given)
    at += given
    return given
  }

  var storedSize: Int? { count }
  var storedOffset: Int { at }

  func rewind() { at = 0 }

  func sample(at offset: Int, count wanted: Int) throws -> [UInt8] {
    let saved = at
    at = min(max(offset, 0), count)
    defer { at = saved }
    return try readFully(min(wanted, count - at))
  }
}
