/// The texts of several columns one after the other, row by row.
struct JoinedTexts {
  private struct Part {
    let texts: UnsafePointer<Bytes>
    /// 0 for a constant.
    let step: Int
  }

  /// The owners of the texts.
  private let vectors: [Vector]
  private let parts: [Part]
  private let count: Int
  private let context: ExecutionContext

  /// The number of bytes after which rows share no further allocation.
  private static let runSize = 1 << 16

  /// - Parameter isDelimited: whether the first argument is a text between the others.
  init(_ arguments: Arguments, isDelimited: Bool = false) {
    vectors = arguments.vectors.indices.map { arguments.plain($0) }
    let columns = vectors.map { Part(texts: $0.lanes(Bytes.self), step: $0.isConstant ? 0 : 1) }
    if isDelimited {
      parts = columns.dropFirst(2).reduce(into: Array(columns.dropFirst().prefix(1))) { $0 += [columns[0], $1] }
    } else {
      parts = columns
    }
    count = arguments.count
    context = arguments.context
  }

  /// Sizes are added up before anything is written, so that many rows share one allocation and no text is moved.
  var vector: Vector {
    let arena = ByteArena(blockSize: Self.runSize, for: context)
    let result = Buffer(of: Bytes.self, count: count)
    let out = result.values(Bytes.self)
    parts.withUnsafeBufferPointer { parts in
      var row = 0
      while row < count {
        var end = row
        var total = 0
        while end < count {
          var size = 0
          for part in parts { size &+= part.texts[end &* part.step].count }
          if end > row, total &+ size > Self.runSize { break }
          total &+= size
          end &+= 1
        }
        // Once the query's limits are exceeded the result no longer matters, but enclosing functions read the texts before the query ends.
        guard arena.canHold(total) else { break }
        var place = arena.room(total)
        while row < end {
          let start = place
          for part in parts { place += place.write(part.texts[row &* part.step]) }
          out[row] = Bytes(start: start, count: place - start)
          row &+= 1
        }
      }
      while row < count {
        out[row] = Bytes(start: nil, count: 0)
        row &+= 1
      }
    }
    return Vector(.string, count: count, buffer: result, holding: arena)
  }
}

extension UnsafeMutablePointer<UInt8> {
  /// Copies a text here, short ones without a call; returns its length.
  @inline(__always)
  fileprivate func write(_ text: Bytes) -> Int {
    let count = text.count
    guard count > 0, let source = text.baseAddress else { return 0 }
    if count > 16 {
      update(from: source, count: count)
    } else if count >= 8 {
      copyBothEnds(of: source, count, as: UInt64.self)
    } else if count >= 4 {
      copyBothEnds(of: source, count, as: UInt32.self)
    } else {
      self[0] = source[0]
      self[count / 2] = source[count / 2]
      self[count - 1] = source[count - 1]
    }
    return count
  }

  /// Copies the first and the last bytes, which together are all `count` bytes, overlapping in the middle.
  @inline(__always)
  private func copyBothEnds<Word: BitwiseCopyable>(of source: UnsafePointer<UInt8>, _ count: Int, as _: Word.Type) {
    let from = UnsafeRawPointer(source), to = UnsafeMutableRawPointer(self)
    let last = count &- MemoryLayout<Word>.size
    let head = from.loadUnaligned(as: Word.self), tail = from.loadUnaligned(fromByteOffset: last, as: Word.self)
    to.storeBytes(of: head, as: Word.self)
    to.storeBytes(of: tail, toByteOffset: last, as: Word.self)
  }
}
