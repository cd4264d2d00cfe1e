/// The number of rows of a row group with each text of a column that has few distinct texts.
///
/// - Order: codes in the order of their first rows.
struct CodeCounts: Sendable {
  let dictionary: StringDictionary
  let codes: [UInt32]
  /// One for each of `codes`.
  let counts: [Int64]

  /// Columns with more texts are not counted: the counts would be no smaller than the codes.
  static let mostTexts = 512

  /// Counts the codes; nil if the values are not codes, or there are too many texts.
  init?(_ vector: Vector) {
    guard vector.encoding.isCodes, vector.nulls == nil, let dictionary = vector.dictionary,
      dictionary.count <= Self.mostTexts
    else { return nil }
    self.dictionary = dictionary
    let rows = vector.isConstant ? Swift.min(vector.count, 1) : vector.count
    var codes: [UInt32] = []
    var found = [Int64](repeating: 0, count: Self.mostTexts)
    switch vector.encoding {
    case .codes8: Self.count(vector.view(UInt8.self), rows, &found, &codes)
    case .codes16: Self.count(vector.view(UInt16.self), rows, &found, &codes)
    case .plain, .narrow, .codes32: Self.count(vector.view(UInt32.self), rows, &found, &codes)
    }
    self.codes = codes
    counts = vector.isConstant ? codes.map { _ in Int64(vector.count) } : codes.map { found[Int($0)] }
  }

  @inline(__always)
  private static func count<C: FixedWidthInteger & BitwiseCopyable>(
    _ source: BufferView<C>, _ rows: Int, _ found: inout [Int64], _ codes: inout [UInt32]
  ) {
    found.withUnsafeMutableBufferPointer { found in
      for row in 0..<rows {
        // A code is below `mostTexts`, since its dictionary is no longer.
        let code = Int(truncatingIfNeeded: source[row]) & (mostTexts &- 1)
        if found[code] == 0 { codes.append(UInt32(truncatingIfNeeded: code)) }
        found[code] &+= 1
      }
    }
  }
}
