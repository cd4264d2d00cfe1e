import PlumbDiagnostics
import PlumbEngine

/// How a delimited text is written, detected from parts of it.
struct DelimitedShape {
  var dialect: Dialect
  var hasHeader: Bool
  /// Names from the header, or generated ones.
  var names: [String]
  var types: [ScalarType]
  var skippedBytes: Int
  var fieldCount: Int { names.count }
}

/// Inspects the beginning, the middle and the end of a text.
struct DelimitedSniffer {
  let source: any SampledSource
  let options: ReadOptions
  let name: String
  private static let frontBytes = 2 << 20
  private static let partBytes = 1 << 20

  func shape() throws -> DelimitedShape {
    var front = try source.sample(at: 0, count: DelimitedSniffer.frontBytes)
    let isWhole = front.count < DelimitedSniffer.frontBytes
    let skipped = utf8MarkLength(front)
    front.removeFirst(skipped)
    let newline: UInt8 = front.contains(.newline) || !front.contains(.carriageReturn) ? .newline : .carriageReturn
    let dialect = Dialect(
      delimiter: delimiter(front, newline, isWhole), quote: options.quote == 0 ? nil : options.quote, newline: newline)
    let sample = RowSample(front, dialect: dialect, limit: 20_000, isWhole: isWhole)
    guard let first = sample.rows.first else { return try emptyShape(dialect, skipped) }

    let fields = first.map { sample.field($0, quote: dialect.quote) }
    let width = fields.count
    var guesses = Array(repeating: TypeGuess.any, count: width)
    var hasValues = Array(repeating: false, count: width)
    guess(sample, from: 1, width, dialect, &guesses, &hasValues)
    if let size = source.size, !isWhole {
      for offset in [size / 2, max(0, size - DelimitedSniffer.partBytes)] where offset > front.count {
        guess(try part(at: offset, width, dialect), from: 0, width, dialect, &guesses, &hasValues)
      }
    }
    let firstGuesses = fields.map { $0.withBytes { TypeGuess($0) } }
    let isHeader = hasHeader(fields, firstGuesses, guesses, hasValues, rowCount: sample.rows.count)
    if !isHeader {
      for i in 0..<width where !fields[i].isEmpty {
        guesses[i].formIntersection(firstGuesses[i])
        hasValues[i] = true
      }
    }
    let types = guesses.indices.map { hasValues[$0] ? guesses[$0].type : .string }
    let names = usableNames(isHeader ? fields.map { String(decoding: $0, as: UTF8.self) } : fields.map { _ in "" })
    return DelimitedShape(
      dialect: dialect, hasHeader: isHeader, names: names, types: types, skippedBytes: skipped)
  }

  private func emptyShape(_ dialect: Dialect, _ skipped: Int) throws -> DelimitedShape {
    guard let columns = options.columns else {
      throw Diagnostic(
        "empty-file", "`\(name)` is empty, so its columns are unknown", help: "specify the columns and their types")
    }
    return DelimitedShape(
      dialect: dialect, hasHeader: false, names: columns.map(\.name), types: columns.map(\.type),
      skippedBytes: skipped)
  }

  /// Rows after the first newline from `offset` on.
  private func part(at offset: Int, _ width: Int, _ dialect: Dialect) throws -> RowSample {
    var bytes = try source.sample(at: offset, count: DelimitedSniffer.partBytes)
    let start = bytes.firstIndex(of: dialect.newline).map { $0 + 1 } ?? bytes.count
    bytes.removeFirst(start)
    let sample = RowSample(bytes, dialect: dialect, limit: 20_000, isWhole: false)
    // A part that starts inside quotes has rows of other widths; it is ignored.
    let fitting = sample.rows.count { $0.count == width }
    return fitting * 10 >= sample.rows.count * 9 ? sample : RowSample([], dialect: dialect, limit: 0, isWhole: true)
  }

  private func guess(
    _ sample: RowSample, from: Int, _ width: Int, _ dialect: Dialect, _ guesses: inout [TypeGuess],
    _ hasValues: inout [Bool]
  ) {
    let quote = dialect.quote ?? dialect.newline
    sample.bytes.withBytes { bytes in
      for row in sample.rows.dropFirst(from) where row.count == width {
        for (i, range) in row.enumerated() where !range.isEmpty && (!guesses[i].isEmpty || !hasValues[i]) {
          var text = bytes.part(from: range.lowerBound, to: range.upperBound)
          if text.count >= 2, text[0] == quote, text[text.count - 1] == quote { text = text.part(from: 1, to: text.count - 1) }
          text = text.trimmed
          if text.isEmpty { continue }
          guesses[i].formIntersection(TypeGuess(text))
          hasValues[i] = true
        }
      }
    }
  }

  /// The delimiter that gives the most rows of one width, preferring wider ones.
  private func delimiter(_ front: [UInt8], _ newline: UInt8, _ isWhole: Bool) -> UInt8 {
    if let delimiter = options.delimiter { return delimiter }
    let bytes = Array(front.prefix(1 << 16))
    var best: UInt8 = .comma
    var bestScore = 0.0
    for candidate: UInt8 in [.comma, .tab, .semicolon, .bar] {
      let dialect = Dialect(delimiter: candidate, quote: options.quote, newline: newline)
      let sample = RowSample(bytes, dialect: dialect, limit: 200, isWhole: isWhole && bytes.count == front.count)
      var widths: [Int: Int] = [:]
      for row in sample.rows { widths[row.count, default: 0] += 1 }
      guard let (width, rows) = widths.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }), width > 1 else { continue }
      let share = Double(rows) / Double(sample.rows.count)
      let score = share + Double(min(width, 100)) * 0.001
      if score > bestScore { (best, bestScore) = (candidate, score) }
    }
    return best
  }

  /// A header has texts above typed values, or, above texts, distinct names.
  private func hasHeader(
    _ fields: [[UInt8]], _ first: [TypeGuess], _ rest: [TypeGuess], _ hasValues: [Bool], rowCount: Int
  ) -> Bool {
    if let stated = options.hasHeader { return stated }
    let texts = fields.map { String(decoding: $0, as: UTF8.self) }
    if let columns = options.columns {
      let names = Set(texts.map { $0.lowercased() })
      if columns.allSatisfy({ names.contains($0.name.lowercased()) }) { return true }
    }
    let isText = zip(fields, first).allSatisfy { $0.isEmpty || $1.isEmpty }
    guard isText, fields.contains(where: { !$0.isEmpty }) else { return false }
    if rest.indices.contains(where: { hasValues[$0] && rest[$0].type != .string }) { return true }
    if options.columns != nil { return false }
    return Set(texts).count == texts.count && texts.allSatisfy { !$0.isEmpty }
  }

  /// Every column gets a unique name: `Column3` for an empty one, `name1` for a second `name`.
  private func usableNames(_ names: [String]) -> [String] {
    var used = Set<String>()
    var result: [String] = []
    let given = Set(names.map { trimmed($0) })
    for (i, raw) in names.enumerated() {
      let name = trimmed(raw).isEmpty ? "Column\(i + 1)" : trimmed(raw)
      var unique = name
      var number = 0
      while used.contains(unique) || number > 0 && given.contains(unique) {
        number += 1
        unique = "\(name)\(number)"
      }
      used.insert(unique)
      result.append(unique)
    }
    return result
  }

  private func trimmed(_ text: String) -> String { text.withUTF8Bytes { String($0.trimmed) } }
}
