import Glibc
import PlumbDiagnostics

/// Reads blocks of JSON objects, one worker's share of a pass.
final class JSONWorker {
  struct Outcome {
    var block: JSONPass.Block?
    var failure: JSONPass.Failure?
    var rejects: [PendingReject] = []
    var misfits = RowMisfits()
    var keyCount = 0
  }

  /// Why a row is bad, and at which byte of the block.
  private struct Misfit {
    let place: Int
    let diagnostic: (_ file: String, _ line: Int, _ byte: Int) -> Diagnostic
  }

  private let pass: JSONPass
  private let columns: Schema
  private let writers: [ColumnWriter]
  private let isSurvey: Bool
  /// The column of each name, or the key of each name in the block while determining keys.
  private var places = BytesIndex()
  private var names = ByteArena()
  private var nameList: [Bytes] = []
  private var kinds: [JSONKinds] = []
  /// The last row that had a value for the column.
  private var lastRow: [Int] = []
  private var row = 0
  private var compact = ByteBuffer()
  private var printed = ByteBuffer()
  /// Whether the line that was read last has values that were read one by one.
  private var hasParts = false

  init(_ pass: JSONPass) {
    self.pass = pass
    isSurvey = pass.schema == nil
    columns = pass.schema ?? []
    writers = columns.map { ColumnWriter($0.type) }
    lastRow = Array(repeating: 0, count: columns.count)
    for column in columns { _ = column.name.withUTF8Bytes { addName($0) } }
  }

  private func addName(_ name: Bytes) -> Int {
    let kept = names.copying(name)
    let place = nameList.count
    let known = Int(places.insert(kept, code: UInt32(truncatingIfNeeded: place)))
    if known == place { nameList.append(kept) }
    return known
  }

  func read(_ block: TextBlock, in buffer: BlockBuffer) -> Outcome {
    let base = UnsafePointer(buffer.base)
    var outcome = Outcome()
    if isSurvey { forgetKeys() }
    var rejects = BlockRejects(isWanted: pass.text.onReject != nil && !isSurvey)
    var groups: [[Segment]] = []
    var rows = JSONBlockRows(
      base: base, count: block.count, isLines: pass.text.isLines, arrays: block.arrays, isLast: block.isLast)
    while let range = rows.next() {
      makeSegment(&groups)
      let misfit = read(Bytes(start: base + range.lowerBound, count: range.count), at: range.lowerBound, &outcome)
      guard let misfit else { continue }
      // A line can also have several values, or a text before its value.
      for part in pass.text.isLines ? parts(of: range, base, &outcome) : [] {
        makeSegment(&groups)
        let own = read(Bytes(start: base + part.lowerBound, count: part.count), at: part.lowerBound, &outcome)
        if let own, !tolerate(own, part, block, base, &outcome, &rejects) { return outcome }
      }
      if hasParts { continue }
      if !tolerate(misfit, range, block, base, &outcome, &rejects) { return outcome }
    }
    if let reason = rows.problem {
      let misfit = Misfit(place: rows.at) { BadText.json(reason, file: $0, line: $1, byte: $2) }
      if !tolerate(misfit, rows.at..<Swift.max(rows.at, block.count), block, base, &outcome, &rejects, addsRow: false) {
        return outcome
      }
    }
    if !isSurvey, let first = writers.first, first.count > 0 { groups.append(writers.map { $0.seal() }) }
    outcome.rejects = rejects.pending(in: block.index, base, count: block.count)
    let keys = isSurvey ? zip(nameList, kinds).map { (name: Array($0), kinds: $1) } : []
    outcome.keyCount = keys.count
    outcome.block = JSONPass.Block(
      index: block.index, newlines: countBytes(.newline, base, block.count), groups: groups, keys: keys)
    return outcome
  }

  private func makeSegment(_ groups: inout [[Segment]]) {
    if !isSurvey, let first = writers.first, first.count == RowGroup.capacity { groups.append(writers.map { $0.seal() }) }
  }

