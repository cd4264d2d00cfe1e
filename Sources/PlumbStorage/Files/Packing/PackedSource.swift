import Glibc
import PlumbDiagnostics
import PlumbEngine

/// The contents of a compressed file, unpacked as they are read.
///
/// A file has one member or several in a row, as `cat a.gz b.gz` and parallel compressors write them.
final class PackedSource: SampledSource {
  private let packed: any SampledSource
  private let packing: Packing
  private let name: String
  private let input = Buffer(byteCount: 1 << 18)
  private var waiting = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)
  /// The current member; nil between members.
  private var member: (any Unpacker)?
  private var isStarted = false
  private var consumed = 0
  private var hasInput = true

  /// - Parameter name: what messages call the file.
  init(_ packed: any SampledSource, _ packing: Packing, name: String) {
    self.packed = packed
    self.packing = packing
    self.name = name
  }

  /// Known only after reading to the end.
  var size: Int? { nil }
  var storedSize: Int? { packed.storedSize }
  var storedOffset: Int { packed.storedOffset }

  func rewind() throws {
    try packed.rewind()
    waiting = UnsafeMutableBufferPointer(start: nil, count: 0)
    member = try newMember()
    isStarted = true
    consumed = 0
    hasInput = true
  }

  func read(into target: UnsafeMutableRawPointer, count: Int) throws -> Int {
    if !isStarted { try rewind() }
    let wanted = min(count, 1 << 30)
    var output = UnsafeMutableBufferPointer(start: target.assumingMemoryBound(to: UInt8.self), count: wanted)
    while output.count > 0 {
      if waiting.isEmpty && hasInput { try refill() }
      guard let current = member else {
        // After a member comes another one, zeros for padding, or the end.
        waiting.removeFirst(waiting.prefix { $0 == 0 }.count)
        if !waiting.isEmpty { member = try newMember() } else if !hasInput { break }
        continue
      }
      let before = (waiting.count, output.count)
      switch current.unpack(&waiting, into: &output) {
      case .end: member = nil
      case .more:
        if output.count > 0, waiting.isEmpty, !hasInput { throw damaged("the file ends in the middle of its data") }
        if before == (waiting.count, output.count), !waiting.isEmpty { throw damaged("its data cannot be unpacked") }
      case .outOfMemory: throw outOfMemory()
      case .damaged(let reason): throw damaged(reason)
      }
    }
    return wanted - output.count
  }

  private func newMember() throws -> any Unpacker {
    guard let member = packing.unpacker() else { throw outOfMemory() }
    return member
  }

  private func refill() throws {
    let given = try packed.read(into: input.base, count: input.byteCount)
    hasInput = given > 0
    consumed += given
    waiting = UnsafeMutableBufferPointer(start: input.base.assumingMemoryBound(to: UInt8.self), count: given)
  }

  private func damaged(_ reason: String) -> Diagnostic {
    Diagnostic("damaged-\(packing.name)", "`\(name)` cannot be unpacked at byte \(consumed - waiting.count): \(reason)")
  }

  private func outOfMemory() -> Diagnostic {
    Diagnostic("cannot-read", "`\(name)`: not enough memory to unpack it")
  }

  /// Only the front is available without unpacking everything before it.
  func sample(at offset: Int, count: Int) throws -> [UInt8] {
    guard offset == 0 else { return [] }
    try rewind()
    defer {
      member = nil
      isStarted = false
    }
    return try readFully(count)
  }
}
