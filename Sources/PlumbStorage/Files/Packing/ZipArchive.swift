import CZlib
import PlumbDiagnostics
import PlumbEngine

/// The members of a zip archive, from the directory at its end.
///
/// The layout is that of PKWARE's APPNOTE.TXT, sections 4.3.7 to 4.3.16, with the 64-bit fields of 4.5.3.
struct ZipArchive {
  struct Member {
    let name: String
    let method: Int
    let isEncrypted: Bool
    let checksum: UInt32
    let packedSize: Int
    let size: Int
    /// Where its own header starts.
    let offset: Int
  }

  /// Files of the archive, without folders, hidden files and what macOS adds.
  let members: [Member]
  private let source: any SampledSource
  private let name: String

  /// - Throws: `damaged-zip` if the directory is missing or contradicts itself.
  init(_ source: any SampledSource, name: String) throws {
    self.source = source
    self.name = name
    guard let size = source.size else {
      throw Diagnostic("cannot-read", "`\(name)` is a zip archive, which Plumb can read only from disk", help: "save it and pass its path")
    }
    let tailStart = max(0, size - (1 << 16) - 22)
    let tail = ZipRecord(try source.sample(at: tailStart, count: size - tailStart))
    guard let end = tail.lastIndex(of: [0x50, 0x4B, 5, 6], length: 22) else {
      throw Self.damaged(name, "its directory is missing; perhaps it was cut off")
    }
    var (start, length) = (tail.number(end + 16, 4), tail.number(end + 12, 4))
    if start == 0xFFFF_FFFF || length == 0xFFFF_FFFF, end >= 20, tail.has([0x50, 0x4B, 6, 7], at: end - 20) {
      let record = ZipRecord(try source.sample(at: min(size, tail.number(end - 12, 8)), count: 56))
      guard record.has([0x50, 0x4B, 6, 6], at: 0), record.count == 56 else { throw Self.damaged(name, "its directory is damaged") }
      (start, length) = (record.number(48, 8), record.number(40, 8))
    }
    guard start >= 0, length >= 0, start <= size, length <= size - start, length < 1 << 28 else {
      throw Self.damaged(name, "its directory is damaged")
    }
    let directory = ZipRecord(try source.sample(at: start, count: length))
    var found: [Member] = []
    var at = 0
    while at < directory.count {
      guard directory.has([0x50, 0x4B, 1, 2], at: at), directory.count - at >= 46 else { throw Self.damaged(name, "its directory is damaged") }
      let (nameLength, extraLength) = (directory.number(at + 28, 2), directory.number(at + 30, 2))
      let next = at + 46 + nameLength + extraLength + directory.number(at + 32, 2)
      guard next <= directory.count else { throw Self.damaged(name, "its directory is damaged") }
      let path = String(decoding: directory.bytes[(at + 46)..<(at + 46 + nameLength)], as: UTF8.self)
      var sizes = [directory.number(at + 24, 4), directory.number(at + 20, 4), directory.number(at + 42, 4)]
      directory.widen(&sizes, from: at + 46 + nameLength, count: extraLength)
      let parts = path.split(separator: "/")
      if !path.hasSuffix("/"), !parts.contains(where: { $0.hasPrefix(".") || $0 == "__MACOSX" }) {
        found.append(
          Member(
            name: path, method: directory.number(at + 10, 2), isEncrypted: directory.number(at + 8, 2) & 1 == 1,
            checksum: UInt32(truncatingIfNeeded: directory.number(at + 16, 4)), packedSize: sizes[1], size: sizes[0], offset: sizes[2]))
      }
      at = next
    }
    members = found
  }

  /// The members that could be tables or telemetry.
  var dataMembers: [Member] {
    members.filter { FileFormat.isTable(named: $0.name) || TelemetryFiles.isCandidate($0.name) || $0.name.lowercased().hasSuffix(".txt") }
  }

  /// The member with a name; without one the only member.
  ///
  /// - Throws: a diagnostic that lists the members.
  func member(named wanted: String?) throws -> Member {
    let choices = dataMembers.isEmpty ? members : dataMembers
    if let wanted, let member = members.first(where: { $0.name == wanted }) { return member }
    if wanted == nil, choices.count == 1 { return choices[0] }
    let listed = choices.prefix(12).map { "`\($0.name)`" }.joined(separator: ", ") + (choices.count > 12 ? ", …" : "")
    guard let first = choices.first else { throw Diagnostic("empty-file", "the archive `\(name)` contains no file") }
    if let wanted {
      throw Diagnostic("unknown-table", "the archive `\(name)` contains no file `\(wanted)`", help: "it contains \(listed)")
    }
    throw Diagnostic(
      "which-table", "the archive `\(name)` contains \(choices.count) files",
      help: "name one after the archive, such as `\(name)#\(first.name)`; it contains \(listed)")
  }

