import Glibc
import PlumbDatabase
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax
import ReadlineShim

/// What TAB offers: what fits at the cursor, from the parser, the binder and the data.
final class Completion: Sendable {
  /// One word that fits.
  struct Candidate: Sendable {
    var text: String
    /// Shown beside it in the list: a signature, a summary, a count.
    var note = ""
    /// What follows it when it is the only one; nil for nothing.
    var ending: Character? = " "
  }

  private let current: Guarded<CompletionData>
  private let pendingText = Guarded("")
  private let safety = Guarded(false)

  /// The one that the terminal asks, and what it last answered.
  private static let asked = Guarded<(completion: Completion?, answer: [Candidate], note: UncheckedText)>(
    (nil, [], UncheckedText()))

  init(workspace: Workspace) { current = Guarded(CompletionData(workspace)) }

  /// What is known of the data.
  var data: CompletionData { current.withLock { $0 } }

  /// From now on it is another workspace's data.
  func use(_ workspace: Workspace) {
    let data = CompletionData(workspace)
    current.withLock { $0 = data }
    data.prepare()
  }

  var isSafe: Bool {
    get { safety.withLock { $0 } }
    set { safety.withLock { $0 = newValue } }
  }

  /// Makes this the completion of the terminal.
  func install() {
    Self.asked.withLock { $0.completion = self }
    plumb_readline_start(
      "plumb",
      { line, start, end, index in
        Completion.candidate(line: String(cString: line), start: Int(start), end: Int(end), index: Int(index))
      },
      { candidate in Completion.note(on: String(cString: candidate)) })
  }

  /// The lines of the query before the one being typed.
  func setPendingText(_ text: String) {
    pendingText.withLock { $0 = text }
    LineColours.setPendingText(text)
  }

  private static func candidate(line: String, start: Int, end: Int, index: Int) -> UnsafeMutablePointer<CChar>? {
    asked.withLock { state in
      if index == 0 {
        let bytes = Array(line.utf8)
        let lower = min(max(start, 0), bytes.count)
        let upper = min(max(end, lower), bytes.count)
        state.answer =
          state.completion?.candidates(
            for: String(decoding: bytes[lower..<upper], as: UTF8.self),
            after: String(decoding: bytes[..<lower], as: UTF8.self)) ?? []
        let ending = state.answer.count == 1 ? state.answer[0].ending : " "
        plumb_readline_append(CChar(bitPattern: ending?.asciiValue ?? 0))
      }
      guard state.answer.indices.contains(index) else { return nil }
      return strdup(state.answer[index].text)
    }
  }

  private static func note(on text: String) -> UnsafePointer<CChar>? {
    asked.withLock { state in
      free(state.note.pointer)
      state.note.pointer = strdup(state.answer.first { $0.text == text }?.note ?? "")
      return UnsafePointer(state.note.pointer)
    }
  }

  private struct UncheckedText: @unchecked Sendable {
    var pointer: UnsafeMutablePointer<CChar>?
  }

  /// The words that begin with `word` and fit after `text`, the rest of the line before the cursor.
  func candidates(for word: String, after text: String) -> [Candidate] {
    data.begin()
    let pending = pendingText.withLock { $0 }
    let start = text.drop(while: \.isWhitespace)
    if pending.isEmpty, start.hasPrefix(".") || start.isEmpty && word.hasPrefix(".") {
      return DotCompletion(completion: self).candidates(for: word, after: String(start))
    }
    return queryCandidates(for: word, after: pending.isEmpty ? text : pending + "\n" + text)
  }

  /// What fits in a query whose text so far is `before`.
  func queryCandidates(for word: String, after before: String) -> [Candidate] {
    // A line that begins with a pipe goes on with the last result.
    let before = before.drop(while: \.isWhitespace).hasPrefix("|") ? "_ " + before : before
    let shape = QueryShape(before)
    if let place = shape.openText {
      return ValueCompletion(shape: shape, data: data).candidates(for: word, textStart: place)
    }
    if shape.endsInText { return [] }
    var step = shape.step.trimmed
    let isNamed = step.hasPrefix("let ") && !shape.stepFollowsPipe
    if isNamed {
      // What is named begins as a query does.
      guard let equals = step.firstIndex(of: "=") else { return [] }
      step = step[step.index(after: equals)...].trimmed
    }
    if step.isEmpty {
      if shape.stepFollowsPipe || Guide.nesting.contains(shape.outerStepWord) {
        return Self.matching(word, Guide.operators.map { Candidate(text: $0.name, note: $0.summary) })
      }
      return Self.matching(word, sources(shape) + (isNamed || shape.frames.count > 1 ? expressions(shape, for: word, "") : []))
    }
    if let tables = databaseTables(after: step, word) { return Self.matching(word, tables) }
    switch WordCompletion.next(in: step, followsPipe: shape.stepFollowsPipe) {
    case .pipelines?: return Self.matching(word, plain(data.pipelineNames))
    case .words(let words)?: return Self.matching(word, plain(words))
    case .expression?: return Self.matching(word, expressions(shape, for: word, ""))
    case nil: break
    }
    return Self.matching(word, words(inStep: step, of: shape, for: word))
  }

  // MARK: Places

  private func sources(_ shape: QueryShape) -> [Candidate] {
    tables + Guide.sources.map { Candidate(text: $0.name, note: $0.summary) }
      + shape.givenNames.map { Candidate(text: $0) }
      + data.catalog.functions.map { Candidate(text: $0.name + "(", note: "(\($0.parameters))", ending: nil) }
  }

  private var tables: [Candidate] {
    data.catalog.tableNames.map { Candidate(text: $0, note: data.rowsNote(ofTable: $0)) }
      + Listing.attachedTableNames(of: data.catalog).map { Candidate(text: $0, note: "attached") }
  }

