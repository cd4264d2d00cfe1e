import Glibc

/// Columns of text: codes into a table of distinct texts while those are few, else bytes.
extension ColumnWriter {
  @inline(never)
  func readCodes(_ batch: FieldBatch, _ column: Int, _ table: TextTable) {
    let out = lanes.values(UInt32.self) + count
    let base = batch.base
    let step = batch.columns &+ 1
    let quote = batch.quote
    var marks = batch.marks + column
    var slots = table.slots
    var slotMask = table.mask
    var entries = table.entries.base
    var emptyCode = UInt32.max
    var last = base
    var lastCount = -1
    var lastCode: UInt32 = 0
    for row in 0..<batch.rows {
      let start = Int(marks[0]) &+ 1
      var n = Int(marks[1]) &- start
      marks += step
      var p = base + start
      if n <= 0 {
        if emptyCode == UInt32.max {
          emptyCode = table.code(base, 0)
          (slots, slotMask, entries) = (table.slots, table.mask, table.entries.base)
        }
        out[row] = emptyCode
        continue
      }
      if p[0] == quote {
        let inner = unquoted(Bytes(start: p, count: n), quote)
        n = inner.count
        p = inner.baseAddress ?? base
      }
      if n == lastCount, TextTable.equal(p, last, n) {
        out[row] = lastCode
        continue
      }
      let hash = TextTable.hash(p, n)
      if let known = TextTable.find(p, n, hash, slots, slotMask, entries) {
        lastCode = known
      } else {
        lastCode = batch.isASCII ? table.insert(p, n, hash) : codeOfNew(Bytes(start: p, count: n), table)
        (slots, slotMask, entries) = (table.slots, table.mask, table.entries.base)
      }
      out[row] = lastCode
      lastCount = entries[Int(lastCode)].count
      last = UnsafePointer(entries[Int(lastCode)].baseAddress.unsafelyUnwrapped)
    }
  }

  /// The same for a table that does not fit the cache: each step is a loop of its own over the batch, so that
  /// the processor waits for many rows' memory at once.
  @inline(never)
  func readManyCodes(_ batch: FieldBatch, _ column: Int, _ table: TextTable) {
    let out = lanes.values(UInt32.self) + count
    let base = batch.base
    let step = batch.columns &+ 1
    let quote = batch.quote
    let lookups = self.lookups ?? Buffer(of: TextLookup.self, count: 1024)
    self.lookups = lookups
    let rows = Swift.min(batch.rows, 1024)
    let pending = lookups.values(TextLookup.self)
    let slots = table.slots
    let slotMask = table.mask
    var marks = batch.marks + column
    for row in 0..<rows {
      let start = Int(marks[0]) &+ 1
      var n = Swift.max(0, Int(marks[1]) &- start)
      marks += step
      var p = base + start
      if n > 0 && p[0] == quote {
        if n >= 2 && p[n &- 1] == quote && memchr(p + 1, Int32(quote), n &- 2) == nil {
          p += 1
          n &-= 2
        } else {
          // Quotes inside must be removed first; -1 marks that.
          n = -1
        }
      }
      let hash = n < 0 ? 0 : TextTable.hash(p, n)
      pending[row] = TextLookup(p: p, n: n, hash: hash, slot: slots[Int(truncatingIfNeeded: hash) & slotMask], entry: base)
    }
    let entries = table.entries.base
    for row in 0..<rows {
      let slot = pending[row].slot
      let isLikely = slot != 0 && (slot ^ pending[row].hash) &>> 32 == 0 && pending[row].n > 0
      let entry = entries[isLikely ? Int(UInt32(truncatingIfNeeded: slot) &- 1) : 0]
      if isLikely && entry.count == pending[row].n {
        pending[row].entry = UnsafePointer(entry.baseAddress.unsafelyUnwrapped)
      } else {
        pending[row].slot = 0
      }
    }
    for row in 0..<rows {
      let lookup = pending[row]
      if lookup.slot != 0 && TextTable.equal(lookup.p, lookup.entry, lookup.n) {
        out[row] = UInt32(truncatingIfNeeded: lookup.slot) &- 1
      } else {
        out[row] = codeOf(lookup, batch, row, column, table)
      }
    }
  }

  @inline(never)
  func codeOf(
    _ lookup: TextLookup, _ batch: FieldBatch, _ row: Int, _ column: Int, _ table: TextTable
  ) -> UInt32 {
    var text = Bytes(start: lookup.p, count: Swift.max(0, lookup.n))
    if lookup.n < 0 { text = unquoted(batch.field(row, column), batch.quote) }
    let p = text.baseAddress.map { UnsafePointer($0) } ?? batch.base
    let hash = TextTable.hash(p, text.count)
    return TextTable.find(p, text.count, hash, table.slots, table.mask, table.entries.base)
      ?? (batch.isASCII ? table.insert(p, text.count, hash) : codeOfNew(Bytes(start: p, count: text.count), table))
  }

