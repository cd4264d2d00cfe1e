import Glibc

/// The values of one column as one worker reads them, a row group at a time.
///
/// - Memory: lanes grow up to a full row group and are kept; `seal` copies what is there to its exact size.
/// - Strings are codes of the worker's own table until most of them turn out to be distinct; then texts are
///   copied behind plain lanes.
/// - Failures: a field that is no value of the type becomes null, and its row is noted.
final class ColumnWriter {
  let type: ScalarType
  private(set) var count = 0
  /// Rows of the current group whose field could not be read.
  var failures: [Int] = []
  private(set) var table: TextTable?
  private var lanes: Buffer
  private var mask: Buffer
  private var capacity = 1024
  private var anyNull: UInt8 = 0
  private var texts: [AnyObject] = []
  private var arena: ByteArena?
  private var rowsSealed = 0
  private var cleaned = ByteBuffer()
  private var repaired = ByteBuffer()
  private let padded = BlockBuffer(capacity: 64)
  private var lookups: Buffer?

  init(_ type: ScalarType) {
    self.type = type
    lanes = Buffer(byteCount: capacity &* type.lane.stride)
    mask = Buffer(byteCount: capacity)
    if type == .string { table = TextTable() }
  }

  private var stride: Int { table == nil ? type.lane.stride : 4 }

  @inline(__always) private func makeRoom(for rows: Int) {
    if count &+ rows > capacity { grow(to: count &+ rows) }
  }

  private func grow(to needed: Int) {
    var larger = capacity
    while larger < needed { larger &*= 2 }
    let nextLanes = Buffer(byteCount: larger &* type.lane.stride)
    memcpy(nextLanes.base, lanes.base, count &* stride)
    let nextMask = Buffer(byteCount: larger)
    memcpy(nextMask.base, mask.base, count)
    lanes = nextLanes
    mask = nextMask
    capacity = larger
  }

  // MARK: Fields of delimited text

  /// Reads a column of the batch; the group must have room for its rows.
  func read(_ batch: FieldBatch, _ column: Int) {
    guard batch.rows > 0 else { return }
    makeRoom(for: batch.rows)
    switch type {
    case .long: readLongs(batch, column, within: Int64.min...Int64.max)
    case .int: readLongs(batch, column, within: Int64(Int32.min)...Int64(Int32.max))
    case .real: readReals(batch, column)
    case .datetime: readMoments(batch, column)
    case .string:
      if let table {
        if table.count < 4096 { readCodes(batch, column, table) } else { readManyCodes(batch, column, table) }
      } else {
        readTexts(batch, column)
      }
    case .bool, .decimal, .timespan, .guid, .dynamic: readOthers(batch, column)
    }
    count &+= batch.rows
  }

  /// A field without its quotes and the white space around it.
  private func plain(_ batch: FieldBatch, _ row: Int, _ column: Int) -> Bytes {
    unquoted(batch.field(row, column), batch.quote).trimmed
  }

  @inline(never)
  private func readLongs(_ batch: FieldBatch, _ column: Int, within range: ClosedRange<Int64>) {
    let out = lanes.values(Int64.self) + count
    let nulls = mask.values(UInt8.self) + count
    let base = batch.base
    let powers = FieldText.powers
    let step = batch.columns &+ 1
    let lower = range.lowerBound, upper = range.upperBound
    var marks = batch.marks + column
    var any: UInt8 = 0
    for row in 0..<batch.rows {
      let start = Int(marks[0]) &+ 1
      let n = Int(marks[1]) &- start
      marks += step
      var value: Int64 = 0
      var isNull: UInt8 = 0
      if n <= 0 {
        isNull = 1
      } else if let fast = FieldText.long(base + start, n, powers), fast >= lower, fast <= upper {
        value = fast
      } else {
        let text = plain(batch, row, column)
        if let slow = NumberText.parseInt64(text), range.contains(slow) {
          value = slow
        } else {
          isNull = 1
          if !text.isEmpty { failures.append(count &+ row) }
        }
      }
      out[row] = value
      nulls[row] = isNull
      any |= isNull
    }
    anyNull |= any
  }

