import Glibc
import PlumbDiagnostics

/// Turns blocks of rows into segments, one worker's share of a pass.
///
/// Rows are taken in small batches: first all field boundaries of a batch, then column by column, so that each
/// loop is over one type and the text is still in the cache.
final class DelimitedWorker {

  struct Outcome {
    var block: DelimitedPass.Block?
    var failure: DelimitedPass.Failure?
    var rejects: [PendingReject] = []
    var wider: [Int: ScalarType] = [:]
    var misfits = RowMisfits()
    var remarks: DelimitedRemarks.Part?
  }

  private let pass: DelimitedPass
  private let writers: [(column: Int, field: Int, writer: ColumnWriter)]
  private var isDead: [Bool]
  private let marks: Buffer
  private let bad: Buffer
  private let batchRows: Int
  private let fields: Int

  init(_ pass: DelimitedPass) {
    self.pass = pass
    fields = pass.text.fieldCount
    writers = pass.wanted.map { ($0, pass.columns[$0].field, ColumnWriter(pass.columns[$0].info.type, order: pass.columns[$0].order)) }
    isDead = Array(repeating: false, count: writers.count)
    batchRows = Swift.max(16, Swift.min(1024, 65_536 / (fields &+ 1)))
    bad = Buffer(byteCount: batchRows)
    marks = Buffer(of: Int32.self, count: batchRows &* (fields &+ 1))
  }

  /// Columns whose type is known to be too narrow are read no further.
  func forget(_ wider: [Int: ScalarType]) {
    for i in writers.indices where wider[writers[i].column] != nil { isDead[i] = true }
  }

  func read(_ block: TextBlock, in buffer: BlockBuffer) -> Outcome {
    let newline = pass.text.dialect.newline
    var count = block.count
    if count > 0 && buffer.base[count &- 1] != newline {
      buffer.base[count] = newline
      count &+= 1
    }
    memset(buffer.base + count, 0, 16)
    let base = UnsafePointer(buffer.base)
    let policy = pass.text.badRows
    let emptyRows = block.isLast ? emptyRowsAtEnd(base, count) : 0
    if emptyRows > 0 { count = end(base, count, without: emptyRows) }
    var scanner = RowScanner(
      base: base, count: count, columns: fields, dialect: pass.text.dialect, repairsRows: policy == .null,
      keepsRagged: pass.text.onReject != nil && policy != .reject)
    var rejects = BlockRejects(isWanted: pass.text.onReject != nil && policy != .reject)
    if block.index == 0 && pass.text.hasHeader { scanner.skipRow() }
    let isASCII = holdsOnlyASCII(base, count)

    var outcome = Outcome()
    outcome.misfits.remarks = emptyRows
    var groups: [[Segment?]] = []
    var counts: [Int] = []
    var filled = 0
    let places = marks.values(Int32.self)
    while !scanner.isAtEnd {
      let rows = scanner.fill(places, limit: Swift.min(batchRows, RowGroup.capacity &- filled))
      let batch = FieldBatch(
        base: base, marks: UnsafePointer(places), columns: fields, rows: rows,
        quote: pass.text.dialect.quote ?? pass.text.dialect.newline, isASCII: isASCII)
      let firstFailure = readColumns(batch, &outcome)
      if policy == .reject, let found = remarks(scanner, base, count), let failure = rejection(block, batch, scanner, nil) {
        outcome.remarks = DelimitedRemarks.Part(lines: found.lines, isSentence: found.isSentence, failure: failure)
        scanner.stop()
      }
      if policy == .reject, let failure = rejection(block, batch, scanner, firstFailure) {
        outcome.failure = failure
        return outcome
      }
      filled &+= firstFailure != nil && policy == .skip ? removeBadRows(batch, &outcome, &rejects) : rows
      for i in writers.indices { writers[i].writer.failures.removeAll(keepingCapacity: true) }
      if filled == RowGroup.capacity {
        groups.append(seal())
        counts.append(filled)
        filled = 0
      }
    }
    if filled > 0 {
      groups.append(seal())
      counts.append(filled)
    }
    for (_, _, writer) in writers {
      outcome.misfits.repairedTexts += writer.repairedTexts
      writer.repairedTexts = 0
    }
    countMisfits(of: scanner, policy, &outcome)
    for row in scanner.ragged where policy == .skip || row.fields == nil { reject(row, &rejects) }
    outcome.rejects = rejects.pending(in: block.index, base, count: block.count, newline: newline)
    outcome.block = DelimitedPass.Block(
      index: block.index, newlines: countBytes(newline, base, block.count), groups: groups, counts: counts)
    return outcome
  }

