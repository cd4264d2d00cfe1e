import Glibc

/// Pieces of one type to be concatenated into one vector: first allocates room for all of them, then copies the pieces in any
/// order, from any thread.
///
/// Codes of one dictionary stay codes; mixed forms become plain lanes.
struct Concatenation: @unchecked Sendable {
  private let pieces: [Vector]
  private let type: ScalarType
  private let form: Vector.Encoding
  private let width: Int
  /// The start of each piece, and the end.
  private let starts: [Int]
  private let lanes: Buffer
  private let mask: Buffer?

  init(_ pieces: [Vector], type: ScalarType) {
    self.pieces = pieces
    self.type = type
    form = Self.commonForm(pieces)
    width = form == .plain ? type.lane.stride : Vector.stride(of: form)
    var starts = [0]
    starts.reserveCapacity(pieces.count + 1)
    for piece in pieces { starts.append(starts[starts.count - 1] &+ piece.count) }
    self.starts = starts
    lanes = Buffer(byteCount: starts[pieces.count] &* width)
    mask = pieces.contains { $0.nulls != nil && $0.count > 0 } ? Buffer(byteCount: starts[pieces.count]) : nil
  }

  /// Copies a piece to its position.
  func copy(_ index: Int) {
    let piece = pieces[index], start = starts[index]
    if piece.count == 0 { return }
    copy((form == .plain ? piece.decoded() : piece).expanded(), to: start)
  }

  private func copy(_ plain: Vector, to start: Int) {
    memcpy(lanes.base + start &* width, plain.data, plain.count &* width)
    guard let mask else { return }
    if let nulls = plain.nulls {
      memcpy(mask.base + start, nulls, plain.count)
    } else {
      memset(mask.base + start, 0, plain.count)
    }
  }

  /// The result, once all pieces have been copied.
  func vector() -> Vector {
    var owners: [AnyObject] = [lanes]
    if type.lane == .bytes, form == .plain {
      for piece in pieces where piece.count > 0 {
        if let owner = piece.keepAlive, owner !== owners[owners.count - 1] { owners.append(owner) }
      }
    }
    return Vector(
      type, count: starts[pieces.count], data: lanes.base, owner: owners.count == 1 ? lanes : Owners(owners),
      nulls: mask.map { UnsafePointer($0.values(UInt8.self)) }, nullOwner: mask, encoding: form,
      dictionary: form.isCodes ? pieces.first { $0.count > 0 }?.dictionary : nil)
  }

  private static func commonForm(_ pieces: [Vector]) -> Vector.Encoding {
    guard let first = pieces.first(where: { $0.count > 0 }) else { return .plain }
    let same = pieces.allSatisfy {
      $0.count == 0 || $0.encoding == first.encoding && $0.dictionary === first.dictionary
    }
    return same ? first.encoding : .plain
  }
}

extension Vector {
  /// Concatenates the pieces, which are of one type.
  package static func concatenating(_ pieces: [Vector], type: ScalarType) -> Vector {
    concatenating(pieces, type: type) {}
  }

  /// The same, with `checkpoint` called before each piece.
  static func concatenating<Failure: Error>(
    _ pieces: [Vector], type: ScalarType, checkpoint: () throws(Failure) -> Void
  ) throws(Failure) -> Vector {
    if pieces.count == 1, !pieces[0].isConstant { return pieces[0] }
    let whole = Concatenation(pieces, type: type)
    for index in pieces.indices {
      try checkpoint()
      whole.copy(index)
    }
    return whole.vector()
  }

  static func stride(of encoding: Encoding) -> Int {
    switch encoding {
    case .plain: 8
    case .narrow, .codes32: 4
    case .codes8: 1
    case .codes16: 2
    }
  }
}

extension Chunk {
  /// One chunk of all rows of `chunks`, in their order.
  static func concatenating(_ chunks: [Chunk], types: [ScalarType]) -> Chunk {
    if chunks.count == 1 { return chunks[0] }
    let vectors = types.indices.map { index in
      Vector.concatenating(chunks.map { $0.column(index) }, type: types[index])
    }
    return Chunk(vectors, count: chunks.reduce(0) { $0 &+ $1.count })
  }

