import PlumbDiagnostics

/// Finds the end of each of many JSON values without parsing them.
///
/// Values are separated by white space, commas, and the brackets of arrays that contain values: `[1, 2] [3]` has three values.
struct JSONElements {
  let base: UnsafePointer<UInt8>
  let count: Int
  /// The position after the last value found.
  private(set) var at = 0
  /// The number of arrays that are open at `at`.
  private(set) var arrays: Int
  /// Whether a `]` follows that closes nothing.
  private(set) var isOverclosed = false

  init(base: UnsafePointer<UInt8>, count: Int, arrays: Int = 0) {
    self.base = base
    self.count = count
    self.arrays = arrays
  }

  /// The range of the next value, with `at` after it; nil if the rest contains no whole value.
  ///
  /// A scalar is whole if something follows it; `atEnd` says that nothing more can follow.
  mutating func next(atEnd: Bool = false) -> Range<Int>? {
    var place = at
    var open = arrays
    separators: while place < count {
      switch base[place] {
      case .comma, .space, .newline, .carriageReturn, .tab: break
      case .openBracket: open &+= 1
      case .closeBracket:
        guard open > 0 else {
          isOverclosed = true
          at = place
          return nil
        }
        open &-= 1
      default:
        guard base[place].isSpace else { break separators }
      }
      place &+= 1
    }
    guard place < count else {
      if atEnd { (at, arrays) = (place, open) }
      return nil
    }
    let start = place
    defer { if at > start { arrays = open } }
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