  /// The tables of `database("shop").`; nil elsewhere.
  private func databaseTables(after step: Substring, _ word: String) -> [Candidate]? {
    var step = step
    let hasDot = step.hasSuffix(".")
    if hasDot { step = step.dropLast() } else if !word.hasPrefix(".") { return nil }
    guard step.hasSuffix(")"), let call = step.ranges(of: "database(").last else { return nil }
    let name = Paths.unquoted(String(step[call.upperBound...].dropLast()))
    guard let database = data.catalog.attached(named: name) else { return nil }
    return ((try? database.tableNames) ?? []).map { Candidate(text: (hasDot ? "" : ".") + KQLName.inQuery($0), note: "attached") }
  }

  private func words(inStep step: Substring, of shape: QueryShape, for word: String) -> [Candidate] {
    let first = String(step.prefix { !$0.isWhitespace && $0 != "(" })
    let columns = data.columns(at: shape)
    let last = String(step.split(whereSeparator: \.isWhitespace).last ?? "")
    switch first {
    case "render":
      if let open = step.firstIndex(of: "(") { return chartProperties(after: step[open...].dropFirst(), columns) }
      return step == "render"
        ? Guide.charts.map { Candidate(text: $0, note: ChartKind(rawValue: $0)?.summary ?? "") }
        : [Candidate(text: "with")]
    case "take", "limit", "count", "consume", "getschema", "sample", "as": return []
    case "union": return tables + plain(["isfuzzy", "kind", "withsource"])
    case "find", "search": return tables + columns + plain(["in", "kind", "where", "withsource"])
    case "evaluate" where step == first[...]: return Plugins.names.map { Candidate(text: $0 + "(", ending: nil) }
    case "invoke" where step == first[...]:
      return (data.catalog.functions.map(\.name) + data.catalog.storedFunctions.map(\.name) + shape.givenNames)
        .map { Candidate(text: $0 + "(", ending: nil) }
    case "join", "lookup":
      if step.hasSuffix("="), step.dropLast().trimmed.hasSuffix("kind") { return plain(Guide.joinKinds) }
      if step.contains(" on ") || last == "on" { return columns }
      return step.contains("(") ? plain(["on"]) + columns : tables + plain(["kind", "on"])
    case "project-away", "project-keep", "project-reorder", "distinct", "mv-expand", "facet":
      return columns + plain(first == "facet" ? ["by", "with"] : [])
    case "sort", "order":
      return step == first[...] ? plain(["by"]) : columns + plain(["asc", "desc", "nulls", "first", "last"])
    case "top": return columns + plain(["by", "asc", "desc"])
    default:
      if let next = afterOperand(last, in: step, first, columns) { return next }
      // Words only where a letter asks for them, or they would bury the columns.
      return columns + expressions(shape, for: word, first) + (word.isEmpty ? [] : plain(Guide.words))
    }
  }

  /// What follows a column or a value; nil where one is still to come.
  private func afterOperand(_ last: String, in step: Substring, _ first: String, _ columns: [Candidate]) -> [Candidate]? {
    let isCondition = ["where", "filter"].contains(first)
    let name = last.split(whereSeparator: { "(,".contains($0) }).last.map(String.init) ?? last
    if let column = columns.first(where: { $0.text == name }) {
      guard isCondition || step.contains("(") else { return plain(first == "summarize" && !step.contains(" by ") ? ["by"] : []) }
      return plain(ScalarType(name: column.note).map(Guide.comparisons) ?? [])
    }
    guard isCondition, let end = step.last, "\"')".contains(end) || last.allSatisfy(\.isNumber) else { return nil }
    return plain(["and", "or"])
  }

  /// What `render ... with (` takes at this place.
  private func chartProperties(after text: Substring, _ columns: [Candidate]) -> [Candidate] {
    let part = (text.split(separator: ",", omittingEmptySubsequences: false).last ?? text).trimmed
    guard let equals = part.firstIndex(of: "=") else {
      // A list of columns goes on behind its comma.
      return part.isEmpty ? Guide.chartProperties.map { Candidate(text: $0, ending: "=") } : []
    }
    let name = String(part[..<equals].trimmed)
    return Guide.chartColumnProperties.contains(name) ? columns : plain(Guide.chartPropertyValues[name] ?? [])
  }

  private func plain(_ words: [String]) -> [Candidate] { words.map { Candidate(text: $0) } }

  /// Functions with their signatures; only once a letter is typed, or the list would bury the columns.
  private func expressions(_ shape: QueryShape, for word: String, _ first: String) -> [Candidate] {
    let given = shape.givenNames.map { Candidate(text: $0) }
    guard !word.isEmpty else { return given }
    var found = ScalarFunction.all.filter { $0.name.utf8.allSatisfy(QueryShape.isWordByte) }
      .map { Candidate(text: $0.name + "(", note: "(\($0.parameters))  \($0.summary)", ending: nil) }
    if Guide.aggregating.contains(first) || first.isEmpty {
      found += AggregateFunction.all.map { Candidate(text: $0.name + "(", note: "(\($0.parameters))  \($0.summary)", ending: nil) }
    }
    return given + found
  }

  /// The candidates that begin with the word, letter case aside only if none does exactly; each once, in
  /// alphabetical order.
  static func matching(_ word: String, _ candidates: [Candidate], sorted: Bool = true) -> [Candidate] {
    var found = candidates.filter { $0.text.hasPrefix(word) }
    if found.isEmpty {
      let lower = word.lowercased()
      found = candidates.filter { $0.text.lowercased().hasPrefix(lower) }
    }
    var seen: Set<String> = []
    found = found.filter { seen.insert($0.text).inserted }
    return sorted ? found.sorted { $0.text < $1.text } : found
  }
}
