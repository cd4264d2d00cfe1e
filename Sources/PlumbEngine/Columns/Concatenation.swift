import Glibc

extension Vector {
  /// One vector of all pieces, which are of one type.
  ///
  /// Codes of one dictionary stay codes; mixed forms become plain lanes.
  static func concatenating(_ pieces: [Vector], type: ScalarType) -> Vector {
    concatenating(pieces, type: type) {}
  }

  /// The same, with `checkpoint` called before each piece.
  static func concatenating<Failure: Error>(
    _ pieces: [Vector], type: ScalarType, checkpoint: () throws(Failure) -> Void
  ) throws(Failure) -> Vector {
    if pieces.count == 1, !pieces[0].isConstant { return pieces[0] }
    let n = pieces.reduce(0) { $0 &+ $1.count }
    let form = commonForm(pieces)
    let width = form == .plain ? type.lane.stride : Vector.stride(of: form)
    let result = Buffer(byteCount: n &* width)
    var mask: Buffer?
    var owners: [AnyObject] = [result]
    var lastOwner: AnyObject?
    var offset = 0
    for piece in pieces where piece.count > 0 {
      try checkpoint()
      let plain = (form == .plain ? piece.decoded() : piece).expanded()
      memcpy(result.base + offset &* width, plain.data, plain.count &* width)
      if type.lane == .bytes, form == .plain, let owner = plain.owner, owner !== lastOwner {
        owners.append(owner)
        lastOwner = owner
      }
      if let nulls = plain.nulls {
        let united = mask ?? Buffer.zeros(byteCount: n)
        mask = united
        memcpy(united.base + offset, nulls, plain.count)
      }
      offset &+= plain.count
    }
    return Vector(
      type, count: n, data: result.base, owner: owners.count == 1 ? result : Owners(owners),
      nulls: mask.map { UnsafePointer($0.values(UInt8.self)) }, nullOwner: mask, encoding: form,
      dictionary: form.isCodes ? pieces.first { $0.count > 0 }?.dictionary : nil)
  }

  static func stride(of encoding: Encoding) -> Int {
    switch encoding {
    case .plain: 8
    case .narrow, .codes32: 4
    case .codes8: 1
    case .codes16: 2
    }
  }

  private static func commonForm(_ pieces: [Vector]) -> Encoding {
    guard let first = pieces.first(where: { $0.count > 0 }) else { return .plain }
    let same = pieces.allSatisfy {
      $0.count == 0 || $0.encoding == first.encoding && $0.dictionary === first.dictionary
    }
    return same ? first.encoding : .plain
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
}
