extension ScalarFunction {
  /// `in` and its variants. Arrays among the items mean their elements.
  static let membershipOperators: [ScalarFunction] = [
    membership(
      "in", "Returns true if `value` equals one of `items`.", ignoresCase: false, negated: false,
      [.init("2 in (1, 2, 3)", is: "true"), .init(#""b" in (dynamic(["a", "B"]))"#, is: "false")]),
    membership(
      "!in", "Returns true if `value` equals none of `items`.", ignoresCase: false, negated: true,
      [.init("2 !in (1, 2, 3)", is: "false"), .init(#""b" !in (dynamic(["a", "B"]))"#, is: "true")]),
    membership(
      "in~", "Returns true if `value` equals one of `items`, ignoring case.", ignoresCase: true, negated: false,
      [.init(#""b" in~ ("a", "B")"#, is: "true")]),
    membership(
      "!in~", "Returns true if `value` equals none of `items`, ignoring case.", ignoresCase: true,
      negated: true, [.init(#""b" !in~ ("a", "B")"#, is: "false")]),
  ]

  private static func membership(
    _ name: String, _ summary: String, ignoresCase: Bool, negated: Bool, _ examples: [Example]
  ) -> ScalarFunction {
    ScalarFunction(
      name, summary, "value, items, ...", examples: examples,
      overloads: [
        .columns(
          [ignoresCase ? .exactly(.string) : .any], rest: .any, minimumRest: 1,
          result: { shapes in
            let types = shapes.map(\.type)
            return types.dropFirst().allSatisfy { comparableType(types[0], $0) != nil } ? .bool : nil
          },
          kernel: { try isMember($0, ignoresCase: ignoresCase, negated: negated) })
      ], traits: FunctionTraits(notation: .list, meaning: ignoresCase ? nil : .membership(isOutside: negated)))
  }
}

/// The type in which a value and an item are compared; nil if they are not comparable.
private func comparableType(_ value: ScalarType, _ item: ScalarType) -> ScalarType? {
  if value == item || item == .dynamic { return value }
  if value == .dynamic { return .dynamic }
  guard value.isNumeric, item.isNumeric else { return nil }
  // The order of the cases is int, long, real, decimal: the later one can hold the earlier.
  return value.rawValue > item.rawValue ? value : item
}

/// Whether each row's first argument is among the others: an `or` over equalities, including nulls.
///
/// Each item is compared in the type in which `==` compares it, so that items of several types do not change each other.
private func isMember(_ arguments: Arguments, ignoresCase: Bool, negated: Bool) throws -> Vector {
  let n = arguments.count
  let places = 1..<arguments.vectors.count
  let type = arguments[0].type
  let found = Buffer.zeros(byteCount: n), unknown = Buffer.zeros(byteCount: n)
  let constants = places.filter { arguments[$0].isConstant }
  if !constants.isEmpty {
    let make = { MemberSet.sets(of: constants.compactMap { arguments.constant($0) }, for: type, ignoresCase: ignoresCase) }
    let sets = constants.count == places.count ? arguments.prepared(from: places, make) : make()
    for set in sets ?? make() {
      set.look(for: try arguments.converted(0, to: set.type), n, found.view(), unknown.view())
    }
  }
  for place in places where !arguments[place].isConstant {
    if arguments[place].type == .dynamic {
      let call = try arguments.replacing([arguments[0], arguments[place]]).converting(0..<1, to: .dynamic)
      lookInArrays(call, of: type, ignoresCase: ignoresCase, found.view(), unknown.view())
    } else {
      let common = comparableType(type, arguments[place].type) ?? type
      let call = arguments.replacing([try arguments.converted(0, to: common), try arguments.converted(place, to: common)])
      lookAt(call, ignoresCase: ignoresCase, found.view(), unknown.view())
    }
  }
  let out = found.values(UInt8.self), nulls = unknown.values(UInt8.self)
  var anyNull: UInt8 = 0
  for i in 0..<n {
    nulls[i] &= out[i] ^ 1
    anyNull |= nulls[i]
    if negated { out[i] ^= 1 }
  }
  return Vector(.bool, count: n, buffer: found, nulls: anyNull == 0 ? nil : unknown)
}

/// One item that differs from row to row.
private func lookAt(
  _ call: Arguments, ignoresCase: Bool, _ found: BufferView<UInt8>, _ unknown: BufferView<UInt8>
) {
  if ignoresCase {
    let values = Input<Bytes>(call, 0), items = Input<Bytes>(call, 1)
    for row in 0..<call.count where CaselessOrder.areEqual(values[row], items[row]) { found[row] = 1 }
    return
  }
  let verdicts = compared(.equal, call)
  let equal = verdicts.lanes(UInt8.self)
  for row in 0..<call.count {
    if verdicts.isNull(row) { unknown[row] = 1 } else { found[row] |= equal[row] }
  }
}

/// An array that differs from row to row, or a dynamic value that is not an array.
private func lookInArrays(
  _ call: Arguments, of type: ScalarType, ignoresCase: Bool, _ found: BufferView<UInt8>, _ unknown: BufferView<UInt8>
) {
  let values = Input<CompactDynamic>(call, 0), arrays = Input<CompactDynamic>(call, 1)
  var text = ByteBuffer()
  for row in 0..<call.count {
    let value = values.nullable(row)?.cursor
    let list = arrays.nullable(row)?.cursor ?? DynamicCursor(Bytes(start: nil, count: 0))
    let items = list.isArray ? list.elements : [list]
    guard let value, !value.isNull else {
      if items.contains(where: { $0.isNull }) { unknown[row] = 1 }
      continue
    }
    if items.contains(where: { $0.equals(value, of: type, ignoresCase: ignoresCase, &text) }) { found[row] = 1 }
  }
}

extension Value {
  /// An element of an array as the value of `type` that equals it; nil if there is none.
  ///
  /// Texts and numbers convert if nothing is lost; arrays and bags equal only dynamic values. Null is the null of
  /// `type`, except for strings, which have no nulls.
  package static func member(_ element: Dynamic, of type: ScalarType) -> Value? {
    if type == .dynamic { return .dynamic(element) }
    switch (element, type) {
    case (.null, _): return type == .string ? nil : .null(type)
    case (.array, _), (.object, _): return nil
    case (.string(let text), .string): return .string(text)
    case (.long(let number), .long): return .long(number)
    case (.real(let number), .real): return number.isNaN ? nil : .real(number)
    case (.bool(let flag), .bool): return .bool(flag)
    case (.datetime(let ticks), .datetime): return .datetime(ticks)
    case (.timespan(let ticks), .timespan): return .timespan(ticks)
    case (.guid(let guid), .guid): return .guid(guid)
    default: return converted(element, to: type)
    }
  }

  private static func converted(_ element: Dynamic, to type: ScalarType) -> Value? {
    guard let value = Value.dynamic(element).converted(to: type), !value.isNull,
      case .dynamic(let tree)? = value.converted(to: .dynamic)
    else { return nil }
    var compact = ByteBuffer()
    var other = ByteBuffer()
    var text = ByteBuffer()
    DynamicBytes.encode(element, to: &compact)
    DynamicBytes.encode(tree, to: &other)
    let isEqual = compact.withBytes { element in
      other.withBytes { DynamicCursor(element).equals(DynamicCursor($0), of: type, ignoresCase: false, &text) }
    }
    return isEqual ? value : nil
  }
}

/// Constant items, prepared for look-ups.
private final class MemberSet: @unchecked Sendable {
  /// The type in which the members are compared.
  let type: ScalarType
  private let hasNull: Bool
  private let members: Members
  private let owner: AnyObject?

  private enum Members {
    case words(WordMembers)
    case texts(BytesIndex, ignoresCase: Bool)
    case trees([UInt64: [Bytes]])
    case wide(Set<UInt128>)
  }

  /// A set for each type in which a value of `type` is compared with some of the items.
  static func sets(of items: [Value], for type: ScalarType, ignoresCase: Bool) -> [MemberSet] {
    Dictionary(grouping: items) { comparableType(type, $0.type) ?? type }
      .sorted { $0.key.rawValue < $1.key.rawValue }
      .map { MemberSet($0.value, as: $0.key, ignoresCase: ignoresCase) }
  }

  private init(_ items: [Value], as type: ScalarType, ignoresCase: Bool) {
    self.type = type
    let list = items.flatMap { MemberSet.values(of: $0, as: type) }
    hasNull = list.contains(where: \.isNull)
    let builder = VectorBuilder(type, capacity: list.count)
    for value in list where !value.isNull { builder.append(value) }
    let vector = builder.finish()
    let n = vector.count
    switch type.lane {
    case .byte: members = .words(WordMembers((0..<n).map { UInt64(vector.lanes(UInt8.self)[$0]) }))
    case .word: members = .words(WordMembers((0..<n).map { vector.lanes(UInt64.self)[$0] }))
    case .float:
      let numbers = (0..<n).map { vector.lanes(Double.self)[$0] }
      members = .words(WordMembers(numbers.filter { !$0.isNaN }.map { ($0 + 0).bitPattern }))
    case .wide: members = .wide(Set((0..<n).map { vector.lanes(UInt128.self)[$0] }))
    case .bytes where type == .dynamic:
      var trees: [UInt64: [Bytes]] = [:]
      for i in 0..<n { trees[DynamicBytes.hash(vector.bytes(at: i)), default: []].append(vector.bytes(at: i)) }
      members = .trees(trees)
      owner = vector.keepAlive
      return
    case .bytes:
      let arena = ByteArena()
      let index = BytesIndex(capacity: n)
      var folded = ByteBuffer()
      for i in 0..<n {
        folded.removeAll()
        if ignoresCase { TextChange.fold(vector.bytes(at: i), to: &folded) } else { folded.append(vector.bytes(at: i)) }
        _ = folded.withBytes { index.insert(arena.copying($0), code: 0) }
      }
      members = .texts(index, ignoresCase: ignoresCase)
      owner = arena
      return
    }
    owner = nil
  }

  /// An item as values of `type`: an array gives its elements; a number that `type` lacks, such as NaN among decimals, is
  /// null, as it is for `==`.
  private static func values(of item: Value, as type: ScalarType) -> [Value] {
    guard case .dynamic(let tree) = item else {
      if item.isNull { return [.null(type)] }
      return [item.converted(to: type) ?? .null(type)]
    }
    guard case .array(let elements) = tree else { return Value.member(tree, of: type).map { [$0] } ?? [] }
    return elements.compactMap { Value.member($0, of: type) }
  }

  func look(
    for value: Vector, _ n: Int, _ found: BufferView<UInt8>, _ unknown: BufferView<UInt8>
  ) {
    let step = value.isConstant ? 0 : 1
    switch members {
    case .words(let set):
      switch value.type.lane {
      case .byte:
        let lanes = value.lanes(UInt8.self)
        for i in 0..<n { found[i] |= set.contains(UInt64(lanes[i &* step])) ? 1 : 0 }
      case .float:
        let lanes = value.lanes(Double.self)
        for i in 0..<n { found[i] |= set.contains((lanes[i &* step] + 0).bitPattern) ? 1 : 0 }
      case .word, .bytes, .wide:
        let lanes = value.lanes(UInt64.self)
        for i in 0..<n { found[i] |= set.contains(lanes[i &* step]) ? 1 : 0 }
      }
    case .wide(let set):
      let lanes = value.lanes(UInt128.self)
      for i in 0..<n { found[i] |= set.contains(lanes[i &* step]) ? 1 : 0 }
    case .texts(let index, ignoresCase: false):
      let lanes = value.lanes(Bytes.self)
      for i in 0..<n { found[i] |= index.code(of: lanes[i &* step]) == nil ? 0 : 1 }
    case .texts(let index, ignoresCase: true):
      let lanes = value.lanes(Bytes.self)
      var folded = ByteBuffer()
      for i in 0..<n {
        folded.removeAll()
        TextChange.fold(lanes[i &* step], to: &folded)
        found[i] |= folded.withBytes { index.code(of: $0) } == nil ? 0 : 1
      }
    case .trees(let trees):
      let lanes = value.lanes(Bytes.self)
      for i in 0..<n where !value.isNull(i) {
        let bytes = lanes[i &* step]
        let like = trees[DynamicBytes.hash(bytes)] ?? []
        found[i] |= like.contains { DynamicBytes.areEqual($0, bytes) } ? 1 : 0
      }
    }
    guard value.nulls != nil else { return }
    for i in 0..<n where value.isNull(i) {
      found[i] = 0
      if hasNull { unknown[i] = 1 }
    }
  }
}

/// A set of 64-bit numbers: searched one by one if they are few, by hash if many.
private struct WordMembers: Sendable {
  private let few: [UInt64]
  private let slots: [UInt64]
  private let mask: Int
  private let hasZero: Bool

  init(_ words: [UInt64]) {
    hasZero = words.contains(0)
    guard words.count > 8 else {
      few = words
      slots = []
      mask = 0
      return
    }
    few = []
    var size = 16
    while size < words.count &* 2 { size &*= 2 }
    mask = size &- 1
    // Zero marks a free slot; the number zero is stored separately.
    var table = [UInt64](repeating: 0, count: size)
    for word in words where word != 0 {
      var place = Int(truncatingIfNeeded: mixHash(word)) & mask
      while table[place] != 0 && table[place] != word { place = (place &+ 1) & mask }
      table[place] = word
    }
    slots = table
  }

  @inline(__always) func contains(_ word: UInt64) -> Bool {
    if slots.isEmpty { return few.contains(word) }
    if word == 0 { return hasZero }
    var place = Int(truncatingIfNeeded: mixHash(word)) & mask
    while slots[place] != 0 {
      if slots[place] == word { return true }
      place = (place &+ 1) & mask
    }
    return false
  }
}