  @inline(never)
  private func readReals(_ batch: FieldBatch, _ column: Int) {
    let out = lanes.values(Double.self) + count
    let nulls = mask.values(UInt8.self) + count
    let base = batch.base
    let powers = FieldText.powers
    let step = batch.columns &+ 1
    var marks = batch.marks + column
    var any: UInt8 = 0
    for row in 0..<batch.rows {
      let start = Int(marks[0]) &+ 1
      let n = Int(marks[1]) &- start
      marks += step
      var value = 0.0
      var isNull: UInt8 = 0
      if n <= 0 {
        isNull = 1
      } else if let fast = FieldText.real(base + start, n, powers) {
        value = fast
      } else {
        let text = plain(batch, row, column)
        if let slow = NumberText.parseDouble(text) {
          value = slow
        } else {
          isNull = 1
          if !text.isEmpty { failures.append(count &+ row) }
        }
      }
      out[row] = value
      nulls[row] = isNull
      any |= isNull
    }
    anyNull |= any
  }

  /// Rows near each other are often of one day, whose ticks are then known.
  @inline(never)
  private func readMoments(_ batch: FieldBatch, _ column: Int) {
    let out = lanes.values(Int64.self) + count
    let nulls = mask.values(UInt8.self) + count
    let base = batch.base
    let powers = FieldText.powers
    let step = batch.columns &+ 1
    var marks = batch.marks + column
    var any: UInt8 = 0
    var dayFront: UInt64 = 0
    var dayBack: UInt64 = 0
    var dayTicks: Int64 = -1
    for row in 0..<batch.rows {
      let start = Int(marks[0]) &+ 1
      let n = Int(marks[1]) &- start
      marks += step
      var value: Int64 = 0
      var isNull: UInt8 = 0
      let p = base + start
      if n <= 0 {
        isNull = 1
      } else {
        var isRead = false
        if n >= 19 && n <= 28 {
          let back = load8(p + 8)
          if load8(p) != dayFront || back & 0xFFFF != dayBack {
            dayFront = load8(p)
            dayBack = back & 0xFFFF
            let isDate = p[4] == 0x2D && p[7] == 0x2D
            dayTicks = isDate ? DateTime.parse(Bytes(start: p, count: 10)) ?? -1 : -1
          }
          if dayTicks >= 0, p[10] == 0x54 || p[10] == 0x20, let time = FieldText.timeOfDay(p, n, powers) {
            value = dayTicks &+ time
            isRead = true
          }
        }
        if !isRead {
          let text = plain(batch, row, column)
          if let slow = DateTime.parse(text) {
            value = slow
          } else {
            isNull = 1
            if !text.isEmpty { failures.append(count &+ row) }
          }
        }
      }
      out[row] = value
      nulls[row] = isNull
      any |= isNull
    }
    anyNull |= any
  }

  @inline(never)
  private func readOthers(_ batch: FieldBatch, _ column: Int) {
    for row in 0..<batch.rows {
      let text = plain(batch, row, column)
      let place = count &+ row
      let isRead = !text.isEmpty && store(text, at: place)
      if !isRead { storeNull(at: place) }
      if !isRead && !text.isEmpty { failures.append(place) }
    }
  }

