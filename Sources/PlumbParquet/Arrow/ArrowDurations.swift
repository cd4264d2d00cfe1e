import PlumbEngine

/// What the Arrow schema in a file adds to Parquet's own: which integers are durations.
///
/// A schema that cannot be read is ignored: the columns are then what Parquet calls them.
struct ArrowDurations {
  /// The nanoseconds per unit of each column of the file that is a duration.
  private(set) var units: [Int: Int64] = [:]

  init(_ properties: [(key: String, value: String)]) {
    guard let text = properties.first(where: { $0.key == "ARROW:schema" })?.value else { return }
    var message = ByteBuffer()
    guard text.withUTF8Bytes({ Base64.decode($0, to: &message) }) else { return }
    message.withBytes { bytes in
      // The message may have a marker before its size.
      let reader = FlatReader(bytes)
      let start = reader.number(0, as: UInt32.self) == .max ? 8 : 4
      guard let root = FlatReader(bytes.part(from: start)).root, let schema = root.table(2), let fields = schema.tables(1)
      else { return }
      for (place, field) in fields.enumerated() where field.number(2, as: UInt8.self) == 18 {
        // A missing unit means milliseconds.
        switch field.table(3)?.number(0, as: Int16.self) ?? 1 {
        case 0: units[place] = 1_000_000_000
        case 1: units[place] = 1_000_000
        case 2: units[place] = 1_000
        case 3: units[place] = 1
        default: break
        }
      }
    }
  }
}

/// Reads FlatBuffers values and never reads beyond their bytes.
private struct FlatReader {
  private let bytes: Bytes

  init(_ bytes: Bytes) { self.bytes = bytes }

  func number<T: FixedWidthInteger & BitwiseCopyable>(_ place: Int, as type: T.Type) -> T? {
    guard place >= 0, place <= bytes.count - MemoryLayout<T>.size, let base = bytes.baseAddress else { return nil }
    return T(littleEndian: UnsafeRawPointer(base).loadUnaligned(fromByteOffset: place, as: T.self))
  }

  var root: FlatTable? { number(0, as: UInt32.self).map { FlatTable(self, Int($0)) } }
}

private struct FlatTable {
  private let reader: FlatReader
  private let place: Int

  init(_ reader: FlatReader, _ place: Int) {
    self.reader = reader
    self.place = place
  }

  /// Returns the location of a field's value; nil if it has its default.
  private func slot(_ field: Int) -> Int? {
    guard let back = reader.number(place, as: Int32.self) else { return nil }
    let head = place - Int(back)
    guard let size = reader.number(head, as: UInt16.self), 4 + 2 * field + 2 <= Int(size),
      let offset = reader.number(head + 4 + 2 * field, as: UInt16.self), offset > 0
    else { return nil }
    return place + Int(offset)
  }

  func number<T: FixedWidthInteger & BitwiseCopyable>(_ field: Int, as type: T.Type) -> T? {
    slot(field).flatMap { reader.number($0, as: type) }
  }

  func table(_ field: Int) -> FlatTable? { slot(field).flatMap { follow($0) } }

  func tables(_ field: Int) -> [FlatTable]? {
    guard let slot = slot(field), let offset = reader.number(slot, as: UInt32.self),
      let count = reader.number(slot + Int(offset), as: UInt32.self), count <= 10_000
    else { return nil }
    let first = slot + Int(offset) + 4
    let tables = (0..<Int(count)).compactMap { follow(first + 4 * $0) }
    return tables.count == Int(count) ? tables : nil
  }

  private func follow(_ slot: Int) -> FlatTable? {
    reader.number(slot, as: UInt32.self).map { FlatTable(reader, slot + Int($0)) }
  }
}
