import PlumbSyntax

/// The columns that a query is about: those of its conditions, orders and groups.
enum NamedColumns {
  private static let steps: Set<String> = ["where", "filter", "sort", "order", "top", "summarize", "distinct"]

  /// The words of such steps, in their order; those that are not columns do no harm.
  static func of(_ query: String) -> [String] {
    var names: [String] = []
    for step in query.split(separator: "|").dropFirst() {
      let words = step.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }.map(String.init)
      guard let first = words.first, steps.contains(first) else { continue }
      for word in words.dropFirst() where names.count < 8 && !names.contains(word) { names.append(word) }
    }
    return names
  }
}
