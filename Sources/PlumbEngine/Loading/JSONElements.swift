import PlumbDiagnostics

/// Finds the end of each of many JSON values without parsing them.
///
/// Values are separated by white space or a comma; a `]` outside all values ends an array.
struct JSONElements {
  let base: UnsafePointer<UInt8>
  let count: Int
  /// The position after the last value found.
  private(set) var at = 0
  private(set) var isClosed = false

  init(base: UnsafePointer<UInt8>, count: Int) {
    self.base = base
    self.count = count
  }

  /// Skips the `[` of an array.
  mutating func skipOpening() {
    while at < count, base[at].isSpace { at &+= 1 }
    if at < count, base[at] == .openBracket { at &+= 1 }
  }

  /// The range of the next value, with `at` after it; nil if the rest contains no whole value.
  ///
  /// A scalar is whole if something follows it; `atEnd` says that nothing more can follow.
  mutating func next(atEnd: Bool = false) -> Range<Int>? {
    var place = at
    while place < count, base[place].isSpace || base[place] == .comma { place &+= 1 }
    guard place < count else { return nil }
    if base[place] == .closeBracket {
      isClosed = true
      at = place &+ 1
      return nil
    }
    let start = place
    var depth = 0
    while place < count {
      let byte = base[place]
      place &+= 1
      switch byte {
      case .quote:
        guard let end = endOfString(place) else { return atEnd ? unfinished(start) : nil }
        place = end
      case .openBrace, .openBracket: depth &+= 1
      case .closeBrace, .closeBracket:
        if depth == 0 {
          // A scalar before the end of the array; a brace alone is a value too, though an invalid one.
          at = Swift.max(place &- 1, start &+ 1)
          return start..<at
        }
        depth &-= 1
        if depth == 0 {
          at = place
          return start..<place
        }
      case .comma where depth == 0:
        at = place &- 1
        return start..<at
      case .space, .newline, .carriageReturn, .tab:
        if depth == 0 {
          at = place &- 1
          return start..<at
        }
      default: break
      }
    }
    return atEnd ? unfinished(start) : nil
  }

  private mutating func unfinished(_ start: Int) -> Range<Int> {
    at = count
    return start..<count
  }

  private func endOfString(_ from: Int) -> Int? {
    var place = from
    while place < count {
      if base[place] == .quote { return place &+ 1 }
      place &+= base[place] == .backslash ? 2 : 1
    }
    return nil
  }
}