  /// Reads one text as a value of the column's type; false when it is none.
  private func store(_ text: Bytes, at place: Int) -> Bool {
    mask.values(UInt8.self)[place] = 0
    switch type {
    case .bool:
      guard let flag = parseBool(text) else { return false }
      lanes.values(UInt8.self)[place] = flag ? 1 : 0
    case .timespan:
      guard let ticks = TimeSpan.parse(text) else { return false }
      lanes.values(Int64.self)[place] = ticks
    case .decimal:
      guard let number = Decimal128.parse(text) else { return false }
      lanes.values(Decimal128.self)[place] = number
    case .guid:
      guard let guid = GUID.parse(text) else { return false }
      lanes.values(GUID.self)[place] = guid
    case .dynamic:
      // Text that is no JSON is a dynamic string.
      cleaned.removeAll()
      do { try JSONText.parse(text, to: &cleaned) } catch { cleaned.appendString(valid(text)) }
      lanes.values(Bytes.self)[place] = cleaned.withBytes { room.copying($0) }
    case .int, .long:
      guard let number = NumberText.parseInt64(text), type == .long || Int32(exactly: number) != nil else {
        return false
      }
      lanes.values(Int64.self)[place] = number
    case .datetime:
      guard let ticks = DateTime.parse(text) else { return false }
      lanes.values(Int64.self)[place] = ticks
    case .real:
      guard let number = NumberText.parseDouble(text) else { return false }
      lanes.values(Double.self)[place] = number
    case .string: storeText(text, at: place)
    }
    return true
  }

  // MARK: Strings

