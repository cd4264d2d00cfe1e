/// Writes rows as blocks in ClickHouse's Native format; `NativeBlockReader` describes it.
package struct NativeBlockWriter {
  /// A column and how its values are represented there.
  package struct Target: Sendable {
    package let name: String
    package let type: ScalarType
    package let isNullable: Bool
    /// The type that the block declares.
    package let wireType: String
    /// What is subtracted from ticks.
    package let origin: Int64

    package init(name: String, type: ScalarType, isNullable: Bool, wireType: String, origin: Int64 = 0) {
      self.name = name
      self.type = type
      self.isNullable = isNullable
      self.wireType = wireType
      self.origin = origin
    }
  }

  private let targets: [Target]

  package init(_ targets: [Target]) { self.targets = targets }

  /// Returns one block with all rows of a group.
  package func block(of group: RowGroup) throws -> [UInt8] {
    var out = ByteBuffer()
    Self.append(UInt64(targets.count), to: &out)
    Self.append(UInt64(group.count), to: &out)
    for (index, target) in targets.enumerated() {
      Self.append(text: target.name, to: &out)
      Self.append(text: target.wireType, to: &out)
      Self.append(try group.column(index), group.count, target, to: &out)
    }
    return out.withBytes { Array($0) }
  }

  private static func append(_ vector: Vector, _ count: Int, _ target: Target, to out: inout ByteBuffer) {
    if target.isNullable { for row in 0..<count { out.append(vector.isEmptyCell(at: row) ? 1 : 0) } }
    switch target.type {
    case .string:
      for row in 0..<count {
        let bytes = vector.cellBytes(at: row)
        append(UInt64(bytes.count), to: &out)
        out.append(bytes)
      }
    case .dynamic, .decimal:
      for row in 0..<count {
        var cell = ByteBuffer()
        if target.type == .dynamic { vector.printJSON(at: row, to: &cell) } else { vector.printText(at: row, to: &cell) }
        cell.withBytes { bytes in
          append(UInt64(bytes.count), to: &out)
          out.append(bytes)
        }
      }
    case .bool: for row in 0..<count { out.append(vector.isNull(row) ? 0 : vector.value(at: row) == .bool(true) ? 1 : 0) }
    case .int, .long, .datetime, .timespan:
      for row in 0..<count { append(word: vector.isNull(row) ? 0 : UInt64(bitPattern: vector.word(at: vector.isConstant ? 0 : row) &- target.origin), to: &out) }
    case .real:
      for row in 0..<count { append(word: vector.isNull(row) ? 0 : vector.lanes(Double.self)[vector.isConstant ? 0 : row].bitPattern, to: &out) }
    case .guid:
      for row in 0..<count {
        let guid = vector.isNull(row) ? GUID(high: 0, low: 0) : vector.lanes(GUID.self)[vector.isConstant ? 0 : row]
        append(word: guid.high, to: &out)
        append(word: guid.low, to: &out)
      }
    }
  }

  private static func append(word: UInt64, to out: inout ByteBuffer) { out.append(littleEndian: word) }

  private static func append(_ number: UInt64, to out: inout ByteBuffer) {
    var rest = number
    while rest >= 0x80 {
      out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest &>>= 7
    }
    out.append(UInt8(rest))
  }

  private static func append(text: String, to out: inout ByteBuffer) {
    text.withUTF8Bytes { bytes in
      append(UInt64(bytes.count), to: &out)
      out.append(bytes)
    }
  }
}
