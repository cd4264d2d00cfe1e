import PlumbEngine

/// Writes structures in Thrift's compact protocol; fields must be written in the order of their numbers.
struct ThriftWriter {
  private(set) var bytes = ByteBuffer()
  /// The number of the last field of each structure being written.
  private var last: [Int] = [0]

  mutating func integer(_ field: Int, _ value: Int64?, _ kind: ThriftReader.Kind = .i64) {
    guard let value else { return }
    begin(field, kind)
    zigzag(value)
  }

  mutating func int32(_ field: Int, _ value: Int64?) { integer(field, value, .i32) }

  mutating func flag(_ field: Int, _ value: Bool) { begin(field, value ? .true : .false) }

  mutating func byte(_ field: Int, _ value: UInt8) {
    begin(field, .byte)
    bytes.append(value)
  }

  mutating func binary(_ field: Int, _ value: ByteBuffer) {
    begin(field, .binary)
    bytes.append(varint: UInt64(value.count))
    value.withBytes { bytes.append($0) }
  }

  mutating func text(_ field: Int, _ value: String) {
    begin(field, .binary)
    appendText(value)
  }

  mutating func structure(_ field: Int, _ body: (inout ThriftWriter) -> Void) {
    begin(field, .structure)
    element(body)
  }

  /// Writes a structure as an element of a list, or by itself.
  mutating func element(_ body: (inout ThriftWriter) -> Void) {
    last.append(0)
    body(&self)
    last.removeLast()
    bytes.append(0)
  }

  mutating func list<Items: Collection>(
    _ field: Int, of kind: ThriftReader.Kind, _ items: Items, _ body: (inout ThriftWriter, Items.Element) -> Void
  ) {
    begin(field, .list)
    if items.count < 15 {
      bytes.append(UInt8(items.count) << 4 | kind.rawValue)
    } else {
      bytes.append(0xF0 | kind.rawValue)
      bytes.append(varint: UInt64(items.count))
    }
    for item in items { body(&self, item) }
  }

  mutating func zigzag(_ value: Int64) { bytes.append(varint: UInt64(bitPattern: value << 1 ^ value >> 63)) }

  mutating func appendText(_ value: String) {
    value.withUTF8Bytes { text in
      bytes.append(varint: UInt64(text.count))
      bytes.append(text)
    }
  }

  private mutating func begin(_ field: Int, _ kind: ThriftReader.Kind) {
    let step = field - last[last.count - 1]
    if step > 0 && step < 16 {
      bytes.append(UInt8(step) << 4 | kind.rawValue)
    } else {
      bytes.append(kind.rawValue)
      zigzag(Int64(field))
    }
    last[last.count - 1] = field
  }
}
