import Glibc
import PlumbDiagnostics
import PlumbEngine
import Synchronization

/// Bytes of which any part can be read, by several threads at once.
package protocol RandomBytes: Sendable {
  var size: Int { get }
  /// Reads exactly `count` bytes from `offset` on.
  ///
  /// - Throws: A diagnostic if they cannot be read or have changed.
  func read(at offset: Int, count: Int, into target: UnsafeMutableRawPointer) throws
}

/// A file on disk.
///
/// - Note: not mapped into memory, so that truncating the file cannot crash the process. If many files are open, this one
///   is opened for each read.
package final class FileBytes: RandomBytes {
  package let size: Int
  private let path: String
  /// The state of the file when it was first opened.
  private let state: State
  /// Kept open; nil if it is opened for each read.
  private let descriptor: Int32?

  /// The number of files that are kept open.
  private static let openCount = Atomic<Int>(0)
  private static let openLimit = 256

  private struct State: Equatable {
    let device: dev_t
    let number: ino_t
    let size: off_t
    let seconds: Int
    let nanoseconds: Int

    init(_ descriptor: Int32, _ path: String) throws {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw FileBytes.failure(path, errno) }
      device = status.st_dev
      number = status.st_ino
      size = status.st_size
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }

  package init(path: String) throws {
    self.path = path
    let opened = try Self.open(path)
    do { state = try State(opened, path) } catch {
      close(opened)
      throw error
    }
    size = Int(state.size)
    if Self.openCount.wrappingAdd(1, ordering: .relaxed).newValue <= Self.openLimit {
      descriptor = opened
    } else {
      Self.openCount.wrappingSubtract(1, ordering: .relaxed)
      close(opened)
      descriptor = nil
    }
  }

  deinit {
    guard let descriptor else { return }
    close(descriptor)
    Self.openCount.wrappingSubtract(1, ordering: .relaxed)
  }

  private static func open(_ path: String) throws -> Int32 {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path, errno) }
    return descriptor
  }

  package func read(at offset: Int, count: Int, into target: UnsafeMutableRawPointer) throws {
    let own = try descriptor ?? Self.open(path)
    defer { if descriptor == nil { close(own) } }
    guard try State(own, path) == state else {
      throw Diagnostic(
        "file-changed", "`\(path)` changed while it was open", help: "run the command again to read the file as it is now")
    }
    var have = 0
    while have < count {
      let given = pread(own, target + have, count - have, off_t(offset + have))
      if given > 0 {
        have += given
      } else if given == 0 || errno != EINTR {
        throw Self.failure(path, given == 0 ? EIO : errno)
      }
    }
  }

  private static func failure(_ path: String, _ number: Int32) -> Diagnostic {
    let reason = String(cString: strerror(number))
    return Diagnostic(
      number == ENOENT ? "no-such-file" : "cannot-read", "`\(path)` cannot be read: \(reason.lowercased())")
  }
}

/// Bytes in memory, such as standard input read to its end.
package final class MemoryBytes: RandomBytes {
  package let size: Int
  private let buffer: Buffer

  package init(_ buffer: Buffer, count: Int) {
    precondition(count <= buffer.byteCount, "the buffer has the bytes")
    self.buffer = buffer
    size = count
  }

  package func read(at offset: Int, count: Int, into target: UnsafeMutableRawPointer) {
    target.copyMemory(from: buffer.base + offset, byteCount: count)
  }
}
