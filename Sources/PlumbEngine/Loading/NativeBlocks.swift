import PlumbDiagnostics

/// A column of blocks in ClickHouse's Native format, as a query's outermost `SELECT` declares it.
package struct NativeColumn: Sendable {
  package let name: String
  package let type: ScalarType
  package let isNullable: Bool

  package init(name: String, type: ScalarType, isNullable: Bool) {
    self.name = name
    self.type = type
    self.isNullable = isNullable && type != .string
  }

  /// The type that the server must give it; decimal and dynamic values travel as texts.
  package var wireType: String {
    let base = switch type {
    case .bool: "UInt8"
    case .int, .long, .datetime, .timespan: "Int64"
    case .real: "Float64"
    case .string, .decimal, .dynamic: "String"
    case .guid: "UUID"
    }
    return isNullable ? "Nullable(\(base))" : base
  }
}

/// Reads blocks in ClickHouse's Native format from a stream of bytes.
///
/// A block is the numbers of its columns and rows, then for each column its name, its type and its values. An error that
/// occurs after the server has sent its status arrives as text in place of a block.
/// (https://clickhouse.com/docs/interfaces/formats/Native)
package final class NativeBlockReader {
  private let columns: [NativeColumn]
  private let more: () throws -> [UInt8]?
  private var buffer: [UInt8] = []
  private var place = 0
  private var isAtEnd = false
  private var pending: [RowGroup] = []

  /// What arrived in place of a block.
  package struct Unexpected: Error {
    /// The bytes from the block's start to the end of the stream, at most a few thousand.
    package let text: String
  }

  /// - Parameter more: returns the next bytes of the stream; nil after the last.
  package init(_ columns: [NativeColumn], more: @escaping () throws -> [UInt8]?) {
    self.columns = columns
    self.more = more
  }

  /// Returns the next rows, or nil after the last block.
  ///
  /// - Throws: `Unexpected` for bytes that are not a block of these columns, and what `more` throws.
  package func next() throws -> RowGroup? {
    while pending.isEmpty {
      buffer.removeFirst(place)
      place = 0
      guard try has(1) else { return nil }
      pending = try block().reversed()
    }
    return pending.popLast()
  }

  private func block() throws -> [RowGroup] {
    let start = place
    guard let width = try number(), let count = try number(), count <= 1 << 32 else { throw try unexpected(from: start) }
    if width == 0, count == 0 { return [] }
    guard width == columns.count else { throw try unexpected(from: start) }
    var vectors: [Vector] = []
    for column in columns {
      guard try text(from: start) == column.name, try text(from: start) == column.wireType else {
        throw try unexpected(from: start)
      }
      if count > 0 { vectors.append(try values(of: column, count, from: start)) }
    }
    return stride(from: 0, to: count, by: RowGroup.capacity).map { first in
      let length = Swift.min(RowGroup.capacity, count - first)
      return RowGroup(vectors.map { $0.slice(first, length) }, count: length)
    }
  }

  private func values(of column: NativeColumn, _ count: Int, from start: Int) throws -> Vector {
    var nulls: [UInt8] = []
    if column.isNullable {
      guard try has(count) else { throw try unexpected(from: start) }
      nulls = Array(buffer[place..<place + count])
      place += count
    }
    func isNull(_ row: Int) -> Bool { !nulls.isEmpty && nulls[row] != 0 }
    switch column.type {
    case .decimal, .dynamic:
      let writer = ColumnWriter(column.type)
      var segments: [[Segment]] = []
      for row in 0..<count {
        guard let range = try textRange() else { throw try unexpected(from: start) }
        if isNull(row) {
          writer.appendNull()
        } else {
          buffer.withUnsafeBufferPointer { _ = writer.append(parsing: Bytes(rebasing: $0[range])) }
        }
        if (row + 1) % RowGroup.capacity == 0 { segments.append([writer.seal()]) }
      }
      if count % RowGroup.capacity != 0 { segments.append([writer.seal()]) }
      let groups = try assembleGroups(segments, schema: [ColumnInfo(column.name, column.type)], threads: 1)
      return Vector.concatenating(try groups.map { try $0.column(0) }, type: column.type)
    case .string:
      let builder = VectorBuilder(.string, capacity: count)
      for _ in 0..<count {
        guard let range = try textRange() else { throw try unexpected(from: start) }
        buffer.withUnsafeBufferPointer { builder.append(bytes: Bytes(rebasing: $0[range])) }
      }
      return builder.finish()
    case .bool:
      return try fixed(column.type, 1, count, from: start, isNull) { $1.append(bool: $0[0] != 0) }
    case .int, .long, .datetime, .timespan:
      return try fixed(column.type, 8, count, from: start, isNull) { $1.append(word: $0.loadUnaligned(as: Int64.self)) }
    case .real:
      return try fixed(column.type, 8, count, from: start, isNull) { $1.append(real: $0.loadUnaligned(as: Double.self)) }
    case .guid:
      return try fixed(column.type, 16, count, from: start, isNull) { bytes, builder in
        builder.append(guid: GUID(high: bytes.loadUnaligned(as: UInt64.self), low: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
      }
    }
  }

  /// Values of `size` bytes each.
  private func fixed(
    _ type: ScalarType, _ size: Int, _ count: Int, from start: Int, _ isNull: (Int) -> Bool,
    _ append: (UnsafeRawBufferPointer, VectorBuilder) -> Void
  ) throws -> Vector {
    guard try has(count &* size) else { throw try unexpected(from: start) }
    let builder = VectorBuilder(type, capacity: count)
    buffer.withUnsafeBytes { bytes in
      for row in 0..<count {
        if isNull(row) {
          builder.appendNull()
        } else {
          let first = place &+ row &* size
          append(UnsafeRawBufferPointer(rebasing: bytes[first..<first &+ size]), builder)
        }
      }
    }
    place += count &* size
    return builder.finish()
  }

  /// Reads until `count` bytes from the place on are in the buffer; false if the stream ends before.
  private func has(_ count: Int) throws -> Bool {
    while buffer.count &- place < count {
      if isAtEnd { return false }
      guard let bytes = try more() else {
        isAtEnd = true
        return false
      }
      buffer.append(contentsOf: bytes)
    }
    return true
  }

  /// A whole number in base 128, low digits first.
  private func number() throws -> Int? {
    var result: UInt64 = 0, shift: UInt64 = 0
    while shift < 63 {
      guard try has(1) else { return nil }
      let byte = buffer[place]
      place += 1
      result |= UInt64(byte & 0x7f) &<< shift
      if byte < 0x80 { return Int(result) }
      shift += 7
    }
    return nil
  }

  /// The place of a text's bytes, which is then passed.
  private func textRange() throws -> Range<Int>? {
    guard let length = try number(), length < 1 << 40, try has(length) else { return nil }
    defer { place += length }
    return place..<place + length
  }

  /// A name or a type.
  private func text(from start: Int) throws -> String {
    guard let length = try number(), length < 1 << 16, try has(length) else { throw try unexpected(from: start) }
    defer { place += length }
    return String(decoding: buffer[place..<place + length], as: UTF8.self)
  }

  private func unexpected(from start: Int) throws -> Unexpected {
    while buffer.count - start < 8192, try has(buffer.count - place + 1) {}
    return Unexpected(text: String(decoding: buffer[start...].prefix(8192), as: UTF8.self))
  }
}
