/// A stretch of a source text, in UTF-8 byte offsets; the upper bound is not part of it.
package struct SourceSpan: Hashable, Sendable {
  package var lower: Int
  package var upper: Int

  package init(_ lower: Int, _ upper: Int) {
    self.lower = lower
    self.upper = max(lower, upper)
  }

  /// The smallest span that covers both.
  package static func joining(_ a: SourceSpan, _ b: SourceSpan) -> SourceSpan {
    SourceSpan(min(a.lower, b.lower), max(a.upper, b.upper))
  }

  /// The span of nothing, for nodes that no text stands for.
  package static let none = SourceSpan(0, 0)

  package var isEmpty: Bool { lower >= upper }
}
