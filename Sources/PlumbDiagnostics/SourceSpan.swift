/// A stretch of a source text, in UTF-8 byte offsets; the upper bound is not part of it.
public struct SourceSpan: Hashable, Sendable {
  public var lower: Int
  public var upper: Int

  public init(_ lower: Int, _ upper: Int) {
    self.lower = lower
    self.upper = max(lower, upper)
  }

  /// The smallest span that covers both.
  public static func joining(_ a: SourceSpan, _ b: SourceSpan) -> SourceSpan {
    SourceSpan(min(a.lower, b.lower), max(a.upper, b.upper))
  }

  /// The span of nothing, for nodes that no text stands for.
  public static let none = SourceSpan(0, 0)

  public var isEmpty: Bool { lower >= upper }
}
