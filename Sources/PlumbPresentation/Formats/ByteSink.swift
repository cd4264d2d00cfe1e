import Glibc
import PlumbDiagnostics
import PlumbEngine

/// The output of a format: bytes collect in a buffer and leave in blocks.
package final class ByteSink {
  /// Writers append here and call `drain()` occasionally.
  package var buffer: ByteBuffer
  private let blockSize: Int
  private let deliver: (Bytes) throws -> Void

  /// The reader on the other end has closed it, as `head` does when it has enough.
  package struct Closed: Error {
    package init() {}
  }

  package init(blockSize: Int = 1 << 16, deliver: @escaping (Bytes) throws -> Void) {
    self.blockSize = blockSize
    self.deliver = deliver
    buffer = ByteBuffer(capacity: blockSize &+ 4096)
  }

  /// Passes on a full block.
  @inline(__always) package func drain() throws {
    if buffer.count >= blockSize { try flush() }
  }

  /// Passes on everything.
  package func flush() throws {
    if buffer.isEmpty { return }
    try buffer.withBytes(deliver)
    buffer.removeAll()
  }
}

extension ByteSink {
  /// A sink into an open file; `name` is its name in messages.
  ///
  /// - Throws on writing: `Closed` for a pipe whose reader has closed it, else a `write-failed` diagnostic.
  package static func file(_ descriptor: Int32, name: String) -> ByteSink {
    ByteSink { bytes in
      var rest = bytes
      while let base = rest.baseAddress, rest.count > 0 {
        let written = Glibc.write(descriptor, base, rest.count)
        if written >= 0 {
          rest = rest.part(from: written)
          continue
        }
        switch errno {
        case EINTR: continue
        case EAGAIN:
          var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&ready, 1, -1)
        case EPIPE: throw Closed()
        default:
          let reason = String(cString: strerror(errno))
          throw Diagnostic("write-failed", "cannot write to \(name): \(reason)")
        }
      }
    }
  }
}

extension ByteSink {
  /// A sink in front of this one that replaces control characters with pictures, so that no value can control a terminal; tabs
  /// and line ends stay.
  package func showingControls() -> ByteSink {
    ByteSink(blockSize: 1 << 13) { bytes in
      var shown = ""
      for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
        shown.unicodeScalars.append(scalar == "\n" || scalar == "\t" ? scalar : VisibleText.visible(scalar))
      }
      self.buffer.append(shown)
      try self.flush()
    }
  }
}
