/// The first value of a JSON text of which only the front is at hand.
public enum JSONFront {
  /// The compact form of the first value, or of the first element of an array; nil when it is not whole or no JSON.
  public static func firstValue(_ front: Bytes) -> ByteBuffer? {
    guard let base = front.baseAddress else { return nil }
    var elements = JSONElements(base: base, count: front.count)
    if front.first(where: { !$0.isSpace }) == 0x5B { elements.skipOpening() }
    guard let range = elements.next() else { return nil }
    return JSONText.parse(front.part(from: range.lowerBound, to: range.upperBound))
  }
}
