import Glibc
import PlumbEngine

/// The frames of a log (`-wal`), each a page of the file as written by a transaction.
///
/// The format is described at sqlite.org/fileformat.html, "The Write-Ahead Log".
final class LogFile {
  private static let headerCount = 32, frameHeaderCount = 24

  private let descriptor: Int32
  private let byteCount: Int
  private let pageCount: Int
  private let isBigEndian: Bool
  private let headerSum: LogChecksum
  let hasSoundHeader: Bool
  let salt: UInt64

  /// - Returns: nil if the log does not exist or is empty.
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
    let words = header.withBytes { bytes in (0..<8).map { bytes.bigEndian(UInt32.self, at: $0 * 4) } }
    let isBigEndian = words[0] == 0x377F_0683
    var sum = LogChecksum()
    header.withBytes { sum.add($0.part(from: 0, to: 24), bigEndian: isBigEndian) }
    let page = Int(words[2])
    let isKnown = words[0] & ~1 == 0x377F_0682 && words[1] == 3_007_000
    let isPage = page >= 512 && page <= 65_536 && page & (page - 1) == 0
    hasSoundHeader = isThere && isKnown && isPage && sum == LogChecksum(first: words[6], second: words[7])
    self.isBigEndian = isBigEndian
    pageCount = page
    headerSum = sum
    salt = header.withBytes { $0.littleEndian(UInt64.self, at: 16) }
  }

  deinit { close(descriptor) }

  private func frame(_ number: Int, _ bytes: inout [UInt8], header: Bool = false) -> Bool {
    let count = Self.frameHeaderCount + pageCount
    let place = Self.headerCount + number * count
    let wanted = header ? Self.frameHeaderCount : count
    return place + count <= byteCount && pread(descriptor, &bytes, wanted, off_t(place)) == wanted
  }

  /// Returns how many frames from the start are intact, and how many of those belong to complete transactions.
  func soundFrames() -> (all: Int, committed: Int) {
    guard hasSoundHeader else { return (0, 0) }
    var bytes = [UInt8](repeating: 0, count: Self.frameHeaderCount + pageCount)
    var sum = headerSum
    var all = 0, committed = 0
    while frame(all, &bytes) {
      let isSound = bytes.withBytes { bytes in
        sum.add(bytes.part(from: 0, to: 8), bigEndian: isBigEndian)
        sum.add(bytes.part(from: Self.frameHeaderCount), bigEndian: isBigEndian)
        let written = LogChecksum(
          first: bytes.bigEndian(UInt32.self, at: 16), second: bytes.bigEndian(UInt32.self, at: 20))
        return isOurs(bytes) && bytes.bigEndian(UInt32.self, at: 0) != 0 && written == sum
      }
      guard isSound else { break }
      all += 1
      if Self.isCommit(bytes) { committed = all }
    }
    return (all, committed)
  }

  /// Returns whether a transaction of this log ends after frame `number`, which is damaged.
  func hasCommit(after number: Int) -> Bool {
    var bytes = [UInt8](repeating: 0, count: Self.frameHeaderCount)
    var place = number + 1
    while frame(place, &bytes, header: true) {
      if bytes.withBytes({ isOurs($0) }) && Self.isCommit(bytes) { return true }
      place += 1
    }
    return false
  }

  /// Returns whether a frame was written since the log was last restarted.
  private func isOurs(_ frame: Bytes) -> Bool { frame.littleEndian(UInt64.self, at: 8) == salt }

  /// Returns whether a frame ends a transaction; such a frame contains the size of the file.
  private static func isCommit(_ frame: [UInt8]) -> Bool { frame[4..<8].contains { $0 != 0 } }
}
