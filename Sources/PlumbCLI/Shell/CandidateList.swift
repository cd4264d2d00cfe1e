import PlumbDiagnostics
import PlumbKit
import PlumbPresentation

/// The list below the line when TAB has several answers: with descriptions where it is short, else several in a row.
struct CandidateList {
  /// Where the list of a line goes on when TAB is pressed again.
  struct Paging {
    fileprivate var line = ""
    fileprivate var next = 0
  }

  private let candidates: [Completion.Candidate]
  private let columns: Int
  /// Lines that fit below the line being typed.
  private let lines: Int

  init(_ candidates: [Completion.Candidate], columns: Int, rows: Int) {
    self.candidates = candidates
    self.columns = max(20, columns)
    lines = rows > 7 ? rows - 5 : 2
  }

  /// The list with its line feeds; a longer one is shown in parts, one at each TAB.
  func text(below line: String, _ paging: inout Paging) -> String {
    if paging.line != line || paging.next >= candidates.count { paging = Paging(line: line, next: 0) }
    let rest = candidates[paging.next...]
    let isWhole = paging.next == 0
    let hasNotes = rest.contains { !$0.note.isEmpty }
    let shown: Int
    var text: String
    if isWhole, hasNotes, rest.count <= lines {
      shown = rest.count
      text = described(rest)
    } else {
      (text, shown) = cells(rest)
    }
    paging.next += shown
    if paging.next < candidates.count {
      text += "  and \(candidates.count - paging.next) more: TAB again\n"
    } else {
      paging.next = 0
    }
    return text
  }

  /// One candidate in a line, with its note.
  private func described(_ list: ArraySlice<Completion.Candidate>) -> String {
    let widest = list.map { DisplayWidth.columns(of: $0.text) }.max() ?? 0
    let room = columns - widest - 5
    return list.map { candidate in
      var line = "  " + candidate.text
      let note = VisibleText.string(candidate.note)
      if !note.isEmpty, room > 8 {
        line += String(repeating: " ", count: widest - DisplayWidth.columns(of: candidate.text) + 2) + Self.cut(note, to: room)
      }
      return Self.cut(line, to: columns - 1) + "\n"
    }.joined()
  }

  /// Several candidates in a row, in reading order; short notes follow their candidate.
  private func cells(_ list: ArraySlice<Completion.Candidate>) -> (text: String, count: Int) {
    let hasShortNotes = list.allSatisfy { $0.note.utf8.count <= 20 }
    let cells = list.map { candidate in
      hasShortNotes && !candidate.note.isEmpty ? candidate.text + " " + VisibleText.string(candidate.note) : candidate.text
    }
    let widest = (cells.map { DisplayWidth.columns(of: $0) }.max() ?? 0) + 2
    let perRow = max(1, (columns - 3) / max(1, widest))
    let count = min(list.count, perRow * lines)
    if perRow == 1, list.contains(where: { !$0.note.isEmpty }) { return (described(list.prefix(count)), count) }
    var text = ""
    for start in stride(from: 0, to: count, by: perRow) {
      var line = "  "
      for cell in cells[start..<min(start + perRow, count)] {
        line += cell + String(repeating: " ", count: max(0, widest - DisplayWidth.columns(of: cell)))
      }
      while line.last == " " { line.removeLast() }
      text += Self.cut(line, to: columns - 1) + "\n"
    }
    return (text, count)
  }

  /// The text, ending with a mark if it is longer than `width`.
  private static func cut(_ text: String, to width: Int) -> String {
    guard DisplayWidth.columns(of: text) > width else { return text }
    var text = text
    let mark = Console.isASCII ? "~" : "…"
    while !text.isEmpty, DisplayWidth.columns(of: text) > width - 1 { text.removeLast() }
    return text + mark
  }
}