  @inline(never)
  func readTexts(_ batch: FieldBatch, _ column: Int) {
    let out = lanes.values(Bytes.self) + count
    let base = batch.base
    let step = batch.columns &+ 1
    let quote = batch.quote
    var total = 0
    var marks = batch.marks + column
    for _ in 0..<batch.rows {
      total &+= Swift.max(0, Int(marks[1]) &- Int(marks[0]) &- 1)
      marks += step
    }
    let text = Buffer(byteCount: total)
    texts.append(text)
    var next = text.values(UInt8.self)
    marks = batch.marks + column
    for row in 0..<batch.rows {
      let start = Int(marks[0]) &+ 1
      let n = Int(marks[1]) &- start
      marks += step
      if n <= 0 {
        out[row] = Bytes(start: nil, count: 0)
        continue
      }
      var field = Bytes(start: base + start, count: n)
      if field[0] == quote { field = unquoted(field, quote) }
      if !batch.isASCII && !isUTF8(field) {
        out[row] = room.copying(valid(field))
        continue
      }
      memcpy(next, field.baseAddress ?? base, field.count)
      out[row] = Bytes(start: next, count: field.count)
      next += field.count
    }
  }

  func storeText(_ text: Bytes, at place: Int) {
    guard let table else {
      lanes.values(Bytes.self)[place] = room.copying(valid(text))
      return
    }
    let p = padding(text)
    let hash = TextTable.hash(p, text.count)
    lanes.values(UInt32.self)[place] =
      TextTable.find(p, text.count, hash, table.slots, table.mask, table.entries.base)
      ?? codeOfNew(Bytes(start: p, count: text.count), table)
  }

  /// The code of a text that the table does not contain as it is; it may contain its repaired form.
  @inline(never)
  func codeOfNew(_ text: Bytes, _ table: TextTable) -> UInt32 {
    let fit = isUTF8(text) ? text : valid(text)
    let p = fit.baseAddress == text.baseAddress ? fit.baseAddress.map { UnsafePointer($0) } ?? padding(fit) : padding(fit)
    return table.code(p, fit.count)
  }

  /// A copy of `text` with loadable bytes after it, until the next call.
  func padding(_ text: Bytes) -> UnsafePointer<UInt8> {
    padded.grow(to: text.count, keeping: 0)
    if let source = text.baseAddress { memmove(padded.base, source, text.count) }
    return UnsafePointer(padded.base)
  }

  /// The text of a field that may be quoted; valid until the next call.
  func unquoted(_ field: Bytes, _ quote: UInt8) -> Bytes {
    guard field.count > 0, let base = field.baseAddress, base[0] == quote else { return field }
    let n = field.count
    if n >= 2, base[n &- 1] == quote, memchr(base + 1, Int32(quote), n &- 2) == nil {
      return Bytes(start: base + 1, count: n &- 2)
    }
    cleaned.removeAll()
    var at = 1
    while at < n {
      guard let found = memchr(base + at, Int32(quote), n &- at) else {
        cleaned.append(field.part(from: at))
        break
      }
      let place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      let isDoubled = place &+ 1 < n && base[place &+ 1] == quote
      cleaned.append(field.part(from: at, to: isDoubled ? place &+ 1 : place))
      at = place &+ (isDoubled ? 2 : 1)
      if !isDoubled {
        // After the closing quote every character is literal.
        cleaned.append(field.part(from: at))
        break
      }
    }
    return cleaned.withBytes { Bytes(start: padding($0), count: $0.count) }
  }

  /// The same text with U+FFFD in place of invalid UTF-8; valid until the next call.
  func valid(_ text: Bytes) -> Bytes {
    if isUTF8(text) { return text }
    repairedTexts &+= 1
    repaired.removeAll()
    repaired.append(String(decoding: text, as: UTF8.self))
    return repaired.withBytes { room.copying($0) }
  }

  /// Memory of the current group for values of varying size.
  var room: ByteArena {
    if let arena { return arena }
    let made = ByteArena()
    arena = made
    texts.append(made)
    return made
  }
}

/// A text while its code is looked up.
struct TextLookup: BitwiseCopyable {
  var p: UnsafePointer<UInt8>
  var n: Int
  var hash: UInt64
  var slot: UInt64
  var entry: UnsafePointer<UInt8>
}

/// Whether the bytes are well-formed UTF-8.
package func isUTF8(_ text: Bytes) -> Bool {
  guard let p = text.baseAddress else { return true }
  let n = text.count
  var at = 0
  while at < n {
    if at &+ 8 <= n && load8(p + at) & 0x8080_8080_8080_8080 == 0 {
      at &+= 8
      continue
    }
    let first = p[at]
    if first < 0x80 {
      at &+= 1
      continue
    }
    let size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, first <= 0xF4, at &+ size <= n else { return false }
    let second = p[at &+ 1]
    let low: UInt8 = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80
    let high: UInt8 = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF
    guard second >= low, second <= high else { return false }
    for i in 2..<Swift.max(size, 2) where p[at &+ i] & 0xC0 != 0x80 { return false }
    at &+= size
  }
  return true
}
