import Glibc
import PlumbDiagnostics

/// How the values of some key columns are packed into 64-bit lanes, one or several per row.
///
/// Equal keys give equal lanes, including nulls, over all chunks and workers. Bounded values need as
/// few bits as possible; texts are numbered by their dictionary or an interner.
final class KeyLayout: Sendable {
  /// How one column becomes bits.
  enum Part: Sendable {
    /// `value - low + 1`, 0 for null.
    case bounded(low: Int64)
    /// 1, 2 for false, true; 0 for null.
    case flag
    /// The 64 bits of the value, and a null bit elsewhere.
    case whole
    /// A number from the interner plus 1; 0 for null.
    case interned(SharedInterner)
  }

  struct Field: Sendable {
    let part: Part
    let type: ScalarType
    let word: Int
    let shift: Int
    let bits: Int
    /// The position of the null bit, for `.whole`.
    let nullWord: Int
    let nullShift: Int
  }

  let fields: [Field]
  /// The indices of fields whose texts do not have a known dictionary.
  let openTexts: [Int]
  /// The number of 64-bit lanes per key.
  let wordCount: Int
  /// If keys are one lane below this number, they can index an array.
  let slotCount: Int?

  init(_ types: [ScalarType], bounds: [KeyBounds]) {
    var word = 0, used = 0
    var fields: [Field] = []
    var open: [(part: Part, type: ScalarType, bits: Int, index: Int)] = []
    for (index, type) in types.enumerated() {
      switch (type.lane, bounds[index]) {
      case (.byte, _): open.append((.flag, type, 2, index))
      case (.word, .words(let range)):
        let span = UInt64(bitPattern: range.upperBound &- range.lowerBound)
        if span < UInt64.max / 4 {
          open.append((.bounded(low: range.lowerBound), type, 64 - (span + 1).leadingZeroBitCount, index))
        } else {
          open.append((.whole, type, 64, index))
        }
      case (.word, _), (.float, _): open.append((.whole, type, 64, index))
      case (.bytes, .codes(let dictionary)) where type == .string:
        let interner = SharedInterner()
        _ = interner.translation(of: dictionary)
        let bits = 64 - UInt64(dictionary.count + 1).leadingZeroBitCount
        open.append((.interned(interner), type, bits, index))
      case (.bytes, _), (.wide, _): open.append((.interned(SharedInterner()), type, 33, index))
      }
    }
    // Whole lanes first, then the narrow parts packed together; a null bit for each whole lane at the end.
    var placed: [(index: Int, Field)] = []
    var wholes: [(index: Int, part: Part, type: ScalarType, word: Int)] = []
    for item in open where item.bits == 64 {
      wholes.append((item.index, item.part, item.type, word))
      word += 1
    }
    func place(_ bits: Int) -> (word: Int, shift: Int) {
      if used + bits > 64 {
        word += 1
        used = 0
      }
      defer { used += bits }
      return (word, used)
    }
    for item in open where item.bits < 64 {
      let (at, shift) = place(item.bits)
      placed.append(
        (
          item.index,
          Field(
            part: item.part, type: item.type, word: at, shift: shift, bits: item.bits, nullWord: 0,
            nullShift: 0)
        ))
    }
    for whole in wholes {
      let (at, shift) = place(1)
      placed.append(
        (
          whole.index,
          Field(
            part: whole.part, type: whole.type, word: whole.word, shift: 0, bits: 64, nullWord: at,
            nullShift: shift)
        ))
    }
    fields = placed.sorted { $0.index < $1.index }.map(\.1)
    self.fields = fields
    openTexts = fields.indices.filter {
      if case .interned = fields[$0].part { return fields[$0].type == .string && fields[$0].bits == 33 }
      return false
    }
    wordCount = used > 0 ? word + 1 : Swift.max(word, 1)
    let interned = open.contains { if case .interned = $0.part { true } else { false } }
    let isDense = wholes.isEmpty && wordCount == 1 && used <= 20 && (!interned || Self.isBounded(types, bounds))
    slotCount = isDense ? 1 << used : nil
  }

  /// Texts only from known dictionaries. (A new text would get a number that needs more bits.)
  private static func isBounded(_ types: [ScalarType], _ bounds: [KeyBounds]) -> Bool {
    zip(types, bounds).allSatisfy { type, bounds in
      guard type.lane == .bytes || type.lane == .wide else { return true }
      if case .codes = bounds { return true }
      return false
    }
  }

  /// If the only key is codes that index an array: the codes as they are, each the key minus 1.
  func directCodes(_ vectors: [Vector]) -> Vector? {
    guard slotCount != nil, fields.count == 1, case .interned(let interner) = fields[0].part,
      let vector = vectors.first, !vector.isConstant, vector.encoding.isCodes, vector.nulls == nil,
      let dictionary = vector.dictionary, interner.translation(of: dictionary) == nil
    else { return nil }
    return vector
  }