  /// The number of lines at the end of a text that have only delimiters, as spreadsheets save the rows below a table; 0 if
  /// there is only one, which could be a row of nulls.
  private func emptyRowsAtEnd(_ base: UnsafePointer<UInt8>, _ count: Int) -> Int {
    let (newline, delimiter) = (pass.text.dialect.newline, pass.text.dialect.delimiter)
    guard fields > 2, count > 1, base[count &- 1] == newline else { return 0 }
    var (rows, delimiters) = (0, 0)
    var at = count &- 2
    while at >= 0, base[at] == delimiter || base[at] == newline || base[at] == .carriageReturn {
      if base[at] == delimiter { delimiters += 1 }
      if base[at] == newline || at == 0 {
        guard delimiters == fields &- 1 else { break }
        (rows, delimiters) = (rows + 1, 0)
      }
      at &-= 1
    }
    return rows > 1 ? rows : 0
  }

  /// Where the last `rows` lines of a text begin.
  private func end(_ base: UnsafePointer<UInt8>, _ count: Int, without rows: Int) -> Int {
    var (at, left) = (count &- 1, rows)
    while at > 0 {
      if base[at &- 1] == pass.text.dialect.newline { left -= 1 }
      if left == 0 { return at }
      at &-= 1
    }
    return 0
  }

  /// The lines from the first ragged row to the end of a block if they could be remarks: few, narrower than the table, and with
  /// one value; nil if other rows are among them.
  private func remarks(_ scanner: RowScanner, _ base: UnsafePointer<UInt8>, _ count: Int) -> (lines: Int, isSentence: Bool)? {
    guard let first = scanner.ragged.first, fields > 1 else { return nil }
    let (newline, delimiter) = (pass.text.dialect.newline, pass.text.dialect.delimiter)
    var (lines, filled, width, isFilled) = (0, 0, 1, false)
    for place in first.start..<count {
      let byte = base[place]
      if byte == newline {
        filled += isFilled ? 1 : 0
        if filled > 1 || width >= fields { return nil }
        lines += filled
        if lines > DelimitedRemarks.most { return nil }
        (filled, width, isFilled) = (0, 1, false)
      } else if byte == delimiter {
        filled += isFilled ? 1 : 0
        width += 1
        isFilled = false
      } else if !byte.isSpace {
        isFilled = true
      }
    }
    let isSentence = base[first.start] == .openParenthesis || (first.start..<count).contains { base[$0] == .space }
    return lines > 0 ? (lines, isSentence) : nil
  }

  /// Reads all columns of a batch; returns the first row with a bad field under stated types, and its writer.
  private func readColumns(_ batch: FieldBatch, _ outcome: inout Outcome) -> (row: Int, place: Int)? {
    var first: (row: Int, place: Int)?
    for i in writers.indices where !isDead[i] {
      let (column, field, writer) = writers[i]
      let before = writer.count
      writer.read(batch, field)
      guard let row = writer.failures.first else { continue }
      guard pass.text.typesAreStated else {
        outcome.wider[column] = widened(writer, batch, field, before)
        isDead[i] = true
        continue
      }
      outcome.misfits.nulledCells += pass.text.badRows == .null ? writer.failures.count : 0
      if first.map({ row - before < $0.row }) ?? true { first = (row - before, i) }
    }
    return first
  }

  /// Long is widened to real if all misfits are reals; everything else to string.
  private func widened(_ writer: ColumnWriter, _ batch: FieldBatch, _ field: Int, _ before: Int) -> ScalarType {
    guard writer.type == .long else { return .string }
    let areReal = writer.failures.allSatisfy { row in
      let text = batch.field(row - before, field).trimmed
      return NumberText.parseDouble(text) != nil && !isWholeNumber(text)
    }
    return areReal ? .real : .string
  }

