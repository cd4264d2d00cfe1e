/// A set of code points: ranges in ascending order with gaps between them.
struct ScalarSet: Equatable, Sendable {
  private(set) var ranges: [ClosedRange<UInt32>] = []

  static let last: UInt32 = 0x10FFFF

  init() {}

  /// The union of ranges in any order.
  init(_ parts: [ClosedRange<UInt32>]) {
    for part in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let before = ranges.last, part.lowerBound <= before.upperBound &+ 1 {
        ranges[ranges.count - 1] = before.lowerBound...Swift.max(before.upperBound, part.upperBound)
      } else {
        ranges.append(part)
      }
    }
  }

  /// Pairs of the first and the last character of a range, such as `azAZ`.
  init(pairs: String) {
    let ends = pairs.unicodeScalars.map(\.value)
    self.init(stride(from: 0, to: ends.count, by: 2).map { ends[$0]...ends[$0 + 1] })
  }

  var isEmpty: Bool { ranges.isEmpty }

  /// All code points that are not in the set.
  var complement: ScalarSet {
    var gaps: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= Self.last { gaps.append(next...Self.last) }
    var result = ScalarSet()
    result.ranges = gaps
    return result
  }

  func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

  func intersection(_ other: ScalarSet) -> ScalarSet { complement.union(other.complement).complement }

  func subtracting(_ other: ScalarSet) -> ScalarSet { complement.union(other).complement }

  func symmetricDifference(_ other: ScalarSet) -> ScalarSet {
    subtracting(other).union(other.subtracting(self))
  }
}