  /// The keys of `count` rows: `wordCount` lanes per row, row after row.
  func words(of vectors: [Vector], count: Int) -> Buffer {
    let result = Buffer.zeros(byteCount: count &* wordCount &* 8)
    for (field, vector) in zip(fields, vectors) {
      pack(vector, field, result.values(UInt64.self), step: wordCount, count)
    }
    return result
  }

  func pack(
    _ vector: Vector, _ field: Field, _ out: UnsafeMutablePointer<UInt64>, step: Int, _ count: Int
  ) {
    let target = out + field.word
    switch field.part {
    case .flag:
      let values = vector.lanes(UInt8.self)
      let stride = vector.isConstant ? 0 : 1
      for i in 0..<count {
        let bits = vector.isNull(i) ? 0 : UInt64(values[i &* stride]) &+ 1
        target[i &* step] |= bits &<< UInt64(field.shift)
      }
    case .bounded(let low): packBounded(vector, low, field, target, step, count)
    case .whole: packWhole(vector, field, out, step, count)
    case .interned(let interner): packInterned(vector, interner, field, target, step, count)
    }
  }

  private func packBounded(
    _ vector: Vector, _ low: Int64, _ field: Field, _ target: UnsafeMutablePointer<UInt64>, _ step: Int,
    _ count: Int
  ) {
    let shift = UInt64(field.shift)
    let base = low &- 1
    if vector.isConstant {
      if vector.isNull(0) { return }
      let bits = UInt64(bitPattern: vector.decoded().lanes(Int64.self)[0] &- base) &<< shift
      for i in 0..<count { target[i &* step] |= bits }
      return
    }
    let plain = vector.decoded()
    let values = plain.lanes(Int64.self)
    if let nulls = plain.nulls {
      for i in 0..<count where nulls[i] == 0 {
        target[i &* step] |= UInt64(bitPattern: values[i] &- base) &<< shift
      }
    } else if step == 1 {
      for i in 0..<count { target[i] |= UInt64(bitPattern: values[i] &- base) &<< shift }
    } else {
      for i in 0..<count { target[i &* step] |= UInt64(bitPattern: values[i] &- base) &<< shift }
    }
  }

  private func packWhole(
    _ vector: Vector, _ field: Field, _ out: UnsafeMutablePointer<UInt64>, _ step: Int, _ count: Int
  ) {
    let plain = vector.decoded().expanded()
    let target = out + field.word
    if field.type == .real {
      let values = plain.lanes(Double.self)
      for i in 0..<count {
        // One zero and one NaN.
        let value = values[i] == 0 ? 0.0 : values[i].isNaN ? Double.nan : values[i]
        target[i &* step] = value.bitPattern
      }
    } else {
      let values = plain.lanes(UInt64.self)
      for i in 0..<count { target[i &* step] = values[i] }
    }
    if let nulls = plain.nulls {
      let nullTarget = out + field.nullWord
      for i in 0..<count where nulls[i] != 0 {
        target[i &* step] = 0
        nullTarget[i &* step] |= 1 &<< UInt64(field.nullShift)
      }
    }
  }

  private func packInterned(
    _ vector: Vector, _ interner: SharedInterner, _ field: Field, _ target: UnsafeMutablePointer<UInt64>,
    _ step: Int, _ count: Int
  ) {
    let shift = UInt64(field.shift)
    let numbers: BufferView<UInt32>
    if !vector.isConstant, vector.encoding.isCodes, let dictionary = vector.dictionary {
      let translation = interner.translation(of: dictionary)
      if translation == nil, vector.nulls == nil {
        switch vector.encoding {
        case .codes8: packCodes(UInt8.self, vector, target, step, shift, count)
        case .codes16: packCodes(UInt16.self, vector, target, step, shift, count)
        case .plain, .narrow, .codes32: packCodes(UInt32.self, vector, target, step, shift, count)
        }
        return
      }
      let codes = vector.wideCodes()
      if let translation {
        let table = translation.values(UInt32.self)
        let made = BufferView<UInt32>(count: count)
        for i in 0..<count { made[i] = table[Int(codes[i])] }
        numbers = made
      } else {
        numbers = codes
      }
    } else {
      let made = BufferView<UInt32>(count: count)
      let plain = vector.decoded()
      let single = plain.isConstant ? Swift.min(count, 1) : count
      plain.withKeyBytes(count: single) { texts in
        made.withPointer { interner.numbers(of: texts, count: single, into: $0) }
      }
      if plain.isConstant, count > 1 { made.fill(0, count: count, with: made[0]) }
      numbers = made
    }
    for i in 0..<count where !vector.isNull(i) {
      target[i &* step] |= (UInt64(numbers[i]) &+ 1) &<< shift
    }
  }

