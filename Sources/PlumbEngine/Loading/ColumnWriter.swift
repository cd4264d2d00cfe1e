import Glibc
import PlumbDiagnostics

/// The values of one column as one worker reads them, a row group at a time.
///
/// - Memory: lanes grow up to a full row group and are kept; `seal` copies the values to memory of their exact size.
/// - Strings are codes of the worker's own table until most of them turn out to be distinct; then texts are
///     copied and plain lanes refer to them.
/// - Failures: a field that is not a value of the type becomes null, and its row is recorded.
final class ColumnWriter {
  let type: ScalarType
  /// The order of days and months in dates such as `1/5/2024`.
  let order: DateOrder
  var count = 0
  /// Rows of the current group whose field could not be read.
  var failures: [Int] = []
  /// The number of distinct texts that were not UTF-8.
  var repairedTexts = 0
  var table: TextTable?
  var lanes: Buffer
  var mask: Buffer
  var capacity = 1024
  var anyNull: UInt8 = 0
  var texts: [AnyObject] = []
  var arena: ByteArena?
  var rowsSealed = 0
  var cleaned = ByteBuffer()
  var repaired = ByteBuffer()
  let padded = BlockBuffer(capacity: 64)
  var lookups: Buffer?

  init(_ type: ScalarType, order: DateOrder = .monthFirst) {
    self.type = type
    self.order = order
    lanes = Buffer(byteCount: capacity &* type.lane.stride)
    mask = Buffer(byteCount: capacity)
    if type == .string { table = TextTable() }
  }

  var stride: Int { table == nil ? type.lane.stride : 4 }

  @inline(__always) func makeRoom(for rows: Int) {
    if count &+ rows > capacity { grow(to: count &+ rows) }
  }

  func grow(to needed: Int) {
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
  func plain(_ batch: FieldBatch, _ row: Int, _ column: Int) -> Bytes {
    unquoted(batch.field(row, column), batch.quote).trimmed
  }

  @inline(never)
  func readLongs(_ batch: FieldBatch, _ column: Int, within range: ClosedRange<Int64>) {
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
  func readReals(_ batch: FieldBatch, _ column: Int) {
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

  /// Rows near each other often have the same day, whose ticks are then known.
  @inline(never)
  func readMoments(_ batch: FieldBatch, _ column: Int) {
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
            let isDate = p[4] == .minus && p[7] == .minus
            dayTicks = isDate ? DateTime.parse(Bytes(start: p, count: 10)) ?? -1 : -1
          }
          if dayTicks >= 0, p[10] == UInt8(ascii: "T") || p[10] == .space, let time = FieldText.timeOfDay(p, n, powers) {
            value = dayTicks &+ time
            isRead = true
          }
        }
        if !isRead {
          let text = plain(batch, row, column)
          if let slow = DateTime.parse(text, order: order) {
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
  func readOthers(_ batch: FieldBatch, _ column: Int) {
    for row in 0..<batch.rows {
      let text = plain(batch, row, column)
      let place = count &+ row
      let isRead = !text.isEmpty && store(text, at: place)
      if !isRead { storeNull(at: place) }
      if !isRead && !text.isEmpty { failures.append(place) }
    }
  }

  /// Reads one text as a value of the column's type; false if it is not one.
  func store(_ text: Bytes, at place: Int) -> Bool {
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
      // Text that is not JSON is a dynamic string.
      cleaned.removeAll()
      do { try JSONText.parse(text, to: &cleaned) } catch { cleaned.appendString(valid(text)) }
      lanes.values(Bytes.self)[place] = cleaned.withBytes { room.copying($0) }
    case .int, .long:
      guard let number = NumberText.parseInt64(text), type == .long || Int32(exactly: number) != nil else {
        return false
      }
      lanes.values(Int64.self)[place] = number
    case .datetime:
      guard let ticks = DateTime.parse(text, order: order) else { return false }
      lanes.values(Int64.self)[place] = ticks
    case .real:
      guard let number = NumberText.parseDouble(text) else { return false }
      lanes.values(Double.self)[place] = number
    case .string: storeText(text, at: place)
    }
    return true
  }

  // MARK: Single values

  func append(text: Bytes) {
    makeRoom(for: 1)
    storeText(text, at: count)
    count &+= 1
  }

  /// Appends a text parsed as a value of the column's type; false, and null, if it is not one.
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

  func storeNull(at place: Int) {
    if type == .string { return storeText(Bytes(start: nil, count: 0), at: place) }
    memset(lanes.base + place &* stride, 0, stride)
    mask.values(UInt8.self)[place] = 1
    anyNull = 1
  }

  // MARK: Groups

  /// Removes the last rows from `start` on for which `bad` is not 0.
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

  func isMostlyDistinct(_ distinct: Int, of rows: Int) -> Bool {
    distinct > 200_000 && distinct &* 10 > rows &* 4 || distinct > 40_000 && distinct &* 10 > rows &* 8
  }

  func narrowedCodes(_ n: Int, _ encoding: Vector.Encoding) -> (Buffer, Vector.Encoding) {
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
