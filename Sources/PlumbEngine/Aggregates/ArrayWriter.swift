import PlumbDiagnostics

/// Writes one compact dynamic array for each group, all of them into one block of memory.
///
/// The rows are visited twice, first for the sizes and then for the bytes; nothing is sorted or allocated
/// for a group. Each worker writes the arrays of a range of groups.
struct ArrayWriter {
  /// Bytes before the elements: the tag, the size and the count.
  private static let header = 9

  /// The arrays of `groups` groups over the values of `log`, at most `limit` elements each.
  ///
  /// - Throws: `value-too-large` when an array would pass 1 GB.
  static func arrays(
    of log: GroupedLog, type: ScalarType, limit: Int, groups: Int, _ context: ExecutionContext? = nil
  ) throws -> Vector {
    let writer = ArrayWriter(
      log: UncheckedBox(log), limit: limit, groups: groups,
      parts: log.count < 65_536 ? 1 : Swift.min(context?.threads ?? 1, groups))
    return try writer.arrays(type)
  }

  private let log: UncheckedBox<GroupedLog>
  private let limit: Int
  private let groups: Int
  private let parts: Int

  private func arrays(_ type: ScalarType) throws -> Vector {
    switch type {
    case .bool:
      return try write(size: { _, _ in 1 }) { vector, place, out in
        out[0] = (vector.lanes(UInt8.self)[place] != 0 ? DynamicBytes.Tag.true : .false).rawValue
      }
    case .int, .long: return try writeWords(.long)
    case .datetime: return try writeWords(.datetime)
    case .timespan: return try writeWords(.timespan)
    case .real:
      return try write(size: { _, _ in 9 }) { vector, place, out in
        Self.store(.real, Int64(bitPattern: vector.lanes(Double.self)[place].bitPattern), out)
      }
    case .guid:
      return try write(size: { _, _ in 17 }) { vector, place, out in
        let guid = vector.lanes(GUID.self)[place]
        Self.store(.guid, Int64(bitPattern: guid.high), out)
        UnsafeMutableRawPointer(out + 9).storeBytes(of: guid.low.littleEndian, as: UInt64.self)
      }
    case .decimal:
      return try write(size: { _, _ in 17 }) { vector, place, out in
        let decimal = vector.lanes(Decimal128.self)[place]
        Self.store(.decimal, Int64(bitPattern: decimal.high), out)
        UnsafeMutableRawPointer(out + 9).storeBytes(of: decimal.low.littleEndian, as: UInt64.self)
      }
    case .string:
      return try write(size: { 5 &+ $0.bytes(at: $1).count }) { vector, place, out in
        let text = vector.bytes(at: place)
        out[0] = DynamicBytes.Tag.string.rawValue
        UnsafeMutableRawPointer(out + 1).storeBytes(
          of: UInt32(truncatingIfNeeded: text.count).littleEndian, as: UInt32.self)
        if let source = text.baseAddress { (out + 5).update(from: source, count: text.count) }
      }
    case .dynamic:
      return try write(size: { Swift.max($0.bytes(at: $1).count, 1) }) { vector, place, out in
        let bytes = vector.bytes(at: place)
        out[0] = DynamicBytes.Tag.null.rawValue
        if let source = bytes.baseAddress { out.update(from: source, count: bytes.count) }
      }
    }
  }

  @inline(__always)
  private static func store(_ tag: DynamicBytes.Tag, _ word: Int64, _ out: UnsafeMutablePointer<UInt8>) {
    out[0] = tag.rawValue
    UnsafeMutableRawPointer(out + 1).storeBytes(of: word.littleEndian, as: Int64.self)
  }

  private func writeWords(_ tag: DynamicBytes.Tag) throws -> Vector {
    try write(size: { _, _ in 9 }) { vector, place, out in
      Self.store(tag, vector.word(at: place), out)
    }
  }

  /// Calls `body` with each part's groups, on as many workers.
  private func inParts(_ body: @Sendable (Range<Int>) -> Void) throws {
    try WorkerPool.shared.each(parts, workers: parts) { part in
      body(groups &* part / parts..<groups &* (part &+ 1) / parts)
    }
  }

  @inline(__always)
  private func write(
    size: @escaping @Sendable (Vector, Int) -> Int,
    element: @escaping @Sendable (Vector, Int, UnsafeMutablePointer<UInt8>) -> Void
  ) throws -> Vector {
    let sizeBuffer = Buffer(of: Int.self, count: groups), countBuffer = Buffer(of: Int.self, count: groups)
    let sizes = sizeBuffer.values(Int.self), counts = countBuffer.values(Int.self)
    sizes.update(repeating: Self.header, count: groups)
    counts.update(repeating: 0, count: groups)
    try inParts { [log, limit] part in
      let sizes = sizeBuffer.values(Int.self), counts = countBuffer.values(Int.self)
      log.value.forEachRow { group, vector, place in
        if group < part.lowerBound || group >= part.upperBound || counts[group] >= limit { return }
        counts[group] &+= 1
        sizes[group] &+= vector.isNullPlace(place) ? 1 : size(vector, place)
      }
    }
    var total = 0
    for group in 0..<groups {
      total &+= sizes[group]
      if sizes[group] > 1 << 30 {
        throw Diagnostic(
          "value-too-large", "a list of \(counts[group]) values takes more than 1 GB",
          help: "give a smaller limit as the last argument")
      }
    }

    let block = Buffer(byteCount: total), lanes = Buffer(of: Bytes.self, count: groups)
    let cursorBuffer = Buffer(of: UnsafeMutablePointer<UInt8>.self, count: groups)
    let cursors = cursorBuffer.values(UnsafeMutablePointer<UInt8>.self)
    var next = block.values(UInt8.self)
    for group in 0..<groups {
      next[0] = DynamicBytes.Tag.array.rawValue
      let raw = UnsafeMutableRawPointer(next)
      raw.storeBytes(of: UInt32(truncatingIfNeeded: sizes[group] &- 5).littleEndian, toByteOffset: 1, as: UInt32.self)
      raw.storeBytes(of: UInt32(truncatingIfNeeded: counts[group]).littleEndian, toByteOffset: 5, as: UInt32.self)
      lanes.values(Bytes.self)[group] = Bytes(start: next, count: sizes[group])
      cursors[group] = next + Self.header
      next += sizes[group]
    }
    try inParts { [log] part in
      let counts = countBuffer.values(Int.self), cursors = cursorBuffer.values(UnsafeMutablePointer<UInt8>.self)
      log.value.forEachRow { group, vector, place in
        if group < part.lowerBound || group >= part.upperBound || counts[group] == 0 { return }
        counts[group] &-= 1
        let out = cursors[group]
        if vector.isNullPlace(place) {
          out[0] = DynamicBytes.Tag.null.rawValue
          cursors[group] = out + 1
        } else {
          element(vector, place, out)
          cursors[group] = out + size(vector, place)
        }
      }
    }
    return Vector(.dynamic, count: groups, buffer: lanes, holding: block)
  }
}

extension Vector {
  /// Whether the value stored at a place is null; a constant has one place.
  @inline(__always) func isNullPlace(_ place: Int) -> Bool {
    guard let nulls else { return false }
    return nulls[place] != 0
  }
}
