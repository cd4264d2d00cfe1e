extension LogicalPlan {
  /// Texts under patterns such as `job * failed`.
  ///
  /// - Input: the text is the last column, a string.
  /// - Output: `Pattern`, `Count` and `Representative`, the most frequent pattern first and `others` last; or, with `keepsRows`,
  ///   the rows without the text, and `Pattern`.
  /// - Parameters:
  ///   - threshold: the share of the rows in which a word, and then a pattern, must occur.
  ///   - separators: characters between words, besides all ASCII characters other than letters and digits.
  package static func textPatterns(
    _ input: LogicalPlan, threshold: Double, separators: String, keepsRows: Bool
  ) -> LogicalPlan {
    let kept = Array(input.schema.dropLast())
    let pattern = ColumnInfo("Pattern", .string)
    let schema = keepsRows ? kept + [pattern] : [pattern, ColumnInfo("Count", .long), ColumnInfo("Representative", .string)]
    return .materialising(
      MaterialisingPlan(name: "reduce", input: input, schema: schema) { chunk, context in
        let vectors = chunk.vectors().map { $0.decoded().expanded() }
        guard let texts = vectors.last else { return chunk }
        let found = try TextPatterns(texts, count: chunk.count, threshold: threshold, separators: separators, context)
        if keepsRows {
          let builder = VectorBuilder(.string)
          for row in 0..<chunk.count { builder.append(.string(found.pattern(of: row))) }
          return Chunk(Array(vectors.dropLast()) + [builder.finish()], count: chunk.count)
        }
        let builders = schema.map { VectorBuilder($0.type) }
        for entry in found.entries {
          builders[0].append(.string(entry.pattern))
          builders[1].append(.long(Int64(entry.count)))
          builders[2].append(.string(entry.representative))
        }
        return Chunk(builders.map { $0.finish() }, count: found.entries.count)
      })
  }
}

/// Patterns of frequent words with gaps between them (Vaarandi and Pihelgas, "LogCluster: A Data Clustering and Pattern Mining
/// Algorithm for Event Logs", 2015), here with the separators of the text kept. Numbers and long hexadecimal words are gaps.
private struct TextPatterns {
  struct Entry {
    var pattern: String
    var count: Int
    var representative: String
  }

  private(set) var entries: [Entry] = []
  private let numbers: Buffer
  /// The entry of each distinct text.
  private var places: [Int] = []

  private static let others = "others"

  init(_ texts: Vector, count: Int, threshold: Double, separators: String, _ context: ExecutionContext) throws {
    let groups = try groupNumbers([texts], count: count, context)
    numbers = groups.numbers
    let numbers = groups.numbers.values(UInt32.self)
    var counts = [Int](repeating: 0, count: groups.count)
    var firstRows = [Int](repeating: -1, count: groups.count)
    for row in 0..<count {
      let number = Int(numbers[row])
      counts[number] += 1
      if firstRows[number] < 0 { firstRows[number] = row }
    }
    let words = Words(separators)
    // A pattern has two rows, unless there is only one.
    let least = Swift.max(Swift.min(2, count), Int((threshold * Double(count)).rounded(.up)))
    var frequency: [UInt64: Int] = [:]
    for (number, row) in firstRows.enumerated() {
      if number & 1023 == 0 { try context.checkpoint() }
      var seen = Set<UInt64>()
      words.forEach(in: texts.text(at: row)) { piece in
        guard case .word(let word) = piece, !words.isVariable(word) else { return }
        let hash = XXHash64.hash(word)
        if seen.insert(hash).inserted { frequency[hash, default: 0] += counts[number] }
      }
    }
    var found: [String: Int] = [:]
    for (number, row) in firstRows.enumerated() {
      if number & 1023 == 0 { try context.checkpoint() }
      let text = texts.text(at: row)
      let pattern = words.pattern(of: text) { frequency[XXHash64.hash($0), default: 0] >= least }
      let place = found[pattern] ?? entries.count
      if place == entries.count {
        found[pattern] = place
        entries.append(Entry(pattern: pattern, count: 0, representative: String(text)))
      }
      entries[place].count += counts[number]
      places.append(place)
    }
    gatherOthers(least)
  }

