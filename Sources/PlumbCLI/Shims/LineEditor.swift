import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import ReadlineShim

/// What readline asks while a line is typed, in Swift's types.
enum LineEditor {
  private struct State {
    var candidates: ((_ line: [UInt8], _ word: Range<Int>) -> [Completion.Candidate])?
    var news: (() -> [String])?
    var colour: ((_ line: [UInt8], _ kinds: inout [UInt8]) -> Void)?
    var answer: [Completion.Candidate] = []
    var list: UncheckedBox<UnsafeMutablePointer<CChar>?> = UncheckedBox(nil)
    var paging = CandidateList.Paging()
  }

  private static let state = LockedValue(State())

  /// Sets readline up.
  ///
  /// - Parameter candidates: gives what fits in the place of a word of the line.
  static func start(candidates: @escaping (_ line: [UInt8], _ word: Range<Int>) -> [Completion.Candidate]) {
    state.withLock { $0.candidates = candidates }
    plumb_readline_start(
      "plumb", Completion.wordBreaks, { line, start, end, index in LineEditor.candidate(line, Int(start), Int(end), Int(index)) },
      { line, columns, rows in LineEditor.list(below: line, columns: Int(columns), rows: Int(rows)) })
  }

  /// Colours each byte of the line by a number for `plumb_readline_style`; nil for no colours.
  static func colour(by colour: ((_ line: [UInt8], _ kinds: inout [UInt8]) -> Void)?) {
    state.withLock { $0.colour = colour }
    guard colour != nil else { return plumb_readline_colours(nil) }
    plumb_readline_colours { line, length, kinds in
      let bytes = UnsafeBufferPointer(start: line, count: max(0, Int(length))).map { UInt8(bitPattern: $0) }
      var found = [UInt8](repeating: 0, count: bytes.count)
      LineEditor.state.withLock { $0.colour }?(bytes, &found)
      for (place, kind) in found.enumerated() { kinds[place] = kind }
    }
  }

  /// Shows texts above the line as soon as there are some; nil to ask no longer.
  static func ask(_ news: (() -> [String])?) {
    state.withLock { $0.news = news }
    guard news != nil else { return plumb_readline_ask_for_news(nil) }
    plumb_readline_ask_for_news {
      let texts = LineEditor.state.withLock { $0.news }?() ?? []
      return texts.isEmpty ? nil : strdup(texts.joined(separator: "\n"))
    }
  }

  /// Adds the entries of a history file, made visible.
  static func readHistory(_ path: String) {
    _ = plumb_history_read(path) { text in
      let text = text.map { String(cString: $0) } ?? ""
      let visible = VisibleText.typed(text)
      return visible == text ? nil : strdup(visible)
    }
  }

  /// The next candidate as readline takes it: made by malloc.
  private static func candidate(
    _ line: UnsafePointer<CChar>, _ start: Int, _ end: Int, _ index: Int
  ) -> UnsafeMutablePointer<CChar>? {
    if index == 0 {
      let bytes = Array(String(cString: line).utf8)
      let lower = min(max(start, 0), bytes.count)
      // What cannot be seen is not offered: readline would send it to the terminal.
      let answer = (state.withLock { $0.candidates }?(bytes, lower..<min(max(end, lower), bytes.count)) ?? [])
        .filter { VisibleText.isVisible($0.text) }
      state.withLock { $0.answer = answer }
      let ending = answer.count == 1 ? answer[0].ending : " "
      plumb_readline_append(CChar(bitPattern: ending?.asciiValue ?? 0))
    }
    return state.withLock { $0.answer.indices.contains(index) ? strdup($0.answer[index].text) : nil }
  }

  /// The list of the candidates; the text stays until the next one is asked for.
  private static func list(below line: UnsafePointer<CChar>, columns: Int, rows: Int) -> UnsafePointer<CChar>? {
    let line = String(cString: line)
    return state.withLock { state in
      free(state.list.value)
      let text = CandidateList(state.answer, columns: columns, rows: rows).text(below: line, &state.paging)
      state.list = UncheckedBox(strdup(text))
      return UnsafePointer(state.list.value)
    }
  }
}
