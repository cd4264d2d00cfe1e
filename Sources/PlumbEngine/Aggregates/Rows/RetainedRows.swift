/// A row of some retained chunk.
struct RowReference: BitwiseCopyable {
  var chunk: UInt32
  var row: UInt32

  @inline(__always) static var none: RowReference { RowReference(chunk: .max, row: 0) }
  @inline(__always) var isNone: Bool { chunk == .max }
}

/// Columns of input chunks that an aggregate keeps, to read single rows from later.
final class RetainedRows {
  let types: [ScalarType]
  private(set) var chunks: [[Vector]] = []
  private(set) var rowCount = 0

  init(types: [ScalarType]) { self.types = types }

  /// The number of the next chunk.
  var nextChunk: UInt32 { UInt32(truncatingIfNeeded: chunks.count) }

  /// The chunks of another state that were merged last, and their numbers here.
  private var adopted: (source: RetainedRows, numbers: [UInt32])?

  /// The number here of a chunk of `other`, which is added on first use.
  func adopt(_ chunk: UInt32, of other: RetainedRows) -> UInt32 {
    if adopted?.source !== other || adopted?.numbers.count != other.chunks.count {
      adopted = (other, [UInt32](repeating: .max, count: other.chunks.count))
    }
    let place = Int(chunk)
    if let number = adopted?.numbers[place], number != .max { return number }
    let number = nextChunk
    let vectors = other.chunks[place]
    append(vectors, count: vectors[0].count)
    adopted?.numbers[place] = number
    return number
  }

  func append(_ vectors: [Vector], count: Int) {
    chunks.append(vectors)
    rowCount &+= count
  }

  /// Keeps only the rows in `references`; row `i` of the only chunk is then the row that reference `i` named.
  func reduce(to references: BufferView<RowReference>, count: Int) {
    let kept = types.indices.map { gather($0, references, count: count) }
    chunks = [kept]
    rowCount = count
    adopted = nil
  }

  /// One column at the rows that `references` name; null (or the empty string) for no row.
  ///
  /// - Memory: strings outside dictionaries are copied, so that their chunks can be released.
  func gather(_ column: Int, _ references: BufferView<RowReference>, count n: Int) -> Vector {
    let type = types[column]
    let pieces = chunks.map { $0[column] }
    guard let first = pieces.first, isUniform(pieces), type.lane != .bytes || first.encoding.isCodes,
      !first.encoding.isCodes || !hasNone(references, n)
    else { return build(type, pieces, references, n) }
    switch first.stride {
    case 1: return copy(UInt8.self, pieces, references, n)
    case 2: return copy(UInt16.self, pieces, references, n)
    case 4: return copy(UInt32.self, pieces, references, n)
    case 8: return copy(UInt64.self, pieces, references, n)
    default: return copy(UInt128.self, pieces, references, n)
    }
  }

  private func isUniform(_ pieces: [Vector]) -> Bool {
    pieces.allSatisfy { $0.encoding == pieces[0].encoding && $0.dictionary === pieces[0].dictionary }
  }

  private func hasNone(_ references: BufferView<RowReference>, _ n: Int) -> Bool {
    var found = false
    for i in 0..<n { found = found || references[i].isNone }
    return found
  }

  private func copy<T: BitwiseCopyable>(
    _: T.Type, _ pieces: [Vector], _ references: BufferView<RowReference>, _ n: Int
  ) -> Vector {
    let result = Buffer.zeros(byteCount: n &* MemoryLayout<T>.stride)
    let out = result.values(T.self)
    let bases = pieces.map { $0.lanes(T.self) }
    let steps = pieces.map { $0.isConstant ? 0 : 1 }
    var mask: Buffer?
    if pieces.contains(where: { $0.nulls != nil }) || hasNone(references, n) {
      let made = Buffer.zeros(byteCount: n)
      let nulls = pieces.map(\.nulls)
      for i in 0..<n {
        let reference = references[i]
        if reference.isNone {
          made.values(UInt8.self)[i] = 1
        } else if let mask = nulls[Int(reference.chunk)] {
          made.values(UInt8.self)[i] = mask[Int(reference.row) &* steps[Int(reference.chunk)]]
        }
      }
      mask = made
    }
    bases.withUnsafeBufferPointer { bases in
      steps.withUnsafeBufferPointer { steps in
        for i in 0..<n where !references[i].isNone {
          let chunk = Int(references[i].chunk)
          out[i] = bases[chunk][Int(references[i].row) &* steps[chunk]]
        }
      }
    }
    return Vector(
      pieces[0].type, count: n, data: result.base, owner: result,
      nulls: mask.map { UnsafePointer($0.values(UInt8.self)) }, nullOwner: mask,
      encoding: pieces[0].encoding, dictionary: pieces[0].dictionary)
  }

  /// The general form: whatever encodings the chunks have, the result has plain lanes.
  private func build(
    _ type: ScalarType, _ pieces: [Vector], _ references: BufferView<RowReference>, _ n: Int
  ) -> Vector {
    let builder = VectorBuilder(type, capacity: n)
    for i in 0..<n {
      let reference = references[i]
      if reference.isNone {
        builder.appendNull()
        continue
      }
      let piece = pieces[Int(reference.chunk)]
      let place = piece.isConstant ? 0 : Int(reference.row)
      if piece.isNullPlace(place) {
        builder.appendNull()
        continue
      }
      switch type.lane {
      case .byte: builder.append(bool: piece.lanes(UInt8.self)[place] != 0)
      case .word: builder.append(word: piece.word(at: place))
      case .float: builder.append(real: piece.lanes(Double.self)[place])
      case .bytes: builder.append(bytes: piece.bytes(at: place))
      case .wide: builder.append(guid: piece.lanes(GUID.self)[place])
      }
    }
    return builder.finish()
  }
}
