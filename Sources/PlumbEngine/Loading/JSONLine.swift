import PlumbDiagnostics

/// A line that should be one JSON value and is not.
package enum JSONLine {
  /// The ranges of its values: several in sequence or in an array, or one after a text, such as a time and a level; nil if
  /// it has neither.
  package static func parts(of line: Bytes) -> [Range<Int>]? {
    guard let base = line.baseAddress, let first = line.firstIndex(where: { !$0.isSpace }) else { return nil }
    if line[first] == .openBrace || line[first] == .openBracket {
      var elements = JSONElements(base: base, count: line.count)
      var parts: [Range<Int>] = []
      while let part = elements.next(atEnd: true) { parts.append(part) }
      guard line[first] == .openBracket || parts.count > 1, !elements.isOverclosed, elements.arrays == 0 else { return nil }
      // Values of a damaged line are not believed.
      return parts.allSatisfy({ isObject(line.part(from: $0.lowerBound, to: $0.upperBound)) }) ? parts : nil
    }
    // A brace in the text itself is not the value.
    var tries = 0
    for place in line.indices where line[place] == .openBrace {
      tries += 1
      if isObject(line.part(from: place)) { return [place..<line.count] }
      if tries == 8 { return nil }
    }
    return nil
  }

  private static func isObject(_ text: Bytes) -> Bool {
    guard text.first(where: { !$0.isSpace }) == .openBrace else { return false }
    var out = ByteBuffer()
    do { try JSONText.parse(text, asEmitted: true, to: &out) } catch { return false }
    return true
  }
}
