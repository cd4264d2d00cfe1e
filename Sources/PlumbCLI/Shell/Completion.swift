import Glibc
import PlumbDatabase
import PlumbEngine
import ReadlineShim
import Synchronization

/// What TAB offers: what fits at the cursor, from the catalog, the language and the query itself.
final class Completion: Sendable {
  private let catalog: Catalog
  private let pendingText = Mutex("")

  /// The one that the terminal asks, and what it last answered.
  private static let current = Mutex<(completion: Completion?, answer: [String])>((nil, []))

  init(catalog: Catalog) { self.catalog = catalog }

  /// Makes this the completion of the terminal.
  func install() {
    Self.current.withLock { $0.completion = self }
    plumb_readline_start("plumb") { line, start, end, index in
      Completion.candidate(line: String(cString: line), start: Int(start), end: Int(end), index: Int(index))
    }
  }

  /// The lines of the query before the one being typed.
  func setPendingText(_ text: String) { pendingText.withLock { $0 = text } }

  private static func candidate(line: String, start: Int, end: Int, index: Int) -> UnsafeMutablePointer<CChar>? {
    current.withLock { state in
      if index == 0 {
        let bytes = Array(line.utf8)
        let lower = min(max(start, 0), bytes.count)
        let upper = min(max(end, lower), bytes.count)
        state.answer =
          state.completion?.candidates(
            for: String(decoding: bytes[lower..<upper], as: UTF8.self),
            after: String(decoding: bytes[..<lower], as: UTF8.self)) ?? []
        let isCall = state.answer.count == 1 && state.answer[0].hasSuffix("(")
        plumb_readline_append_space(!isCall)
      }
      guard state.answer.indices.contains(index) else { return nil }
      return strdup(state.answer[index])
    }
  }

  /// The words that begin with `word` and fit after `text`, the rest of the line before the cursor.
  func candidates(for word: String, after text: String) -> [String] {
    let pending = pendingText.withLock { $0 }
    let start = text.drop(while: \.isWhitespace)
    if pending.isEmpty, start.hasPrefix(".") || start.isEmpty && word.hasPrefix(".") {
      return matching(word, DotCommand.candidates(after: String(start), catalog: catalog))
    }
    let before = pending.isEmpty ? text : pending + "\n" + text
    let shape = QueryShape(before)
    if shape.endsInText { return [] }
    let step = String(decoding: Array(before.utf8).dropFirst(shape.stepStart), as: UTF8.self)[...].trimmed
    if step.isEmpty {
      if shape.stepFollowsPipe { return matching(word, Guide.operators.map(\.name)) }
      var words = catalog.tableNames + Guide.sources.map(\.name) + shape.givenNames
      if shape.stepStart > 0 { words += columns(of: shape) + functions(aggregates: true, for: word) }
      return matching(word, words)
    }
    return matching(word, words(inStep: step, of: shape, for: word))
  }

  private func words(inStep step: Substring, of shape: QueryShape, for word: String) -> [String] {
    let first = String(step.prefix { !$0.isWhitespace && $0 != "(" })
    switch first {
    case "render": return Guide.charts + ["with"]
    case "union", "find", "search": return catalog.tableNames + columns(of: shape) + Guide.words
    case "join", "lookup":
      let isKind = step.hasSuffix("=") && step.dropLast().trimmed.hasSuffix("kind")
      if isKind { return Guide.joinKinds }
      return catalog.tableNames + columns(of: shape) + ["kind", "on"]
    default:
      return columns(of: shape) + shape.givenNames + Guide.words
        + functions(aggregates: Guide.aggregating.contains(first), for: word)
    }
  }

  /// The columns of the tables that the text names; of all tables when it names none.
  private func columns(of shape: QueryShape) -> [String] {
    let named = shape.words.filter { catalog.hasTable(named: $0) }
    var columns: Set<String> = []
    for table in named.isEmpty ? catalog.tableNames : named {
      for column in catalog.schema(ofTable: table) ?? []
      where column.name.utf8.allSatisfy(QueryShape.isWordByte) { columns.insert(column.name) }
    }
    return Array(columns)
  }

  /// With their open bracket; only once a letter is typed, or the list would bury the columns.
  private func functions(aggregates: Bool, for word: String) -> [String] {
    guard !word.isEmpty else { return [] }
    var names = catalog.functions.map(\.name)
    names += ScalarFunction.all.lazy.map(\.name).filter { $0.utf8.allSatisfy(QueryShape.isWordByte) }
    if aggregates { names += AggregateFunction.all.map(\.name) }
    return names.map { $0 + "(" }
  }

  /// The candidates that begin with the word, letter case aside only if none does exactly; each once.
  private func matching(_ word: String, _ candidates: [String]) -> [String] {
    let exact = Set(candidates.filter { $0.hasPrefix(word) })
    if !exact.isEmpty { return exact.sorted() }
    let lower = word.lowercased()
    return Set(candidates.filter { $0.lowercased().hasPrefix(lower) }).sorted()
  }
}
