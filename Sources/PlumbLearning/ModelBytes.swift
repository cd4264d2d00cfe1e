import PlumbDiagnostics
import PlumbEngine

/// Writes the parts of a model as bytes: little-endian numbers, texts prefixed with their length.
///
/// A signature, the format version and the kind of model precede them, and a checksum follows.
package struct ModelWriter {
  private var buffer = ByteBuffer()

  static let mark: [UInt8] = Array("PLMB".utf8)
  static let version: UInt8 = 1

  package enum Kind: UInt8 {
    case tree = 1, forest, calibration, risk
  }

  package init(_ kind: Kind) {
    buffer.append(ModelWriter.mark)
    buffer.append(ModelWriter.version)
    buffer.append(kind.rawValue)
  }

  package mutating func append(_ byte: UInt8) { buffer.append(byte) }
  package mutating func append(_ number: Int) { buffer.append(littleEndian: UInt32(truncatingIfNeeded: number)) }
  package mutating func append(word: UInt64) { buffer.append(littleEndian: word) }
  package mutating func append(_ number: Double) { buffer.append(littleEndian: number.bitPattern) }

  package mutating func append(_ texts: [String]) {
    append(texts.count)
    for text in texts {
      append(text.utf8.count)
      buffer.append(text)
    }
  }

  package mutating func append(_ numbers: [Double]) {
    append(numbers.count)
    for number in numbers { append(number) }
  }

  /// Returns the bytes with their checksum; nothing may be appended afterwards.
  package consuming func finish() -> [UInt8] {
    let sum = buffer.withBytes { ModelWriter.checksum($0) }
    buffer.append(littleEndian: sum)
    return buffer.bytes
  }

  // 64-bit FNV-1a (Fowler, Noll and Vo).
  package static func checksum(_ bytes: Bytes) -> UInt64 {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return state
  }
}

/// Reads what `ModelWriter` wrote. Any bytes give either a value or a diagnostic.
package struct ModelReader {
  private let bytes: ArraySlice<UInt8>
  private var place: Int

  /// - Throws: `damaged-model` for bytes that are not a model of this kind or were changed, `newer-model` for a format that
  ///   this version does not know.
  package init(_ bytes: [UInt8], _ kind: ModelWriter.Kind) throws {
    let head = ModelWriter.mark.count + 2
    guard bytes.count >= head + 8, bytes.starts(with: ModelWriter.mark) else {
      throw ModelReader.damaged("the signature is wrong")
    }
    guard bytes[head - 2] <= ModelWriter.version else {
      throw Diagnostic(
        "newer-model", "the stored model was written by a newer version of Plumb",
        help: "train the model again, or use the newer version")
    }
    guard bytes[head - 2] == ModelWriter.version, bytes[head - 1] == kind.rawValue else {
      throw ModelReader.damaged("it is a different kind of model")
    }
    let end = bytes.count - 8
    let sum = bytes[end...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard bytes.withBytes({ ModelWriter.checksum($0.part(from: 0, to: end)) }) == sum else {
      throw ModelReader.damaged("its checksum is wrong")
    }
    self.bytes = bytes[..<end]
    place = head
  }

  package static func damaged(_ reason: String) -> Diagnostic {
    Diagnostic("damaged-model", "these bytes are not a stored model: \(reason)", help: "train the model again")
  }

  package var remaining: Int { bytes.endIndex - place }

  package mutating func byte() throws -> UInt8 {
    guard remaining >= 1 else { throw ModelReader.damaged("the data is truncated") }
    place += 1
    return bytes[place - 1]
  }

  private mutating func word(_ width: Int) throws -> UInt64 {
    guard remaining >= width else { throw ModelReader.damaged("the data is truncated") }
    var value: UInt64 = 0
    for i in 0..<width { value |= UInt64(bytes[place + i]) << UInt64(8 * i) }
    place += width
    return value
  }

  package mutating func word() throws -> UInt64 { try word(8) }
  package mutating func number() throws -> Int { Int(try word(4)) }
  package mutating func real() throws -> Double { Double(bitPattern: try word(8)) }

  /// Reads a number of items that take at least `width` bytes each, so that allocations for them are bounded by the data.
  package mutating func count(ofWidth width: Int) throws -> Int {
    let count = try number()
    guard count <= remaining / width else { throw ModelReader.damaged("the data is truncated") }
    return count
  }

  package mutating func texts() throws -> [String] {
    let count = try count(ofWidth: 4)
    return try (0..<count).map { _ in
      let length = try self.count(ofWidth: 1)
      place += length
      return String(decoding: bytes[place - length..<place], as: UTF8.self)
    }
  }

  package mutating func reals() throws -> [Double] {
    let count = try count(ofWidth: 8)
    return try (0..<count).map { _ in try real() }
  }

  package func finish() throws {
    if remaining > 0 { throw ModelReader.damaged("something follows") }
  }
}
