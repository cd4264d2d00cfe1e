import Glibc
import PlumbEngine

/// The index that processes share while they use a log (`-shm`); it outlives a process that was killed.
///
/// The format is described at sqlite.org/walformat.html, "The WAL-Index File Format".
struct LogIndex {
  struct State {
    /// The number of frames of committed transactions.
    var frames: Int
    /// The number of frames that have been moved into the file.
    var moved: Int
    var salt: UInt64
  }

  /// Whether another process has the file open, so that the index is current.
  private(set) var isInUse = false
  private(set) var state: State?

  init(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // All processes that have the file open lock this byte ("dead man's switch").
    var holder = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 128, l_len: 1, l_pid: 0)
    isInUse = fcntl(descriptor, F_GETLK, &holder) == 0 && holder.l_type != Int16(F_UNLCK)
    var bytes = [UInt8](repeating: 0, count: 100)
    guard pread(descriptor, &bytes, 100, 0) == 100 else { return }
    // Two copies of one header of 48 bytes; one of them may have been incomplete.
    state = bytes.withBytes { bytes in
      let moved = Int(Self.word(bytes, 24))
      return [0, 48].compactMap { Self.state(bytes.part(from: $0, to: $0 + 48), moved: moved) }.max { $0.frames < $1.frames }
    }
  }

  private static func state(_ header: Bytes, moved: Int) -> State? {
    var sum = LogChecksum()
    sum.add(header.part(from: 0, to: 40), bigEndian: Self.isBigEndian)
    guard word(header, 0) == 3_007_000, sum == LogChecksum(first: word(header, 10), second: word(header, 11)) else { return nil }
    return State(frames: Int(word(header, 4)), moved: moved, salt: header.littleEndian(UInt64.self, at: 32))
  }

  /// The index is shared memory: its words are in the machine's byte order.
  private static let isBigEndian = UInt32(1).bigEndian == 1

  private static func word(_ bytes: Bytes, _ number: Int) -> UInt32 {
    let word = bytes.littleEndian(UInt32.self, at: number * 4)
    return isBigEndian ? word.byteSwapped : word
  }
}
