import Glibc
import PlumbDatabase
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax
import ReadlineShim

/// Completion with TAB: what fits at the cursor, according to the parser, the binder and the data.
final class Completion: Sendable {
  /// One matching word.
  struct Candidate: Sendable {
    var text: String
    /// Shown next to it in the list: a signature, a summary, a count.
    var note = ""
    /// The character after it if it is the only one; nil for none.
    var ending: Character? = " "
  }

  private let current: Guarded<CompletionData>
  private let pendingText = Guarded("")
  private let safety = Guarded(false)

  init(workspace: Workspace) { current = Guarded(CompletionData(workspace)) }

  /// What is known about the data.
  var data: CompletionData { current.withLock { $0 } }

  /// Switches to another workspace's data.
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
    LineEditor.start { line, word in
      self.candidates(
        for: String(decoding: line[word], as: UTF8.self), after: String(decoding: line[..<word.lowerBound], as: UTF8.self))
    }
  }

  /// The lines of the query before the one being typed.
  func setPendingText(_ text: String) {
    pendingText.withLock { $0 = text }
    LineColours.setPendingText(text)
  }

  /// The words that begin with `word` and fit after `text`, the rest of the line before the cursor.
  func candidates(for word: String, after text: String) -> [Candidate] {
    data.begin()
    let pending = pendingText.withLock { $0 }
    let start = text.drop(while: \.isWhitespace)
    if pending.isEmpty, start.hasPrefix(".") || start.isEmpty && word.hasPrefix(".") {
      return CommandCompletion(completion: self).candidates(for: word, after: String(start))
    }
    return queryCandidates(for: word, after: pending.isEmpty ? text : pending + "\n" + text)
  }

  /// What fits in a query whose text so far is `before`.
  func queryCandidates(for word: String, after before: String) -> [Candidate] {
    // A line that begins with a pipe continues the last result.
    let before = before.drop(while: \.isWhitespace).hasPrefix("|") ? "_ " + before : before
    let shape = QueryShape(before)
    if let place = shape.openText {
      return ValueCompletion(shape: shape, data: data).candidates(for: word, textStart: place)
    }
    if shape.endsInText { return [] }
    var step = shape.step.trimmed
    let isNamed = step.hasPrefix("let ") && !shape.stepFollowsPipe
    if isNamed {
      // A named expression begins like a query.
      guard let equals = step.firstIndex(of: "=") else { return [] }
      step = step[step.index(after: equals)...].trimmed
    }
    if step.isEmpty {
      let holdsSteps = OperatorDeclaration.named(shape.outerStepWord)?.traits.contains(.holdsSteps) == true
      if shape.stepFollowsPipe || holdsSteps {
        let operators = OperatorDeclaration.all.filter(\.isSupported)
        return Self.matching(word, operators.map { Candidate(text: $0.keyword, note: $0.summary) })
      }
      return Self.matching(word, sources(shape) + (isNamed || shape.frames.count > 1 ? expressions(shape, for: word, "") : []))
    }
    if let tables = databaseTables(after: step, word) { return Self.matching(word, tables) }
    if let next = nextInWord(step, followsPipe: shape.stepFollowsPipe) {
      if next.places.contains(where: { $0 == .pipeline || $0 == .pipelines }) {
        return Self.matching(word, plain(data.pipelineNames))
      }
      if !next.places.isEmpty { return Self.matching(word, expressions(shape, for: word, "")) }
      return Self.matching(word, plain(next.words))
    }
    return Self.matching(word, words(inStep: step, of: shape, for: word))
  }

  // MARK: Positions

  private func sources(_ shape: QueryShape) -> [Candidate] {
    tables + SourceDeclaration.all.filter(\.isSupported).map { Candidate(text: $0.keyword, note: $0.summary) }
      + StatementDeclaration.all.filter(\.isSupported).map { Candidate(text: $0.keyword, note: $0.summary) }
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

  /// What may follow in a step of the pipeline vocabulary, such as `lineage downstream of`; nil in other steps.
  private func nextInWord(_ step: Substring, followsPipe: Bool) -> Usage.Next? {
    let words = step.split { $0.isWhitespace || $0 == "," }.map(String.init)
    guard let first = words.first, let declaration = WordDeclaration.named(first) else { return nil }
    let wantsMore = step.hasSuffix(",")
    return declaration.next(after: Array(words.dropFirst()), wantsMore: wantsMore, followsPipe: followsPipe)
  }

  private func words(inStep step: Substring, of shape: QueryShape, for word: String) -> [Candidate] {
    let first = String(step.prefix { !$0.isWhitespace && $0 != "(" })
    let isBare = step == first[...]
    let columns = data.columns(at: shape)
    let last = String(step.split(whereSeparator: \.isWhitespace).last ?? "")
    let declaration = shape.stepFollowsPipe ? OperatorDeclaration.named(first) : nil
    let source = SourceDeclaration.named(first)
    let clauses = declaration?.clauses ?? source?.clauses ?? []
    let settings = declaration?.settings ?? source?.settings ?? []
    switch declaration?.operands ?? OperatorDeclaration.named(first)?.operands ?? .expressions {
    case .chart:
      if let open = step.firstIndex(of: "(") { return chartProperties(after: step[open...].dropFirst(), columns, of: step) }
      return isBare
        ? ChartDeclaration.all.map { Candidate(text: $0.name, note: $0.summary) } + plain(["table"]) : plain(clauses)
    case .nothing: return []
    case .tables:
      let own = tables + (first == "union" ? [] : columns)
      return own + plain(clauses) + settings.map { Candidate(text: $0.name) }
    case .plugin where isBare: return 
      Plugin.all.map { Candidate(text: $0.name + "(", note: "(\($0.parameters))  \($0.summary)", ending: nil) }
    case .function where isBare:
      return (data.catalog.functions.map(\.name) + data.catalog.storedFunctions.map(\.name) + shape.givenNames)
        .map { Candidate(text: $0 + "(", ending: nil) }
    case .join:
      if let setting = settings.first(where: { step.hasSuffix("=") && step.dropLast().trimmed.hasSuffix($0.name) }) {
        return plain(setting.values)
      }
      if step.contains(" on ") || last == "on" { return columns }
      return step.contains("(") ? plain(clauses) + columns : tables + plain(settings.map(\.name) + clauses)
    case .columns: return columns + plain(clauses)
    case .order:
      return isBare && first != "top" ? plain(["by"]) : columns + plain(clauses + (first == "top" ? ["by"] : []))
    case .expressions, .condition, .plugin, .function:
      if let next = afterOperand(last, in: step, first, columns) { return next }
      // Offers words only after a first letter, since they would hide the columns.
      return columns + expressions(shape, for: word, first) + (word.isEmpty ? [] : plain(QueryWords.all))
    }
  }

  /// What follows a column or a value; nil if one is still expected.
  private func afterOperand(_ last: String, in step: Substring, _ first: String, _ columns: [Candidate]) -> [Candidate]? {
    let isCondition = if case .condition? = OperatorDeclaration.named(first)?.operands { true } else { false }
    let name = last.split(whereSeparator: { "(,".contains($0) }).last.map(String.init) ?? last
    if let column = columns.first(where: { $0.text == name }) {
      guard isCondition || step.contains("(") else { return plain(first == "summarize" && !step.contains(" by ") ? ["by"] : []) }
      return plain(ScalarType(name: column.note).map(QueryWords.comparisons) ?? [])
    }
    guard isCondition, let end = step.last, "\"')".contains(end) || last.allSatisfy(\.isNumber) else { return nil }
    return plain(["and", "or"])
  }

  /// What `render ... with (` accepts at this position.
  private func chartProperties(after text: Substring, _ columns: [Candidate], of step: Substring) -> [Candidate] {
    let part = (text.split(separator: ",", omittingEmptySubsequences: false).last ?? text).trimmed
    guard let equals = part.firstIndex(of: "=") else {
      // A list of columns continues after its comma.
      let names = ChartProperty.all.filter { !$0.isIgnored }.map(\.name)
      return part.isEmpty ? names.map { Candidate(text: $0, ending: "=") } : []
    }
    switch ChartProperty.named(String(part[..<equals].trimmed))?.value {
    case .columns?: return columns
    case .words(let words)?: return plain(words)
    case .kind?:
      let chart = step.split(whereSeparator: \.isWhitespace).dropFirst().first.map(String.init) ?? ""
      return plain(ChartDeclaration.named(chart)?.kinds ?? [])
    case .text?, .number?, nil: return []
    }
  }

  private func plain(_ words: [String]) -> [Candidate] { words.map { Candidate(text: $0) } }

  /// Functions with their signatures; only after a first letter, since the list would hide the columns.
  private func expressions(_ shape: QueryShape, for word: String, _ first: String) -> [Candidate] {
    let given = shape.givenNames.map { Candidate(text: $0) }
    guard !word.isEmpty else { return given }
    var found = ScalarFunction.all.filter { $0.name.utf8.allSatisfy(QueryShape.isWordByte) }
      .map { Candidate(text: $0.name + "(", note: "(\($0.parameters))  \($0.summary)", ending: nil) }
    if OperatorDeclaration.named(first)?.traits.contains(.aggregates) ?? first.isEmpty {
      found += AggregateFunction.all.map { Candidate(text: $0.name + "(", note: "(\($0.parameters))  \($0.summary)", ending: nil) }
    }
    return given + found
  }

  /// The candidates that begin with the word, ignoring letter case only if none matches exactly; each once, in
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
