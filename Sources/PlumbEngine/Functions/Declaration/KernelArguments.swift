import PlumbDiagnostics

/// How kernels accept arguments of any type, and cache what they compute from constant ones.
extension Arguments {
  /// The result of `make`, cached between chunks; nil if an argument at `places` is not constant.
  ///
  /// A constant of one chunk can differ from the next chunk's, as in a union of constants, so the cache
  /// identifies the constants that it was made from by their hash.
  func prepared<T: Sendable>(from places: Range<Int>, _ make: () throws -> T) rethrows -> T? {
    var key: UInt64 = 0x9E37_79B9_7F4A_7C15
    for place in places {
      guard vectors[place].isConstant else { return nil }
      key = mixHash(key ^ vectors[place].constantHash)
    }
    let kept = try prepared.value { Kept(key: key, value: try make()) }
    return kept.key == key ? kept.value : try make()
  }

  /// The argument as another type, by the engine's own conversion; a constant stays one.
  func converted(_ index: Int, to target: ScalarType) throws -> Vector {
    let vector = plain(index)
    if vector.type == target { return vector }
    let source = vector.isConstant ? vector.resized(to: 1) : vector
    let call = Arguments(
      vectors: [source], count: source.count, type: target, context: context, span: span,
      argumentSpans: [self.span(of: index)], prepared: Prepared())
    let result = try Overload.conversion(from: vector.type, to: target).kernel(call)
    return vector.isConstant ? result.asConstant(count: count) : result
  }

  /// The same call with these arguments.
  func replacing(_ vectors: [Vector]) -> Arguments {
    Arguments(
      vectors: vectors, count: count, type: type, context: context, span: span,
      argumentSpans: argumentSpans, prepared: prepared)
  }

  /// The same call with the arguments at `places` as another type.
  func converting(_ places: some Sequence<Int>, to target: ScalarType) throws -> Arguments {
    var vectors = self.vectors
    for place in places where place < vectors.count { vectors[place] = try converted(place, to: target) }
    return replacing(vectors)
  }

  /// All arguments from `start` on as another type.
  func converting(from start: Int = 0, to target: ScalarType) throws -> Arguments {
    try converting(start..<Swift.max(start, vectors.count), to: target)
  }

  func span(of index: Int) -> SourceSpan {
    index < argumentSpans.count ? argumentSpans[index] : span
  }
}

private struct Kept<T: Sendable>: Sendable {
  let key: UInt64
  let value: T
}

extension Vector {
  /// For a constant: a hash of its type and value.
  fileprivate var constantHash: UInt64 {
    let kind = UInt64(type.rawValue) &+ 1
    if isNull(0) { return kind }
    switch type.lane {
    case .byte: return mixHash(UInt64(lanes(UInt8.self)[0]) &* 31 &+ kind)
    case .word: return mixHash(UInt64(bitPattern: word(at: 0)) &+ kind &<< 56)
    case .float: return mixHash(lanes(UInt64.self)[0] &+ kind)
    case .bytes: return hashBytes(bytes(at: 0)) &+ kind
    case .wide:
      let halves = lanes(UInt64.self)
      return mixHash(halves[0] ^ mixHash(halves[1] &+ kind))
    }
  }
}

extension Overload {
  /// The same overload for arguments of any type at `places`, which are converted to text.
  func takingAny(at places: Int...) -> Overload {
    var parameters = self.parameters
    for place in places where place < parameters.count { parameters[place] = .any }
    let inner = kernel
    return Overload(
      parameters: parameters, rest: rest, minimumRest: minimumRest, result: result,
      kernel: { try inner($0.converting(places, to: .string)) })
  }
}

extension CompactDynamic {
  var cursor: DynamicCursor { DynamicCursor(bytes) }

  /// The value at a cursor; nil if it is missing or null.
  init?(_ cursor: DynamicCursor?) {
    guard let cursor, !cursor.isNull else { return nil }
    self.init(cursor.bytes)
  }
}

extension ByteBuffer {
  /// Appends a compact value; null for a cursor over nothing.
  mutating func append(_ cursor: DynamicCursor) {
    if cursor.isNull { appendNull() } else { append(cursor.bytes) }
  }

  /// Appends the elements as an array.
  mutating func appendArray(_ elements: some Sequence<DynamicCursor>) {
    let mark = beginArray()
    var count = 0
    for element in elements {
      append(element)
      count &+= 1
    }
    end(mark, count: count)
  }
}

extension DynamicCursor {
  /// An array's elements; empty for other values.
  var elements: [DynamicCursor] {
    var list: [DynamicCursor] = []
    list.reserveCapacity(count)
    forEachElement { list.append($0) }
    return list
  }
}

/// The regular expression of a call: compiled once if it is constant, else looked up row by row.
struct PatternInput {
  private let fixed: RegularExpression?
  private let texts: Input<Bytes>
  private let span: SourceSpan
  private let wrap: (prefix: String, suffix: String)

  /// - Throws: `bad-regex` for a constant that does not compile.
  init(_ arguments: Arguments, _ index: Int, prefix: String = "", suffix: String = "") throws {
    let texts = Input<Bytes>(arguments, index)
    let span = arguments.span(of: index)
    self.texts = texts
    self.span = span
    wrap = (prefix, suffix)
    fixed = try arguments.prepared(from: index..<index + 1) {
      try PatternInput.compile(prefix + String(texts[0]) + suffix, span)
    }
  }

  /// - Throws: `bad-regex` if the row's pattern does not compile.
  subscript(row: Int) -> RegularExpression {
    get throws {
      if let fixed { return fixed }
      return try PatternInput.compile(wrap.prefix + String(texts[row]) + wrap.suffix, span)
    }
  }

  private static func compile(_ pattern: String, _ span: SourceSpan) throws -> RegularExpression {
    do {
      return try RegularExpression.cached(pattern)
    } catch {
      throw Diagnostic("bad-regex", "invalid regular expression: \(error.sentence)", at: span)
    }
  }
}