  /// The values of a line that is not one value: several in sequence or in an array, or one after a text, such as a time;
  /// empty, with `hasParts` false, if the line is neither.
  private func parts(of line: Range<Int>, _ base: UnsafePointer<UInt8>, _ outcome: inout Outcome) -> [Range<Int>] {
    hasParts = false
    let text = Bytes(start: base + line.lowerBound, count: line.count)
    guard let parts = JSONLine.parts(of: text) else { return [] }
    hasParts = true
    if parts.first.map({ !text.part(from: 0, to: $0.lowerBound).allSatisfy { $0.isSpace || $0 == .openBracket } }) ?? false, !isSurvey {
      outcome.misfits.prefixedRows += 1
    }
    return parts.map { $0.lowerBound + line.lowerBound..<$0.upperBound + line.lowerBound }
  }

  private func forgetKeys() {
    places = BytesIndex()
    names = ByteArena()
    nameList = []
    kinds = []
  }

  /// Handles a bad row according to the policy; false if the load ends.
  private func tolerate(
    _ misfit: Misfit, _ text: Range<Int>, _ block: TextBlock, _ base: UnsafePointer<UInt8>, _ outcome: inout Outcome,
    _ rejects: inout BlockRejects, addsRow: Bool = true
  ) -> Bool {
    let name = pass.text.name
    if pass.text.badRows == .skip || pass.text.badRows == .null && !addsRow {
      rejects.add(text, place: misfit.place, { misfit.diagnostic(name, $0, $1) })
    }
    switch pass.text.badRows {
    case .reject:
      let place = Swift.min(misfit.place, block.count)
      var lineStart = place
      while lineStart > 0 && base[lineStart &- 1] != .newline { lineStart &-= 1 }
      outcome.failure = JSONPass.Failure(
        block: block.index, newlinesBefore: countBytes(.newline, base, place)
      ) { misfit.diagnostic(name, $0, place - lineStart + 1) }
      return false
    case .skip: if !isSurvey { outcome.misfits.skippedRows += 1 }
    case .null:
      guard !isSurvey else { return true }
      if !addsRow {
        outcome.misfits.skippedRows += 1
      } else {
        for writer in writers { writer.appendNull() }
        outcome.misfits.nulledCells += writers.count
      }
    }
    return true
  }

  /// Reads one row; after a misfit nothing was added.
  private func read(_ text: Bytes, at place: Int, _ outcome: inout Outcome) -> Misfit? {
    compact.removeAll()
    do throws(JSONText.Failure) {
      try JSONText.parse(text, asEmitted: true, to: &compact)
    } catch {
      let reason = error.reason
      return Misfit(place: place &+ error.position) { BadText.json(reason, file: $0, line: $1, byte: $2) }
    }
    row &+= 1
    var badColumn: (Int, [UInt8])?
    var nulled = 0
    let isObject = compact.withBytes { bytes -> Bool in
      let object = DynamicCursor(bytes)
      guard object.isObject else { return false }
      var member = 0
      object.forEachMember { key, value in
        defer { member &+= 1 }
        let isGuessed = member < nameList.count && nameList[member].equals(key)
        if isSurvey {
          let column = isGuessed ? member : addName(key)
          if column == kinds.count { kinds.append([]) }
          kinds[column].formUnion(JSONKinds(value))
        } else if let column = isGuessed ? member : places.code(of: key).map(Int.init) {
          lastRow[column] = row
          if !write(value, column) {
            writers[column].appendNull()
            nulled &+= 1
            if badColumn == nil { badColumn = (column, printedText(value)) }
          }
        }
      }
      return true
    }
    guard isObject else {
      return Misfit(place: place) { BadText.json("a row must be an object in braces", file: $0, line: $1, byte: $2) }
    }
    if isSurvey { return nil }
    for column in writers.indices where lastRow[column] != row { writers[column].appendNull() }
    guard let badColumn else { return nil }
    if pass.text.badRows == .null {
      outcome.misfits.nulledCells += nulled
      return nil
    }
    removeLastRow()
    let info = columns[badColumn.0]
    return Misfit(place: place) { file, line, _ in
      badColumn.1.withUnsafeBufferPointer { BadText.cell($0, column: info, file: file, line: line) }
    }
  }

