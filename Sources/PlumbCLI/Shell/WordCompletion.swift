/// What may come next in a step of the pipeline vocabulary, such as `lineage downstream of`.
enum WordCompletion {
  enum Next: Equatable {
    case words([String])
    /// The names of pipelines.
    case pipelines
    /// A time or another expression.
    case expression
  }

  /// - Parameters:
  ///   - step: the step up to the cursor, without the word that is being typed.
  ///   - followsPipe: whether the pipelines are those of the rows before it.
  /// - Returns: nil where the step is none of these words.
  static func next(in step: Substring, followsPipe: Bool) -> Next? {
    let words = step.split { $0.isWhitespace || $0 == "," }.map(String.init)
    guard let first = words.first, let last = words.last else { return nil }
    let wantsName = step.hasSuffix(",")
    switch first {
    case "lineage": return lineage(words, wantsName: wantsName, followsPipe: followsPipe)
    case "blast":
      if let time = time(words) { return time }
      if !followsPipe && (words.count == 1 || wantsName) { return .pipelines }
      return .words(["depth", "as"].filter { !words.contains($0) })
    case "why":
      if !followsPipe && words.count == 1 { return .pipelines }
      return last == "at" ? .expression : .words(words.contains("at") ? [] : ["at"])
    case "predict":
      if words.count == 1 { return .words(["quality", "risk"]) }
      if let time = time(words) { return time }
      switch last {
      case "within": return .expression
      case "using": return .words(["forest", "tree"])
      default: return .words(words[1] == "risk" ? ["as", "using", "within"].filter { !words.contains($0) } : [])
      }
    case "slow", "stale", "volume": return time(words) ?? .words(words.contains("as") ? [] : ["as"])
    case "compare":
      guard step.hasSuffix(")") else { return last == "with" || words.count == 1 ? .words(["("]) : nil }
      return .words(words.contains("with") ? ["by"] : ["with"])
    default: return nil
    }
  }

  private static func lineage(_ words: [String], wantsName: Bool, followsPipe: Bool) -> Next {
    if words.count == 1 { return .words(["downstream", "upstream"] + (followsPipe ? [] : ["critical", "path"])) }
    if let time = time(words) { return time }
    if wantsName { return .pipelines }
    switch words[words.count - 1] {
    case "of", "from", "to": return .pipelines
    case "downstream" where words.count == 2, "upstream" where words.count == 2:
      return .words(followsPipe ? ["as", "depth"] : ["of"])
    case "critical": return .words(["path"])
    case "path": return .words([words.contains("critical") ? "to" : "from"])
    case "depth": return .expression
    default: break
    }
    if words.contains("from") && !words.contains("to") { return .words(["to"]) }
    return .words(["as", "depth"].filter { !words.contains($0) })
  }

  /// What follows `as of`, where the words end with it.
  private static func time(_ words: [String]) -> Next? {
    if words.last == "as" { return .words(["of"]) }
    if words.last == "of", words.dropLast().last == "as" { return .expression }
    return nil
  }
}