  /// Puts patterns that are rare, or have no word, under `others`, and the most frequent ones first.
  private mutating func gatherOthers(_ least: Int) {
    let isRare = entries.map { $0.count < least || $0.pattern == "*" }
    let kept = entries.indices.filter { !isRare[$0] }.sorted {
      entries[$0].count == entries[$1].count ? $0 < $1 : entries[$0].count > entries[$1].count
    }
    var order = [Int](repeating: kept.count, count: entries.count)
    for (place, entry) in kept.enumerated() { order[entry] = place }
    let rest = entries.indices.filter { isRare[$0] }.reduce(0) { $0 + entries[$1].count }
    entries = kept.map { entries[$0] }
    if rest > 0 { entries.append(Entry(pattern: Self.others, count: rest, representative: "")) }
    places = places.map { order[$0] }
  }

  func pattern(of row: Int) -> String { entries[places[Int(numbers.values(UInt32.self)[row])]].pattern }
}

extension Vector {
  fileprivate func text(at row: Int) -> Bytes { isNull(row) ? Bytes(start: nil, count: 0) : bytes(at: row) }
}

/// Cuts texts into words and what is between them.
private struct Words {
  enum Piece {
    case word(Bytes)
    /// Characters between words; `isGiven` if the query names one of them.
    case between(Bytes, isGiven: Bool)
  }

  /// By byte: whether it separates words, and whether the query says so.
  private var separates = [Bool](repeating: false, count: 256)
  private var given = [Bool](repeating: false, count: 256)

  init(_ separators: String) {
    for byte in UInt8(0)..<0x80 where !byte.isASCIILetter && !byte.isDigit { separates[Int(byte)] = true }
    for byte in separators.utf8 where byte < 0x80 {
      separates[Int(byte)] = true
      given[Int(byte)] = true
    }
  }

  func forEach(in text: Bytes, _ body: (Piece) -> Void) {
    var at = 0
    while at < text.count {
      let start = at
      let isBetween = separates[Int(text[at])]
      var isGiven = false
      while at < text.count, separates[Int(text[at])] == isBetween {
        isGiven = isGiven || given[Int(text[at])]
        at += 1
      }
      let part = text.part(from: start, to: at)
      body(isBetween ? .between(part, isGiven: isGiven) : .word(part))
    }
  }

  /// A number, or the digits of an identifier.
  func isVariable(_ word: Bytes) -> Bool {
    var digits = 0
    for byte in word {
      if byte.isDigit { digits += 1 } else if !(0x41...0x46).contains(byte & 0xDF) { return false }
    }
    return digits == word.count || digits > 0 && word.count >= 8
  }

  /// The text with `*` for everything between frequent words that is not a frequent word itself.
  func pattern(of text: Bytes, isFrequent: (Bytes) -> Bool) -> String {
    var out: [UInt8] = []
    // What follows the last word or gap; a gap that follows a gap swallows it.
    var pending: [UInt8] = []
    var isAfterGap = false
    var isPendingGiven = false
    forEach(in: text) { piece in
      switch piece {
      case .between(let bytes, let isGiven):
        pending += Array(bytes)
        isPendingGiven = isGiven
      case .word(let word):
        let isGap = isVariable(word) || !isFrequent(word)
        if !(isGap && isAfterGap) {
          if !(isPendingGiven && (isGap || isAfterGap)) { out += pending }
          out += isGap ? [UInt8(ascii: "*")] : Array(word)
        }
        pending = []
        isPendingGiven = false
        isAfterGap = isGap
      }
    }
    if !(isPendingGiven && isAfterGap) { out += pending }
    return String(decoding: out, as: UTF8.self)
  }
}
