import PlumbEngine

/// Rows of one table that are assembled piece by piece, each found by its natural key.
///
/// A column is an array of 64-bit values: texts and dynamic values are numbers in a `NumberedTexts`, reals their bits. Columns
/// that are empty need no memory.
final class RowStore {
  let schema: Schema
  let texts: NumberedTexts
  private(set) var keys: [Int64] = []
  private var places: [Int64: Int32] = [:]
  private var lanes: [[Int64]]
  private static let null = Int64.min

  init(_ layout: TelemetryLayout, texts: NumberedTexts) {
    schema = layout.schema
    self.texts = texts
    lanes = Array(repeating: [], count: layout.columnCount)
  }

  var count: Int { keys.count }
  var byteCount: Int { count * 32 + lanes.reduce(0) { $0 + $1.capacity * 8 } }

  /// The row with a key, created if necessary.
  func row(of key: Int64) -> Int {
    if let place = places[key] { return Int(place) }
    places[key] = Int32(truncatingIfNeeded: keys.count)
    keys.append(key)
    return keys.count - 1
  }

  func hasRow(of key: Int64) -> Bool { places[key] != nil }

  /// The 64-bit value of a cell; nil for null.
  subscript(row: Int, column: Int) -> Int64? {
    get {
      guard row < lanes[column].count else { return nil }
      let word = lanes[column][row]
      return word == Self.null ? nil : word
    }
    set {
      while lanes[column].count <= row { lanes[column].append(Self.null) }
      lanes[column][row] = newValue ?? Self.null
    }
  }

  /// Fills a cell; `over` says that it replaces an earlier value.
  func put(_ row: Int, _ column: Int, _ word: Int64?, over: Bool) {
    guard let word, over || self[row, column] == nil else { return }
    self[row, column] = word
  }

  /// An empty text counts as missing.
  func put(_ row: Int, _ column: Int, text: Bytes?, over: Bool) {
    guard let text, !text.isEmpty, over || self[row, column] == nil else { return }
    self[row, column] = texts.number(of: text)
  }

  /// Keeps the smaller of two.
  func lower(_ row: Int, _ column: Int, to word: Int64?) {
    guard let word else { return }
    self[row, column] = min(self[row, column] ?? word, word)
  }

  /// Keeps the larger of two.
  func raise(_ row: Int, _ column: Int, to word: Int64?) {
    guard let word else { return }
    self[row, column] = max(self[row, column] ?? word, word)
  }

  /// Adds a cell to the writer's current row.
  func write(_ row: Int, _ column: Int, to writer: RowsWriter) {
    let word = self[row, column]
    switch schema[column].type {
    case .string: texts.withText(word ?? 0) { writer.append(column, text: $0) }
    case .dynamic:
      if let word { texts.withText(word) { writer.append(column, compact: $0) } } else { writer.appendNull(column) }
    case .real:
      if let word { writer.append(column, real: Double(bitPattern: UInt64(bitPattern: word))) } else {
        writer.appendNull(column)
      }
    case .bool, .int, .long, .datetime, .timespan, .guid, .decimal:
      if let word { writer.append(column, word: word) } else { writer.appendNull(column) }
    }
  }
}

/// A stable number for several texts: XXH64, seed 0, of the texts with a zero byte after each, shifted right by
/// one bit, so that it is never negative.
///
/// `run_id` is one, computed from the tool's name and what identifies its runs, such as `dbt`, the invocation and the node, so
/// that the same run has the same number in every import on every machine.
struct NaturalKey {
  private var bytes = ByteBuffer()

  mutating func add(_ text: Bytes) {
    bytes.append(text)
    bytes.append(0 as UInt8)
  }

  mutating func add(_ text: StaticString) { add(Bytes(text)) }

  mutating func add(_ number: Int64) {
    bytes.append(decimal: number)
    bytes.append(0 as UInt8)
  }

  var value: Int64 { Int64(bitPattern: bytes.withBytes { XXHash64.hash($0) } >> 1) }
}
