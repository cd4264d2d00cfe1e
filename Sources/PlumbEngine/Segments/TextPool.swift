/// The dictionary of a stored column while rows are added to it: texts keep their codes, new ones get the next.
///
/// One thread at a time uses it.
package final class TextPool {
  /// Columns with more distinct texts than this are stored as texts.
  private static let countLimit = 262_144
  private static let byteLimit = 32 << 20

  package private(set) var count: Int
  private var byteCount = 0
  private let known: StringDictionary?
  private let index: BytesIndex
  private var added = Growing<Bytes>(capacity: 64)
  private let arena = ByteArena()
  /// For dictionaries of vectors seen before: the code here of each code there, or `unknown`.
  private var maps: [ObjectIdentifier: (dictionary: StringDictionary, map: Buffer)] = [:]
  private static let unknown = UInt32.max

  /// - Parameter dictionary: the column's dictionary so far.
  package init(_ dictionary: StringDictionary?) {
    known = dictionary
    count = dictionary?.count ?? 0
    index = BytesIndex(capacity: count)
    if let dictionary {
      for code in 0..<count {
        _ = index.insert(dictionary[code], code: UInt32(truncatingIfNeeded: code))
        byteCount &+= dictionary[code].count
      }
    }
  }

  /// Writes the code of each row's text; false if the group is better stored as texts.
  func takeCodes(of vector: Vector, into out: UnsafeMutablePointer<UInt32>) -> Bool {
    if let dictionary = vector.dictionary { return takeCodes(of: vector, dictionary, into: out) }
    let n = vector.count
    guard !isMostlyNew(vector) else { return false }
    for i in 0..<n {
      guard let code = code(of: vector.bytes(at: i)) else { return false }
      out[i] = code
    }
    return true
  }

  private func takeCodes(
    of vector: Vector, _ dictionary: StringDictionary, into out: UnsafeMutablePointer<UInt32>
  ) -> Bool {
    guard dictionary.count <= Self.countLimit else { return false }
    let map = map(for: dictionary)
    let places = map.values(UInt32.self)
    @inline(__always) func take(_ i: Int, _ theirs: Int) -> Bool {
      var code = places[theirs]
      if code == Self.unknown {
        guard let own = self.code(of: dictionary[theirs]) else { return false }
        places[theirs] = own
        code = own
      }
      out[i] = code
      return true
    }
    switch vector.encoding {
    case .codes8:
      let codes = vector.lanes(UInt8.self)
      for i in 0..<vector.count where !take(i, Int(codes[i])) { return false }
    case .codes16:
      let codes = vector.lanes(UInt16.self)
      for i in 0..<vector.count where !take(i, Int(codes[i])) { return false }
    case .codes32:
      let codes = vector.lanes(UInt32.self)
      for i in 0..<vector.count where !take(i, Int(codes[i])) { return false }
    case .plain, .narrow: return false
    }
    return true
  }

  private func map(for dictionary: StringDictionary) -> Buffer {
    let identity = ObjectIdentifier(dictionary)
    if let known = maps[identity] { return known.map }
    // At worst, each chunk of a query has its own dictionary; old ones will not return.
    if maps.count > 16 { maps = [:] }
    let map = Buffer(of: UInt32.self, count: dictionary.count)
    map.values(UInt32.self).update(repeating: Self.unknown, count: dictionary.count)
    maps[identity] = (dictionary, map)
    return map
  }

  private func code(of text: Bytes) -> UInt32? {
    let hash = hashBytes(text)
    if let code = index.code(of: text, hash: hash) { return code }
    guard count < Self.countLimit, byteCount &+ text.count <= Self.byteLimit else { return nil }
    let copy = arena.copying(text)
    let code = UInt32(truncatingIfNeeded: count)
    _ = index.insert(copy, hash: hash, code: code)
    added.append(copy)
    byteCount &+= text.count
    count &+= 1
    return code
  }

  /// Whether most of a sample of rows are texts not seen before, here or in the sample.
  private func isMostlyNew(_ vector: Vector) -> Bool {
    let n = vector.count
    guard n >= 256 else { return count >= Self.countLimit }
    let fresh = BytesIndex(capacity: 1_024)
    var looked = 0
    for i in stride(from: 0, to: n, by: Swift.max(1, n / 1_024)) {
      looked &+= 1
      let text = vector.bytes(at: i)
      if index.code(of: text) == nil { _ = fresh.insert(text, code: 0) }
    }
    return fresh.count &* 2 > looked
  }

  /// Calls `body` with all texts in the order of their codes.
  func forEachText(_ body: (Bytes) -> Void) {
    let base = known?.count ?? 0
    for code in 0..<count { body(code < base ? known.unsafelyUnwrapped[code] : added[code &- base]) }
  }

  /// The texts with codes from `first` on as bytes for a file.
  package func piece(from first: Int) -> ByteBuffer {
    let base = known?.count ?? 0
    let n = count &- first
    let lengths = Buffer(of: Int64.self, count: n)
    var texts = ByteBuffer()
    for i in 0..<n {
      let code = first &+ i
      let text = code < base ? known.unsafelyUnwrapped[code] : added[code &- base]
      lengths.values(Int64.self)[i] = Int64(text.count)
      texts.append(text)
    }
    var out = ByteBuffer()
    out.append(littleEndian: UInt32(truncatingIfNeeded: n))
    WordPacking.pack(lengths.values(), n, to: &out)
    texts.withBytes { SegmentBody.append($0, to: &out) }
    return out
  }
}

extension StringDictionary {
  /// Joins the pieces that `TextPool.piece` made, in order; nil if one is damaged.
  ///
  /// - Parameter pieces: each with eight loadable bytes after it.
  package static func joining(_ pieces: [(bytes: Buffer, count: Int)]) -> StringDictionary? {
    var owners: [AnyObject] = []
    var parts: [(count: Int, lengths: Buffer, texts: Buffer)] = []
    var total = 0
    for piece in pieces {
      var reader = SegmentReader(piece.bytes.base, count: piece.count)
      // Each block of lengths has at least nine bytes, which bounds the allocation here.
      guard let n = reader.half().map(Int.init), n / WordPacking.blockLength &* 9 <= piece.count else { return nil }
      let lengths = Buffer(of: Int64.self, count: n)
      guard WordPacking.unpack(&reader, n, into: lengths.values()), let body = SegmentBody.read(&reader) else {
        return nil
      }
      var left = body.count
      for i in 0..<n {
        let length = lengths.values(Int64.self)[i]
        guard length >= 0, length <= Int64(left) else { return nil }
        left &-= Int(length)
      }
      total &+= n
      owners.append(body.buffer)
      parts.append((n, lengths, body.buffer))
    }
    let entries = Buffer(of: Bytes.self, count: total)
    var code = 0
    for part in parts {
      var next = UnsafePointer(part.texts.values(UInt8.self))
      for i in 0..<part.count {
        let length = Int(part.lengths.values(Int64.self)[i])
        entries.values(Bytes.self)[code] = Bytes(start: length == 0 ? nil : next, count: length)
        next += length
        code &+= 1
      }
    }
    return StringDictionary(entries: entries, count: total, holding: Owners(owners))
  }
}
