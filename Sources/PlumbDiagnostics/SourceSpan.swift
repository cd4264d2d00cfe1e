/// A range of a text, in UTF-8 byte offsets; the upper bound is exclusive.
package struct SourceSpan: Hashable, Sendable {
  private var first: Int32
  private var end: Int32
  /// The text that the offsets are in.
  package let text: SourceText

  package init(_ lower: Int, _ upper: Int, in text: SourceText = .script) {
    first = Int32(clamping: lower)
    end = Int32(clamping: max(lower, upper))
    self.text = text
  }

  package var lower: Int {
    get { Int(first) }
    set { first = Int32(clamping: newValue) }
  }

  package var upper: Int {
    get { Int(end) }
    set { end = Int32(clamping: newValue) }
  }

  /// The smallest span that covers both; `a` when they are in different texts.
  package static func joining(_ a: SourceSpan, _ b: SourceSpan) -> SourceSpan {
    a.text == b.text ? SourceSpan(min(a.lower, b.lower), max(a.upper, b.upper), in: a.text) : a
  }

  /// The empty span, for nodes without text.
  package static let none = SourceSpan(0, 0)

  package var isEmpty: Bool { first >= end }
}
