/// The part of a text in which `indexof` and `indexof_regex` search, and which occurrence they search for.
struct SearchWindow {
  let part: Bytes
  /// The start of the part, in bytes.
  let offset: Int
  let occurrence: Int64
  /// The number of characters to search; -1 for all.
  private let length: Int64

  private init(text: Bytes, offset: Int, length: Int64, occurrence: Int64) {
    self.offset = offset
    self.length = length
    self.occurrence = occurrence
    part = SearchWindow.part(of: text, from: offset, length)
  }

  /// The part of the same length that begins elsewhere.
  func part(of text: Bytes, from offset: Int) -> Bytes { SearchWindow.part(of: text, from: offset, length) }

  private static func part(of text: Bytes, from offset: Int, _ length: Int64) -> Bytes {
    let rest = text.part(from: offset)
    return length < 0 ? rest : rest.part(from: 0, to: rest.offset(ofCharacter: Int(length)))
  }

  /// The optional `start`, `length` and `occurrence` of a call.
  struct Inputs {
    private let numbers: [Input<Int64>]

    init(_ arguments: Arguments, from first: Int) {
      numbers = (first..<Swift.max(first, arguments.vectors.count)).map { Input<Int64>(arguments, $0) }
    }

    /// The row's window; nil if its numbers are invalid.
    subscript(row: Int, text: Bytes) -> SearchWindow? {
      var start = numbers.count > 0 ? numbers[0][row] : 0
      let length = numbers.count > 1 ? numbers[1][row] : -1
      let occurrence = numbers.count > 2 ? numbers[2][row] : 1
      guard length >= -1, occurrence >= 0 else { return nil }
      if start < 0 { start = Swift.max(0, Int64(text.characterCount) &+ Swift.max(start, -1 << 40)) }
      let offset = text.offset(ofCharacter: Int(start))
      return SearchWindow(text: text, offset: offset, length: length, occurrence: occurrence)
    }
  }
}
