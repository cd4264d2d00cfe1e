import Glibc

/// Lines of a file, read in blocks.
struct InputLines {
  private let descriptor: Int32
  private var pending: [UInt8] = []
  private var at = 0
  private var isAtEnd = false
  /// Whether the rest of a line that was too long is still to come.
  private var isSkipping = false
  /// The maximum length of a line.
  private static let longest = 64 << 20

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// The next line without its line feed, in which nil means that the line was too long; nil at the end.
  mutating func next() -> [UInt8]?? {
    if isSkipping { skipLine() }
    var searched = at
    while true {
      if let end = pending[searched...].firstIndex(of: 0x0A) {
        defer { at = end + 1 }
        return .some(Array(pending[at..<end]))
      }
      if isAtEnd {
        guard at < pending.count else { return nil }
        defer { at = pending.count }
        return .some(Array(pending[at...]))
      }
      if pending.count - at > Self.longest {
        isSkipping = true
        return .some(nil)
      }
      pending.removeFirst(at)
      at = 0
      searched = pending.count
      fill()
    }
  }

  /// Drops everything up to the next line feed.
  private mutating func skipLine() {
    isSkipping = false
    while !isAtEnd {
      pending = []
      at = 0
      fill()
      guard let end = pending.firstIndex(of: 0x0A) else { continue }
      at = end + 1
      return
    }
  }

  private mutating func fill() {
    let block = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = 0
      repeat {
        let got = read(descriptor, buffer.baseAddress, buffer.count)
        if got < 0 && errno == EINTR { continue }
        count = max(0, got)
        break
      } while true
    }
    if block.isEmpty { isAtEnd = true }
    pending.append(contentsOf: block)
  }
}
