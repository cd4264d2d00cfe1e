import PlumbDiagnostics

/// Writes one compact dynamic array for each group, all of them into one block of memory.
///
/// The rows are visited twice, first for the sizes and then for the bytes; nothing is sorted or allocated
/// per group. For very many rows each worker writes the arrays of a range of groups, and passes over all rows for it.
struct ArrayWriter {
  /// Bytes before the elements: the tag, the size and the count.
  private static let header = 9

  private let log: UncheckedBox<RowBuffer>
  private let limit: Int
  private let groups: Int
  private let parts: Int

  /// The arrays of `groups` groups over the values of `log`, at most `limit` elements each.
  ///
  /// - Throws: `value-too-large` when an array would pass 1 GB.
  static func arrays(
    of log: RowBuffer, type: ScalarType, limit: Int, groups: Int, _ context: ExecutionContext? = nil
  ) throws -> Vector {
    let parts = log.count < 1 << 20 ? 1 : Swift.min(context?.threads ?? 1, groups)
    let writer = ArrayWriter(log: UncheckedBox(log), limit: limit, groups: groups, parts: parts)
    switch type {
    case .bool: return try writer.arrays(of: FlagElement())
    case .int, .long: return try writer.arrays(of: WordElement(tag: .long))
    case .datetime: return try writer.arrays(of: WordElement(tag: .datetime))
    case .timespan: return try writer.arrays(of: WordElement(tag: .timespan))
    case .real: return try writer.arrays(of: WordElement(tag: .real))
    case .guid: return try writer.arrays(of: GUIDElement())
    case .decimal: return try writer.arrays(of: DecimalElement())
    case .string: return try writer.arrays(of: TextElement())
    case .dynamic: return try writer.arrays(of: DynamicElement())
    }
  }

  private func arrays<Element: ArrayElement>(of element: Element) throws -> Vector {
    let sizeBuffer = Buffer(of: Int.self, count: groups), countBuffer = Buffer.zeros(byteCount: groups &* 8)
    sizeBuffer.values(Int.self).update(repeating: Self.header, count: groups)
    try forEachRow(Element.self) { group, value in
      let count = countBuffer.values(Int.self) + group
      if count.pointee >= limit { return }
      count.pointee &+= 1
      sizeBuffer.values(Int.self)[group] &+= value.map { element.size($0) } ?? 1
    }
    let sizes = sizeBuffer.values(Int.self), counts = countBuffer.values(Int.self)
    var total = 0
    for group in 0..<groups {
      total &+= sizes[group]
      if sizes[group] > 1 << 30 {
        throw Diagnostic(
          "value-too-large", "a list of \(counts[group]) values needs more than 1 GB",
          help: "pass a smaller limit as the last argument")
      }
    }

    let block = Buffer(byteCount: total), lanes = Buffer(of: Bytes.self, count: groups)
    let cursorBuffer = Buffer(of: UnsafeMutablePointer<UInt8>.self, count: groups)
    var next = block.values(UInt8.self)
    for group in 0..<groups {
      next[0] = DynamicBytes.Tag.array.rawValue
      let raw = UnsafeMutableRawPointer(next)
      raw.storeBytes(of: UInt32(truncatingIfNeeded: sizes[group] &- 5).littleEndian, toByteOffset: 1, as: UInt32.self)
      raw.storeBytes(of: UInt32(truncatingIfNeeded: counts[group]).littleEndian, toByteOffset: 5, as: UInt32.self)
      lanes.values(Bytes.self)[group] = Bytes(start: next, count: sizes[group])
      cursorBuffer.values(UnsafeMutablePointer<UInt8>.self)[group] = next + Self.header
      next += sizes[group]
    }
    try forEachRow(Element.self) { group, value in
      let count = countBuffer.values(Int.self) + group
      if count.pointee == 0 { return }
      count.pointee &-= 1
      let cursor = cursorBuffer.values(UnsafeMutablePointer<UInt8>.self) + group
      let out = cursor.pointee
      if let value {
        element.write(value, to: out)
        cursor.pointee = out + element.size(value)
      } else {
        out[0] = DynamicBytes.Tag.null.rawValue
        cursor.pointee = out + 1
      }
    }
    return Vector(.dynamic, count: groups, buffer: lanes, holding: block)
  }

