import PlumbEngine

/// SQLite's running checksum over pairs of 32-bit words (sqlite.org/fileformat.html, "Checksum Algorithm").
struct LogChecksum: Equatable {
  private(set) var first: UInt32 = 0, second: UInt32 = 0

  init() {}

  init(first: UInt32, second: UInt32) { (self.first, self.second) = (first, second) }

  mutating func add(_ bytes: Bytes, bigEndian: Bool) {
    var place = 0
    while place + 8 <= bytes.count {
      let low = bytes.littleEndian(UInt32.self, at: place), high = bytes.littleEndian(UInt32.self, at: place + 4)
      first &+= (bigEndian ? low.byteSwapped : low) &+ second
      second &+= (bigEndian ? high.byteSwapped : high) &+ first
      place += 8
    }
  }
}