  @inline(never)
  private func readCodes(_ batch: FieldBatch, _ column: Int, _ table: TextTable) {
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
  private func readManyCodes(_ batch: FieldBatch, _ column: Int, _ table: TextTable) {
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
          // Quotes inside have to be taken out first; -1 marks that.
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
  private func codeOf(
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
  private func readTexts(_ batch: FieldBatch, _ column: Int) {
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

  private func storeText(_ text: Bytes, at place: Int) {
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

  /// The code of a text that the table does not have as it stands; it may have its repaired form.
  @inline(never)
  private func codeOfNew(_ text: Bytes, _ table: TextTable) -> UInt32 {
    let fit = isUTF8(text) ? text : valid(text)
    let p = fit.baseAddress == text.baseAddress ? fit.baseAddress.map { UnsafePointer($0) } ?? padding(fit) : padding(fit)
    return table.code(p, fit.count)
  }

  /// A copy of `text` with bytes to load behind it, until the next call.
  private func padding(_ text: Bytes) -> UnsafePointer<UInt8> {
    padded.grow(to: text.count, keeping: 0)
    if let source = text.baseAddress { memmove(padded.base, source, text.count) }
    return UnsafePointer(padded.base)
  }

  /// The text of a field that may stand in quotes; valid until the next call.
  private func unquoted(_ field: Bytes, _ quote: UInt8) -> Bytes {
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
        // Behind the closing quote everything stands for itself.
        cleaned.append(field.part(from: at))
        break
      }
    }
    return cleaned.withBytes { Bytes(start: padding($0), count: $0.count) }
  }

  /// The same text with U+FFFD for what is not UTF-8; valid until the next call.
  private func valid(_ text: Bytes) -> Bytes {
    if isUTF8(text) { return text }
    repaired.removeAll()
    repaired.append(String(decoding: text, as: UTF8.self))
    return repaired.withBytes { room.copying($0) }
  }

  /// Memory of the current group for values of varying size.
  private var room: ByteArena {
    if let arena { return arena }
    let made = ByteArena()
    arena = made
    texts.append(made)
    return made
  }

  // MARK: Single values

  func append(text: Bytes) {
    makeRoom(for: 1)
    storeText(text, at: count)
    count &+= 1
  }

  /// A text to be read as a value of the column's type; false, and null, when it is none.
  @discardableResult func append(parsing text: Bytes) -> Bool {
    makeRoom(for: 1)
    let isRead = store(text, at: count)
    if !isRead { storeNull(at: count) }
    count &+= 1
    return isRead
  }

  func append(word: Int64) {
    makeRoom(for: 1)
    lanes.values(Int64.self)[count] = word
    mask.values(UInt8.self)[count] = 0
    count &+= 1
  }

  func append(real: Double) {
    makeRoom(for: 1)
    lanes.values(Double.self)[count] = real
    mask.values(UInt8.self)[count] = 0
    count &+= 1
  }

  func append(bool: Bool) {
    makeRoom(for: 1)
    lanes.values(UInt8.self)[count] = bool ? 1 : 0
    mask.values(UInt8.self)[count] = 0
    count &+= 1
  }

  func append(compact: Bytes) {
    makeRoom(for: 1)
    lanes.values(Bytes.self)[count] = room.copying(compact)
    mask.values(UInt8.self)[count] = 0
    count &+= 1
  }

  func appendNull() {
    makeRoom(for: 1)
    storeNull(at: count)
    count &+= 1
  }

  private func storeNull(at place: Int) {
    if type == .string { return storeText(Bytes(start: nil, count: 0), at: place) }
    memset(lanes.base + place &* stride, 0, stride)
    mask.values(UInt8.self)[place] = 1
    anyNull = 1
  }

  // MARK: Groups

  /// Takes out the last rows from `start` on for which `bad` is not 0.
  func remove(from start: Int, bad: UnsafePointer<UInt8>) {
    let width = stride
    let nulls = mask.values(UInt8.self)
    var kept = start
    for row in start..<count where bad[row &- start] == 0 {
      if kept != row {
        memcpy(lanes.base + kept &* width, lanes.base + row &* width, width)
        nulls[kept] = nulls[row]
      }
      kept &+= 1
    }
    count = kept
  }

  /// The group's values in memory of their own; the writer starts another group.
  func seal() -> Segment {
    let n = count
    var nulls: Buffer?
    if anyNull != 0 && type != .string {
      let copy = Buffer(byteCount: n)
      memcpy(copy.base, mask.base, n)
      nulls = copy
    }
    let segment: Segment
    if let table {
      let (data, encoding) = narrowedCodes(n, StringDictionary.encoding(forCount: table.count))
      segment = Segment(type, count: n, data: data, nulls: nil, encoding: encoding, table: table, owner: nil)
    } else if type == .int {
      let data = Buffer(of: Int32.self, count: n)
      let out = data.values(Int32.self)
      let source = lanes.values(Int64.self)
      for i in 0..<n { out[i] = Int32(truncatingIfNeeded: source[i]) }
      segment = Segment(type, count: n, data: data, nulls: nulls, encoding: .narrow, table: nil, owner: nil)
    } else {
      let data = Buffer(byteCount: n &* stride)
      memcpy(data.base, lanes.base, n &* stride)
      segment = Segment(
        type, count: n, data: data, nulls: nulls, encoding: .plain, table: nil,
        owner: texts.isEmpty ? nil : Owners(texts))
    }
    rowsSealed &+= n
    if let table, isMostlyDistinct(table.count, of: rowsSealed) { self.table = nil }
    count = 0
    anyNull = 0
    texts = []
    arena = nil
    failures.removeAll(keepingCapacity: true)
    return segment
  }

  private func isMostlyDistinct(_ distinct: Int, of rows: Int) -> Bool {
    distinct > 200_000 && distinct &* 10 > rows &* 4 || distinct > 40_000 && distinct &* 10 > rows &* 8
  }

  private func narrowedCodes(_ n: Int, _ encoding: Vector.Encoding) -> (Buffer, Vector.Encoding) {
    let codes = lanes.values(UInt32.self)
    switch encoding {
    case .codes8:
      let data = Buffer(byteCount: n)
      let out = data.values(UInt8.self)
      for i in 0..<n { out[i] = UInt8(truncatingIfNeeded: codes[i]) }
      return (data, encoding)
    case .codes16:
      let data = Buffer(byteCount: n &* 2)
      let out = data.values(UInt16.self)
      for i in 0..<n { out[i] = UInt16(truncatingIfNeeded: codes[i]) }
      return (data, encoding)
    case .plain, .narrow, .codes32:
      let data = Buffer(byteCount: n &* 4)
      memcpy(data.base, codes, n &* 4)
      return (data, .codes32)
    }
  }
}

/// A text on its way to its code.
private struct TextLookup: BitwiseCopyable {
  var p: UnsafePointer<UInt8>
  var n: Int
  var hash: UInt64
  var slot: UInt64
  var entry: UnsafePointer<UInt8>
}

/// Whether the bytes are well-formed UTF-8.
func isUTF8(_ text: Bytes) -> Bool {
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