  /// Visits all rows in order, nil for null; those of a group on one worker.
  @inline(__always)
  private func forEachRow<Element: ArrayElement>(
    _: Element.Type, _ body: @Sendable (_ group: Int, _ value: Element.Lane?) -> Void
  ) throws {
    try WorkerPool.shared.each(parts, workers: parts) { part in
      let from = groups &* part / parts, to = groups &* (part &+ 1) / parts
      for piece in log.value.pieces {
        let plain = piece.vectors[0].decoded()
        let values = plain.view(Element.Lane.self)
        let step = plain.isConstant ? 0 : 1
        for row in 0..<piece.count {
          let group = piece.groups.map { Int($0[row]) } ?? 0
          if group < from || group >= to { continue }
          let place = row &* step
          body(group, plain.isNullPlace(place) ? nil : values[place])
        }
      }
    }
  }
}

/// How a value of a lane is written into a dynamic array.
private protocol ArrayElement: Sendable {
  associatedtype Lane: BitwiseCopyable
  func size(_ value: Lane) -> Int
  func write(_ value: Lane, to out: UnsafeMutablePointer<UInt8>)
}

private struct FlagElement: ArrayElement {
  @inline(__always) func size(_: UInt8) -> Int { 1 }
  @inline(__always) func write(_ value: UInt8, to out: UnsafeMutablePointer<UInt8>) {
    out[0] = (value != 0 ? DynamicBytes.Tag.true : .false).rawValue
  }
}

/// The eight bytes of the lane after a tag.
private struct WordElement: ArrayElement {
  let tag: DynamicBytes.Tag
  @inline(__always) func size(_: Int64) -> Int { 9 }
  @inline(__always) func write(_ value: Int64, to out: UnsafeMutablePointer<UInt8>) {
    out[0] = tag.rawValue
    UnsafeMutableRawPointer(out + 1).storeBytes(of: value.littleEndian, as: Int64.self)
  }
}

private struct GUIDElement: ArrayElement {
  @inline(__always) func size(_: GUID) -> Int { 17 }
  @inline(__always) func write(_ value: GUID, to out: UnsafeMutablePointer<UInt8>) {
    WordElement(tag: .guid).write(Int64(bitPattern: value.high), to: out)
    UnsafeMutableRawPointer(out + 9).storeBytes(of: value.low.littleEndian, as: UInt64.self)
  }
}

private struct DecimalElement: ArrayElement {
  @inline(__always) func size(_: Decimal128) -> Int { 17 }
  @inline(__always) func write(_ value: Decimal128, to out: UnsafeMutablePointer<UInt8>) {
    WordElement(tag: .decimal).write(Int64(bitPattern: value.high), to: out)
    UnsafeMutableRawPointer(out + 9).storeBytes(of: value.low.littleEndian, as: UInt64.self)
  }
}

private struct TextElement: ArrayElement {
  @inline(__always) func size(_ value: Bytes) -> Int { 5 &+ value.count }
  @inline(__always) func write(_ value: Bytes, to out: UnsafeMutablePointer<UInt8>) {
    out[0] = DynamicBytes.Tag.string.rawValue
    UnsafeMutableRawPointer(out + 1).storeBytes(of: UInt32(truncatingIfNeeded: value.count).littleEndian, as: UInt32.self)
    if let source = value.baseAddress { (out + 5).update(from: source, count: value.count) }
  }
}

private struct DynamicElement: ArrayElement {
  @inline(__always) func size(_ value: Bytes) -> Int { Swift.max(value.count, 1) }
  @inline(__always) func write(_ value: Bytes, to out: UnsafeMutablePointer<UInt8>) {
    out[0] = DynamicBytes.Tag.null.rawValue
    if let source = value.baseAddress { out.update(from: source, count: value.count) }
  }
}

extension Vector {
  /// Whether the value stored at an index is null; a constant stores one value.
  @inline(__always) func isNullPlace(_ place: Int) -> Bool {
    guard let nulls else { return false }
    return nulls[place] != 0
  }
}