  private func removeLastRow() {
    withUnsafePointer(to: 1 as UInt8) { flag in
      for writer in writers { writer.remove(from: writer.count &- 1, bad: flag) }
    }
  }

  private func printedText(_ value: DynamicCursor) -> [UInt8] {
    printed.removeAll()
    JSONText.printText(value, to: &printed)
    return printed.bytes
  }

  /// Adds a value to its column; false, with nothing added, if it is not of the column's type.
  private func write(_ value: DynamicCursor, _ column: Int) -> Bool {
    let writer = writers[column]
    let tag = value.tag
    if tag == .null {
      writer.appendNull()
      return true
    }
    switch writer.type {
    case .dynamic: writer.append(compact: value.bytes)
    case .string:
      if tag == .string { writer.append(text: value.text) } else {
        printed.removeAll()
        JSONText.printText(value, to: &printed)
        printed.withBytes { writer.append(text: $0) }
      }
    case .bool:
      guard tag == .true || tag == .false else { return parsed(value, writer) }
      writer.append(bool: tag == .true)
    case .long, .int:
      if tag == .string { return parsed(value, writer) }
      guard let number = tag == .long ? value.int64 : tag == .real ? Int64(exactly: value.double) : nil,
        writer.type == .long || Int32(exactly: number) != nil
      else { return false }
      writer.append(word: number)
    case .real:
      if tag == .string { return parsed(value, writer) }
      if tag == .decimal {
        guard let number = printedText(value).withBytes({ NumberText.parseDouble($0) }) else { return false }
        writer.append(real: number)
        return true
      }
      guard tag == .long || tag == .real else { return false }
      writer.append(real: tag == .long ? Double(value.int64) : value.double)
    case .datetime, .timespan, .guid: return parsed(value, writer)
    case .decimal:
      guard tag != .long && tag != .real && tag != .decimal else {
        printed.removeAll()
        JSONText.printText(value, to: &printed)
        return printed.withBytes { canParse($0, writer) }
      }
      return parsed(value, writer)
    }
    return true
  }

  private func parsed(_ value: DynamicCursor, _ writer: ColumnWriter) -> Bool {
    value.tag == .string && canParse(value.text, writer)
  }

  private func canParse(_ text: Bytes, _ writer: ColumnWriter) -> Bool {
    if writer.append(parsing: text) { return true }
    withUnsafePointer(to: 1 as UInt8) { writer.remove(from: writer.count &- 1, bad: $0) }
    return false
  }
}

/// The ranges of a block that are one row each.
struct JSONBlockRows {
  private let base: UnsafePointer<UInt8>
  private let count: Int
  private let isLines: Bool
  private let isLast: Bool
  private var elements: JSONElements
  private(set) var at = 0
  /// What is wrong after the last row of an array.
  private(set) var problem: String?

  init(base: UnsafePointer<UInt8>, count: Int, isLines: Bool, arrays: Int, isLast: Bool) {
    self.base = base
    self.count = count
    self.isLines = isLines
    self.isLast = isLast
    elements = JSONElements(base: base, count: count, arrays: arrays)
  }

  mutating func next() -> Range<Int>? {
    guard isLines else {
      if let range = elements.next(atEnd: true) { return range }
      at = elements.at
      checkEnd()
      return nil
    }
    while at < count {
      let start = at
      let found = memchr(base + at, Int32(UInt8.newline), count &- at)
      let end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? count
      at = end &+ 1
      // White space is not a row.
      var first = start
      while first < end && base[first].isSpace { first &+= 1 }
      if first < end { return first..<end }
    }
    return nil
  }

  private mutating func checkEnd() {
    if elements.isOverclosed {
      problem = "`]` closes nothing"
    } else if isLast, elements.arrays > 0 {
      at = count
      problem = "the array is not closed"
    }
  }
}
