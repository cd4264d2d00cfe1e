/// Finds the name a user probably meant.
package enum Suggestion {
  /// A sentence such as "did you mean `status`?", or nil if no candidate is close.
  package static func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
    nearestName(to: name, in: candidates).map { "did you mean `\($0)`?" }
  }

  /// The candidate with the fewest edits between it and `name`, ignoring letter case; nil if all are too different.
  /// The first of several equally close ones wins.
  package static func nearestName(
    to name: String, in candidates: some Sequence<String>
  ) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars)
    guard !wanted.isEmpty, wanted.count <= longestName else { return nil }
    let limit = slipsAllowed(length: wanted.count)
    var best: (name: String, slips: Int)?
    for candidate in candidates where candidate != name {
      let scalars = Array(candidate.lowercased().unicodeScalars.prefix(longestName + 1))
      guard abs(scalars.count - wanted.count) <= limit else { continue }
      let slips = distance(wanted, scalars)
      if slips <= limit, slips < best?.slips ?? Int.max { best = (candidate, slips) }
    }
    return best?.name
  }

  private static let longestName = 64

  private static func slipsAllowed(length: Int) -> Int {
    switch length {
    case ..<3: 0
    case 3...5: 1
    case 6...8: 2
    default: 3
    }
  }

  // Damerau (1964) and Levenshtein (1966), in the form without edits between swapped letters.
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    var row = last
    for i in 1...a.count {
      row[0] = i
      for j in 1...b.count {
        let isSame = a[i - 1] == b[j - 1]
        row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (isSame ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          row[j] = min(row[j], beforeLast[j - 2] + 1)
        }
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