  /// The contents of a member.
  ///
  /// - Throws: a diagnostic if it is encrypted, or compressed in a way that Plumb does not read.
  func contents(of member: Member) throws -> any SampledSource {
    let title = "\(name)#\(member.name)"
    if member.isEncrypted {
      throw Diagnostic("unsupported-format", "`\(title)` is encrypted", help: "unpack the archive with its password first: `unzip FILE -d FOLDER`")
    }
    let header = ZipRecord(try source.sample(at: member.offset, count: 30))
    guard header.has([0x50, 0x4B, 3, 4], at: 0), header.count == 30, member.packedSize >= 0, member.size >= 0 else {
      throw Self.damaged(title, "its header is damaged")
    }
    let start = member.offset + 30 + header.number(26, 2) + header.number(28, 2)
    let packed = PartSource(source, start: start, count: member.packedSize)
    let sum = (checksum: member.checksum, size: member.size)
    switch member.method {
    case 0: return PackedSource(packed, Packing.inZip { MemberUnpacker(StoredUnpacker(count: sum.size), sum) }, name: title)
    case 8: return PackedSource(packed, Packing.inZip { MemberUnpacker(InflateUnpacker(.none), sum) }, name: title)
    default:
      throw Diagnostic(
        "unsupported-format", "`\(title)` is compressed with method \(member.method) of zip, which Plumb does not read",
        help: "unpack the archive first: `unzip FILE -d FOLDER`")
    }
  }

  private static func damaged(_ name: String, _ reason: String) -> Diagnostic {
    Diagnostic("damaged-zip", "`\(name)` cannot be unpacked: \(reason)")
  }
}

/// Bytes of an archive with little-endian numbers.
private struct ZipRecord {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var count: Int { bytes.count }

  func has(_ mark: [UInt8], at offset: Int) -> Bool {
    offset >= 0 && bytes.count - offset >= mark.count && bytes[offset..<offset + mark.count].elementsEqual(mark)
  }

  /// The number of `length` bytes at `offset`; one that no file has if the record ends before it.
  func number(_ offset: Int, _ length: Int) -> Int {
    guard offset >= 0, offset + length <= bytes.count else { return -1 }
    return Int(truncatingIfNeeded: bytes[offset..<offset + length].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
  }

  func lastIndex(of mark: [UInt8], length: Int) -> Int? {
    guard bytes.count >= length else { return nil }
    return (0...(bytes.count - length)).last { bytes[$0] == mark[0] && has(mark, at: $0) }
  }

  /// Replaces numbers that do not fit into 32 bits by those of the extra field 1, which has them in the same order.
  func widen(_ sizes: inout [Int], from start: Int, count: Int) {
    var at = start
    while at + 4 <= start + count {
      let (id, length) = (number(at, 2), number(at + 2, 2))
      guard id == 1 else {
        at += 4 + length
        continue
      }
      var place = at + 4
      for i in sizes.indices where sizes[i] == 0xFFFF_FFFF && place + 8 <= at + 4 + length {
        sizes[i] = number(place, 8)
        place += 8
      }
      return
    }
  }
}

extension Packing {
  fileprivate static func inZip(_ unpacker: @escaping @Sendable () -> (any Unpacker)?) -> Packing {
    Packing(name: "zip", endings: [], recognises: { _ in false }, unpacker: unpacker)
  }
}

/// Unpacks a member and checks its size and checksum.
private final class MemberUnpacker: Unpacker {
  private let unpacker: any Unpacker
  private let wanted: (checksum: UInt32, size: Int)
  private var checksum: UInt = 0
  private var size = 0

  init?(_ unpacker: (any Unpacker)?, _ wanted: (checksum: UInt32, size: Int)) {
    guard let unpacker else { return nil }
    self.unpacker = unpacker
    self.wanted = wanted
  }

  func unpack(_ input: inout UnsafeMutableBufferPointer<UInt8>, into output: inout UnsafeMutableBufferPointer<UInt8>) -> UnpackingStep {
    let room = output
    let step = unpacker.unpack(&input, into: &output)
    let count = room.count - output.count
    checksum = crc32(checksum, room.baseAddress, UInt32(truncatingIfNeeded: count))
    size += count
    guard case .end = step else { return step }
    return size == wanted.size && checksum == UInt(wanted.checksum) ? .end : .damaged("its contents do not have the recorded checksum")
  }
}

/// Copies a member that is not compressed.
private final class StoredUnpacker: Unpacker {
  private var missing: Int

  init(count: Int) { missing = count }

  func unpack(_ input: inout UnsafeMutableBufferPointer<UInt8>, into output: inout UnsafeMutableBufferPointer<UInt8>) -> UnpackingStep {
    let count = min(input.count, output.count, missing)
    if count > 0, let from = input.baseAddress, let to = output.baseAddress {
      to.update(from: from, count: count)
      missing -= count
      input.removeFirst(count)
      output.removeFirst(count)
    }
    return missing == 0 ? .end : .more
  }
}
