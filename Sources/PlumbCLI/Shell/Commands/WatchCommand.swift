import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation

extension DotCommand {
  static let watch = DotCommand(
    name: ".watch", usage: ".watch 5s QUERY [until CONDITION]",
    summary: "Runs a query again and again with changed cells marked, until rows meet a condition or Ctrl-C.",
    examples: [".watch 5s pipelines | summarize count() by status", ".watch 1m runs | count until Count > 1000"],
    text: { rest, shell in try Watch(rest).run(in: shell) })
}

/// A query that is asked again and again.
struct Watch {
  private let interval: Double
  /// The interval as it was typed.
  private let every: String
  private let query: String
  private let condition: String?

  init(_ text: String) throws {
    let word = text.prefix { !$0.isWhitespace }
    guard let ticks = TimeSpan.parse(String(word)), ticks >= TimeSpan.second / 10, ticks <= TimeSpan.day else {
      throw DotCommand.usage(".watch", "`.watch` needs a time from 100ms to 1d and a query")
    }
    interval = Double(ticks) / Double(TimeSpan.millisecond)
    every = String(word)
    let rest = text.dropFirst(word.count).trimmed
    if let place = rest.lastRange(ofWord: "until") {
      query = String(rest[..<place.lowerBound].trimmed)
      condition = String(rest[place.upperBound...].trimmed)
    } else {
      query = String(rest)
      condition = nil
    }
    if query.isEmpty { throw DotCommand.usage(".watch", "`.watch` needs a query") }
  }

  /// Ctrl-C ends it, whatever is under way.
  func run(in shell: Shell) throws {
    let stop = StopFlag()
    let chosen = (shell.settings.usesPager, shell.settings.rowLimit)
    defer { (shell.settings.usesPager, shell.settings.rowLimit) = chosen }
    // A screen is all that can be watched.
    shell.settings.usesPager = false
    try Interrupts.shared.handling(repeatable: true, { stop.set() }) {
      try run(in: shell) { stop.isSet || Interrupts.shared.wasTaken }
    }
    // The terminal shows the Ctrl-C itself, and the prompt begins a line.
    if stop.isSet, Console.outputIsTerminal { Console.writeOut("") }
  }

  private func run(in shell: Shell, isStopped: () -> Bool) throws {
    var before: [[String]]?
    let limit = shell.settings.rowLimit
    defer { shell.settings.marks = [] }
    while true {
      let answers = try shell.answers(to: query)
      if isStopped() { return }
      var isMet = false
      if let condition {
        let met = try shell.answers(to: "\(query)\n| where \(condition) | take 1")
        if isStopped() { return }
        isMet = (met.last?.rowCount ?? 0) > 0
      }
      let cells = answers.last.map { $0.texts(limit: 200) } ?? []
      shell.settings.marks = Self.changes(from: before, to: cells)
      if Console.outputIsStyled { Console.write("\u{1B}[H\u{1B}[2J", to: STDOUT_FILENO) }
      let changed = shell.settings.marks.count
      if let rows = Console.rows { shell.settings.rowLimit = min(limit, max(3, rows - 8)) }
      Console.say("every \(every)\(before == nil ? "" : ", \(changed) cells changed"); Ctrl-C ends")
      before = cells
      try shell.show(answers)
      if isMet { return Console.say("the condition is met") }
      let end = Machine.milliseconds + interval
      while !isStopped() && Machine.milliseconds < end { usleep(20_000) }
      if isStopped() { return }
    }
  }

  private static func changes(from before: [[String]]?, to now: [[String]]) -> Set<CellPlace> {
    guard let before else { return [] }
    var marks: Set<CellPlace> = []
    for (row, cells) in now.enumerated() {
      for (column, text) in cells.enumerated() {
        let old = before.indices.contains(row) && before[row].indices.contains(column) ? before[row][column] : nil
        if old != text { marks.insert(CellPlace(row: row, column: column)) }
      }
    }
    return marks
  }
}

extension Answer {
  /// The first rows' cells as text, long ones cut.
  func texts(limit: Int) -> [[String]] {
    var rows: [[String]] = []
    for chunk in chunks where rows.count < limit {
      let columns = (0..<min(chunk.columnCount, 200)).map { chunk.column($0) }
      for row in 0..<min(chunk.count, limit - rows.count) {
        rows.append(
          columns.map { column in
            var buffer = ByteBuffer()
            if column.type == .string {
              buffer.append(column.cellBytes(at: row).part(from: 0, to: 2000))
            } else {
              column.printShortText(at: row, to: &buffer)
              buffer.truncate(to: 2000)
            }
            return buffer.string
          })
      }
    }
    return rows
  }
}

extension Substring {
  /// The last place of a word between white space, outside of quotes.
  fileprivate func lastRange(ofWord word: String) -> Range<Index>? {
    var found: Range<Index>?
    var quote: Character?
    var at = startIndex
    while at < endIndex {
      let character = self[at]
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if character.isWhitespace, self[index(after: at)...].hasPrefix(word) {
        let start = index(after: at)
        if let end = index(start, offsetBy: word.count, limitedBy: endIndex), end == endIndex || self[end].isWhitespace {
          found = start..<end
        }
      }
      at = index(after: at)
    }
    return found
  }
}
