import PlumbDiagnostics

/// The first value of a JSON text of which only the front is available.
package enum JSONFront {
  /// The compact form of the first value, or of the first element of an array, and its position; nil if it is
  /// not whole or not JSON.
  package static func firstValue(_ front: Bytes) -> (value: ByteBuffer, place: Range<Int>)? {
    guard let base = front.baseAddress else { return nil }
    var elements = JSONElements(base: base, count: front.count)
    if front.first(where: { !$0.isSpace }) == .openBracket { elements.skipOpening() }
    guard let range = elements.next() else { return nil }
    return JSONText.parse(front.part(from: range.lowerBound, to: range.upperBound)).map { ($0, range) }
  }
}