  private func rejection(
    _ block: TextBlock, _ batch: FieldBatch, _ scanner: RowScanner, _ cell: (row: Int, place: Int)?
  ) -> DelimitedPass.Failure? {
    let newline = pass.text.dialect.newline
    let name = pass.text.name
    let expected = fields
    let cellStart = cell.map { Int(batch.marks[$0.row &* (fields &+ 1)]) &+ 1 }
    if let ragged = scanner.ragged.first, cellStart.map({ ragged.start < $0 }) ?? true {
      let before = countBytes(newline, batch.base, ragged.start)
      return DelimitedPass.Failure(block: block.index, newlinesBefore: before) { line in
        guard let found = ragged.fields else { return BadText.openQuote(file: name, line: line) }
        return BadText.row(fields: found, expected: expected, file: name, line: line)
      }
    }
    guard let cell, let cellStart else { return nil }
    let (column, field, _) = writers[cell.place]
    let text = Array(batch.field(cell.row, field))
    let info = pass.columns[column].info
    let before = countBytes(newline, batch.base, cellStart)
    return DelimitedPass.Failure(block: block.index, newlinesBefore: before) { line in
      text.withUnsafeBufferPointer { BadText.cell($0, column: info, file: name, line: line) }
    }
  }

  /// Removes the rows with bad fields from all columns and returns the number of remaining rows.
  private func removeBadRows(_ batch: FieldBatch, _ outcome: inout Outcome, _ rejects: inout BlockRejects) -> Int {
    let flags = bad.values(UInt8.self)
    memset(flags, 0, batch.rows)
    var start = 0
    for (_, _, writer) in writers {
      start = writer.count &- batch.rows
      for row in writer.failures { flags[row &- start] = 1 }
    }
    var left = batch.rows
    for row in 0..<batch.rows where flags[row] != 0 { left &-= 1 }
    outcome.misfits.skippedRows += batch.rows &- left
    if pass.text.onReject != nil { rejectBadRows(batch, start, &rejects) }
    for (_, _, writer) in writers { writer.remove(from: start, bad: UnsafePointer(flags)) }
    return left
  }

  /// Records the rows of a batch that have a bad field, each with the first such field.
  private func rejectBadRows(_ batch: FieldBatch, _ start: Int, _ rejects: inout BlockRejects) {
    var first: [Int: Int] = [:]
    for place in writers.indices {
      for row in writers[place].writer.failures where first[row &- start] == nil { first[row &- start] = place }
    }
    let name = pass.text.name
    for (row, place) in first {
      let marks = batch.marks + row &* (fields &+ 1)
      let range = Int(marks[0]) &+ 1..<Swift.max(Int(marks[0]) &+ 1, Int(marks[fields]))
      let info = pass.columns[writers[place].column].info
      let text = Array(batch.field(row, writers[place].field))
      rejects.add(range, place: range.lowerBound, { line, _ in
        text.withUnsafeBufferPointer { BadText.cell($0, column: info, file: name, line: line) }
      })
    }
  }

  private func reject(_ row: RaggedRow, _ rejects: inout BlockRejects) {
    let (name, expected) = (pass.text.name, fields)
    rejects.add(row.start..<Swift.max(row.start, row.end), place: row.start, { line, _ in
      guard let found = row.fields else { return BadText.openQuote(file: name, line: line) }
      return BadText.row(fields: found, expected: expected, file: name, line: line)
    })
  }

  private func countMisfits(of scanner: RowScanner, _ policy: BadRowPolicy, _ outcome: inout Outcome) {
    switch policy {
    case .reject: break
    case .skip: outcome.misfits.skippedRows += scanner.raggedCount
    case .null:
      outcome.misfits.skippedRows += scanner.lostRows
      outcome.misfits.repairedRows += scanner.raggedCount - scanner.lostRows
      outcome.misfits.nulledCells += scanner.missingFields
    }
  }

  private func seal() -> [Segment?] {
    var all: [Segment?] = Array(repeating: nil, count: pass.columns.count)
    for (i, (column, _, writer)) in writers.enumerated() {
      // The rows of an abandoned column are dropped; sealing only empties it.
      let segment = writer.seal()
      if !isDead[i] { all[column] = segment }
    }
    return all
  }

  private func holdsOnlyASCII(_ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var all = SIMD16<UInt8>(repeating: 0)
    var at = 0
    while at < count {
      // The slack after the block is zero.
      all |= UnsafeRawPointer(base + at).loadUnaligned(as: SIMD16<UInt8>.self)
      at &+= 16
    }
    return all.max() < 0x80
  }
}

/// An optional sign and digits.
func isWholeNumber(_ text: Bytes) -> Bool {
  let digits = text.first == .minus || text.first == .plus ? text.part(from: 1) : text
  return !digits.isEmpty && digits.allSatisfy { $0.isDigit }
}