  @inline(__always)
  private func packCodes<C: FixedWidthInteger>(
    _: C.Type, _ vector: Vector, _ target: UnsafeMutablePointer<UInt64>, _ step: Int, _ shift: UInt64,
    _ count: Int
  ) {
    let codes = vector.lanes(C.self)
    if step == 1 {
      for i in 0..<count { target[i] |= (UInt64(truncatingIfNeeded: codes[i]) &+ 1) &<< shift }
    } else {
      for i in 0..<count { target[i &* step] |= (UInt64(truncatingIfNeeded: codes[i]) &+ 1) &<< shift }
    }
  }

  /// The key columns again, from `count` keys.
  func vectors(from words: UnsafePointer<UInt64>, count: Int) -> [Vector] {
    fields.map { column($0, words, count) }
  }

  func column(_ field: Field, _ words: UnsafePointer<UInt64>, _ count: Int) -> Vector {
    let source = words + field.word
    let step = wordCount
    let mask = Buffer.zeros(byteCount: count)
    let nulls = mask.values(UInt8.self)
    var any = false
    let low = field.bits == 64 ? UInt64.max : (1 &<< UInt64(field.bits)) &- 1
    @inline(__always) func bits(_ i: Int) -> UInt64 { (source[i &* step] &>> UInt64(field.shift)) & low }
    func note(_ i: Int) {
      nulls[i] = 1
      any = true
    }
    switch field.part {
    case .flag:
      let result = Buffer(byteCount: count)
      for i in 0..<count {
        let value = bits(i)
        result.values(UInt8.self)[i] = value == 2 ? 1 : 0
        if value == 0 { note(i) }
      }
      return Vector(field.type, count: count, buffer: result, nulls: any ? mask : nil)
    case .bounded(let base):
      let result = Buffer(of: Int64.self, count: count)
      let out = result.values(Int64.self)
      for i in 0..<count {
        let value = bits(i)
        out[i] = Int64(bitPattern: value) &- 1 &+ base
        if value == 0 { note(i) }
      }
      return Vector(field.type, count: count, buffer: result, nulls: any ? mask : nil)
    case .whole:
      let result = Buffer(of: UInt64.self, count: count)
      let nullSource = words + field.nullWord
      for i in 0..<count {
        result.values(UInt64.self)[i] = source[i &* step]
        if (nullSource[i &* step] &>> UInt64(field.nullShift)) & 1 != 0 { note(i) }
      }
      return Vector(field.type, count: count, buffer: result, nulls: any ? mask : nil)
    case .interned(let interner):
      let dictionary = interner.dictionary()
      let codes = Buffer(of: UInt32.self, count: count)
      for i in 0..<count {
        let value = bits(i)
        codes.values(UInt32.self)[i] = value == 0 ? 0 : UInt32(truncatingIfNeeded: value &- 1)
        if value == 0 { note(i) }
      }
      if any && dictionary.count == 0 { return .constant(.null(field.type), count: count).expanded() }
      let coded = Vector(
        field.type == .string ? .string : .dynamic, count: count, data: codes.base, owner: codes,
        encoding: .codes32, dictionary: dictionary)
      if field.type == .string { return coded }
      let plain = coded.decoded()
      if field.type.lane == .wide { return plain.wideFromBytes(field.type, nulls: any ? mask : nil) }
      return plain.replacingNulls(any ? mask : nil)
    }
  }
}

extension Vector {
  /// The values as byte strings for an interner: texts as they are, 16-byte values by their memory.
  fileprivate func withKeyBytes(count: Int, _ body: (UnsafePointer<Bytes>) -> Void) {
    if type.lane == .bytes { return body(lanes(Bytes.self)) }
    let views = Buffer(of: Bytes.self, count: count)
    for i in 0..<count {
      views.values(Bytes.self)[i] = Bytes(
        start: (data + i &* 16).assumingMemoryBound(to: UInt8.self), count: 16)
    }
    body(UnsafePointer(views.values(Bytes.self)))
  }

  /// 16-byte values again, from byte strings of their memory.
  fileprivate func wideFromBytes(_ type: ScalarType, nulls mask: Buffer?) -> Vector {
    let result = Buffer.zeros(byteCount: count &* 16)
    let views = lanes(Bytes.self)
    for i in 0..<count where views[i].count == 16 {
      if let base = views[i].baseAddress { memcpy(result.base + i &* 16, base, 16) }
    }
    return Vector(type, count: count, buffer: result, nulls: mask)
  }
}
