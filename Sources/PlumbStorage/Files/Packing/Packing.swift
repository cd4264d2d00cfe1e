/// A way in which files are compressed. To add one, write an `Unpacker` and put an element into `all`.
struct Packing: Sendable {
  /// Its name in messages.
  let name: String
  /// Endings of names, which do not count when the name tells the format.
  let endings: [String]
  /// Whether a file that starts with these bytes is compressed so.
  let recognises: @Sendable (_ front: [UInt8]) -> Bool
  /// Makes what unpacks one member; nil without memory for it.
  let unpacker: @Sendable () -> (any Unpacker)?

  static let all: [Packing] = [gzip, zstd, xz, bzip2]

  /// The packing of a file that starts with `front`; nil for files that are not compressed.
  static func of(_ front: [UInt8]) -> Packing? { all.first { $0.recognises(front) } }

  static let gzip = Packing(
    name: "gzip", endings: ["gz", "gzip"], recognises: { $0.starts(with: [0x1F, 0x8B, 8]) }, unpacker: { InflateUnpacker(.gzip) })

  static let zstd = Packing(
    name: "zstd", endings: ["zst", "zstd"],
    recognises: { front in
      // A frame, or one that decoders skip, which parallel compressors write first.
      front.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
        || front.count >= 4 && front[0] & 0xF0 == 0x50 && front[1...3].elementsEqual([0x2A, 0x4D, 0x18])
    },
    unpacker: { ZstdUnpacker() })

  static let xz = Packing(
    name: "xz", endings: ["xz"], recognises: { $0.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]) }, unpacker: { XZUnpacker() })

  static let bzip2 = Packing(
    name: "bzip2", endings: ["bz2"],
    recognises: { front in
      // The digits of pi before a block, or those of its square root where there are none.
      front.starts(with: Array("BZh".utf8)) && front.count >= 10
        && (front[4..<10].elementsEqual([0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
          || front[4..<10].elementsEqual([0x17, 0x72, 0x45, 0x38, 0x50, 0x90]))
    },
    unpacker: { Bzip2Unpacker() })
}

/// What unpacks one member of a compressed file.
protocol Unpacker: AnyObject {
  /// Unpacks bytes of `input` into `output`, and removes from both what it has used.
  func unpack(_ input: inout UnsafeMutableBufferPointer<UInt8>, into output: inout UnsafeMutableBufferPointer<UInt8>) -> UnpackingStep
}

/// How far an `Unpacker` came.
enum UnpackingStep {
  /// It needs more input or more room.
  case more
  /// The member is complete.
  case end
  case outOfMemory
  /// What is wrong, for a message.
  case damaged(String)
}

extension UnsafeMutableBufferPointer<UInt8> {
  /// Leaves out the first `count` bytes.
  mutating func removeFirst(_ count: Int) { self = UnsafeMutableBufferPointer(rebasing: self[count...]) }
}
