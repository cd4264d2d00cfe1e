import PlumbDiagnostics

/// The first value of a JSON text of which only the front is available.
package enum JSONFront {
  /// Whether a text is one JSON value, as programs write it.
  package static func isValue(_ text: Bytes) -> Bool {
    var out = ByteBuffer()
    do { try JSONText.parse(text, asEmitted: true, to: &out) } catch { return false }
    return true
  }

  /// The text from its first JSON object on, if lines without one are before it, or a text in its line; otherwise all of it.
  package static func withoutNoise(_ front: Bytes) -> Bytes {
    guard let first = front.firstIndex(where: { !$0.isSpace }) else { return front }
    let next = front.indices.dropFirst(first + 1).first { !front[$0].isSpace }.map { front[$0] }
    if front[first] == .openBrace { return front }
    if front[first] == .openBracket, [nil, .openBrace, .openBracket, .closeBracket].contains(next) { return front }
    var start = 0
    for _ in 0..<linesOfNoise {
      guard start < front.count else { break }
      let line = front.part(from: start, to: front.part(from: start).firstIndex(of: .newline).map { start + $0 } ?? front.count)
      if let part = JSONLine.parts(of: line)?.first { return front.part(from: start + part.lowerBound) }
      if isValue(line) { return front.part(from: start) }
      start += line.count + 1
    }
    return front
  }

  /// The number of lines before the first object that are looked through.
  private static let linesOfNoise = 200

  /// The compact form of the first value, or of the first element of an array, and its position; nil if it is
  /// not whole or not JSON.
  package static func firstValue(_ front: Bytes) -> (value: ByteBuffer, place: Range<Int>)? {
    guard let base = front.baseAddress else { return nil }
    var elements = JSONElements(base: base, count: front.count)
    guard let range = elements.next() else { return nil }
    var out = ByteBuffer()
    do { try JSONText.parse(front.part(from: range.lowerBound, to: range.upperBound), asEmitted: true, to: &out) } catch { return nil }
    return (out, range)
  }
}
