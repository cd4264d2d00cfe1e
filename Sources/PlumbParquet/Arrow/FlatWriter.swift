import PlumbEngine

/// The value of a field in FlatBuffers, the format of Arrow's schemas.
enum FlatValue {
  /// An integer of any size: its bits.
  case number(UInt64)
  case object(FlatObject)
}

/// The target of a reference.
indirect enum FlatObject {
  case text(String)
  /// Fields by their numbers, without those that have their default.
  case table([(field: Int, value: FlatValue)])
  case tables([FlatObject])
}

/// Writes a FlatBuffers value from front to back: what a table refers to follows it.
// "FlatBuffers Internals": a table begins with the distance back to the list of its fields' offsets.
struct FlatWriter {
  private(set) var bytes = ByteBuffer()

  init(root: FlatObject) {
    bytes.append(littleEndian: 0 as UInt32)
    let place = write(root)
    bytes.patch(UInt32(place), at: 0)
    align(8)
  }

  private mutating func align(_ size: Int, after extra: Int = 0) {
    while (bytes.count + extra) % size != 0 { bytes.append(0) }
  }

  /// Appends the target of a reference and returns its location.
  private mutating func write(_ object: FlatObject) -> Int {
    switch object {
    case .text(let text):
      align(4)
      let place = bytes.count
      text.withUTF8Bytes { bytes.appendKey($0) }
      bytes.append(0)
      return place
    case .tables(let tables):
      align(4)
      let place = bytes.count
      bytes.append(littleEndian: UInt32(tables.count))
      let first = bytes.count
      for _ in tables { bytes.append(littleEndian: 0 as UInt32) }
      for (number, table) in tables.enumerated() { refer(from: first + 4 * number, to: write(table)) }
      return place
    case .table(let fields): return write(fields)
    }
  }

  private mutating func refer(from place: Int, to target: Int) { bytes.patch(UInt32(target - place), at: place) }

  /// Every field has eight bytes, so that each is aligned.
  private mutating func write(_ fields: [(field: Int, value: FlatValue)]) -> Int {
    let places = (fields.map(\.field).max() ?? -1) + 1
    let headSize = 4 + 2 * places
    align(8, after: headSize)
    bytes.append(littleEndian: UInt16(headSize))
    bytes.append(littleEndian: UInt16(8 + 8 * fields.count))
    for number in 0..<places {
      let slot = fields.firstIndex { $0.field == number }
      bytes.append(littleEndian: UInt16(slot.map { 8 + 8 * $0 } ?? 0))
    }
    let table = bytes.count
    bytes.append(littleEndian: UInt32(headSize))
    bytes.append(littleEndian: 0 as UInt32)
    for field in fields {
      switch field.value {
      case .number(let bits): bytes.append(littleEndian: bits)
      case .object: bytes.append(littleEndian: 0 as UInt64)
      }
    }
    for (slot, field) in fields.enumerated() {
      if case .object(let object) = field.value { refer(from: table + 8 + 8 * slot, to: write(object)) }
    }
    return table
  }
}