  /// The same on all workers. Columns that are not `wanted` are null; nil means all.
  static func concatenating(
    _ chunks: [Chunk], types: [ScalarType], wanted: Set<Int>? = nil, _ context: ExecutionContext
  ) throws -> Chunk {
    if chunks.count == 1 { return chunks[0] }
    let count = chunks.reduce(0) { $0 &+ $1.count }
    let places = types.indices.filter { wanted?.contains($0) ?? true }
    // A row picked from each of many chunks is far away in memory.
    let workers = count > 100_000 || chunks.count &* places.count > 1_000 ? context.threads : 1
    // A chunk gathers its columns when they are read, which one thread at a time may do.
    try WorkerPool.shared.each(chunks.count, workers: workers) { number in
      try context.checkpoint()
      for place in places { _ = chunks[number].column(place) }
    }
    try context.checkRoom(places.reduce(0) { $0 &+ types[$1].lane.stride } &* count)
    let columns = places.map { place in Concatenation(chunks.map { $0.column(place) }, type: types[place]) }
    try WorkerPool.shared.each(chunks.count, workers: workers) { number in
      try context.checkpoint()
      for column in columns { column.copy(number) }
    }
    var vectors = types.map { Vector.constant(.null($0), count: count) }
    for (place, column) in zip(places, columns) { vectors[place] = column.vector() }
    return Chunk(vectors, count: count)
  }

  /// The rows that `rows` names among all rows of `chunks`, in its order. If they are few, no others are copied.
  static func picking(
    _ rows: Selection, from chunks: [Chunk], types: [ScalarType], _ context: ExecutionContext
  ) throws -> Chunk {
    let count = chunks.reduce(0) { $0 &+ $1.count }
    if chunks.count == 1 || rows.count > count / 8 {
      return try concatenating(chunks, types: types, context).selecting(rows)
    }
    // First in ascending order, where each chunk's rows are adjacent; then in the requested order.
    let words = Buffer(of: UInt64.self, count: rows.count)
    for i in 0..<rows.count {
      words.values(UInt64.self)[i] = UInt64(rows.rows[i]) &<< 32 | UInt64(truncatingIfNeeded: i)
    }
    let ascending = try radixSort(
      words, of: UInt64.self, count: rows.count, lowest: 32, bits: UInt64.bitWidth - count.leadingZeroBitCount, context)
    let sorted = ascending.view(UInt64.self)
    let places = Selection(buffer: Buffer(of: UInt32.self, count: rows.count), count: rows.count)
    let order = Selection(buffer: Buffer(of: UInt32.self, count: rows.count), count: rows.count)
    for i in 0..<rows.count {
      places.rows[i] = UInt32(truncatingIfNeeded: sorted[i] &>> 32)
      order.rows[Int(sorted[i] & 0xFFFF_FFFF)] = UInt32(truncatingIfNeeded: i)
    }
    let parts = narrowing(chunks, to: places)
    if parts.isEmpty { return Chunk(types.map { VectorBuilder($0).finish() }, count: 0) }
    return try concatenating(parts, types: types, context).selecting(order)
  }

  /// The chunks with the rows that `rows` names among all of theirs, in ascending order; chunks left without rows are dropped.
  static func narrowing(_ chunks: [Chunk], to rows: Selection) -> [Chunk] {
    var narrowed: [Chunk] = []
    var place = 0, start = 0
    for chunk in chunks where place < rows.count {
      let first = place
      while place < rows.count, Int(rows.rows[place]) < start &+ chunk.count { place &+= 1 }
      if place > first {
        let part = Selection(buffer: Buffer(of: UInt32.self, count: place &- first), count: place &- first)
        for i in first..<place { part.rows[i &- first] = UInt32(truncatingIfNeeded: Int(rows.rows[i]) &- start) }
        narrowed.append(chunk.selecting(part))
      }
      start &+= chunk.count
    }
    return narrowed
  }
}
