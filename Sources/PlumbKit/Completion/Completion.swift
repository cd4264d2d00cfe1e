import Glibc
import PlumbDatabase
import PlumbEngine
import PlumbPresentation
import PlumbSyntax

/// What fits at a place of a query, according to the parser, the binder and the data.
package final class Completion: Sendable {
  /// One matching word.
  package struct Candidate: Sendable {
    package var text: String
    /// Shown next to it in the list: a signature, a summary, a count.
    package var note = ""
    /// The character after it if it is the only one; nil for none.
    package var ending: Character? = " "
    /// Lower ranks are listed first; those of one rank by name.
    package var rank = 5

    package init(text: String, note: String = "", ending: Character? = " ", rank: Int = 5) {
      self.text = text
      self.note = note
      self.ending = ending
      self.rank = rank
    }

    /// The same in another place of the list.
    func ranked(_ rank: Int) -> Candidate {
      var other = self
      other.rank = rank
      return other
    }
  }

  /// What is known about the data.
  package let data: CompletionData

  package convenience init(workspace: Workspace) { self.init(CompletionData(workspace)) }

  package init(_ data: CompletionData) { self.data = data }

  /// The characters that end a word; what follows the last of them is completed.
  package static let wordBreaks = " \t\n\"'`@$><=;|&{(,)}[]+*/%!~:"

  /// What fits in a query whose text so far is `before`: likely words first, and none that the parser refuses there.
  package func queryCandidates(for word: String, after before: String) -> [Candidate] {
    // A line that begins with a pipe continues the last result.
    let before = before.drop(while: \.isWhitespace).hasPrefix("|") ? "_ " + before : before
    let shape = QueryShape(before)
    let likely = likelyCandidates(for: word, shape, before)
    return shape.endsInText ? likely : continuing(shape, with: likely, word)
  }

  private func likelyCandidates(for word: String, _ shape: QueryShape, _ before: String) -> [Candidate] {
    if let place = shape.openText {
      return ValueCompletion(shape: shape, data: data).candidates(for: word, textStart: place)
    }
    if shape.endsInText { return [] }
    // `(a: long)`: after a colon comes a type.
    if before.trimmed.hasSuffix(":") { return Self.matching(word, Self.types) }
    var step = shape.step.trimmed
    let isNamed = step.hasPrefix("let ") && !shape.stepFollowsPipe
    if isNamed {
      // A named expression begins like a query.
      guard let equals = step.firstIndex(of: "=") else { return [] }
      step = step[step.index(after: equals)...].trimmed
    }
    if step.isEmpty {
      let holdsSteps = OperatorDeclaration.named(shape.outerStepWord)?.traits.contains(.holdsSteps) == true || shape.outerStepWord == "make-graph"
      if shape.stepFollowsPipe || holdsSteps {
        let operators = OperatorDeclaration.all.filter(\.isSupported)
        // In `partition by a { ... }` there may be a table as well, which the parser decides.
        return Self.matching(
          word,
          operators.map { Candidate(text: $0.keyword, note: $0.summary, rank: OperatorDeclaration.rank(of: $0.keyword)) }
            + (shape.stepFollowsPipe ? [] : sources(shape)))
      }
      return Self.matching(word, sources(shape) + (isNamed || shape.frames.count > 1 ? expressions(shape, for: word, "") + (word.isEmpty ? [] : Self.literals) : []) + (isNamed ? plain(["view"]).map { $0.ranked(8) } : []))
    }
    if step.hasPrefix("explain "), !shape.stepFollowsPipe { step = step.dropFirst(8).trimmed }
    if step == "explain", !shape.stepFollowsPipe { return Self.matching(word, sources(shape)) }
    if let tables = databaseTables(after: step, word) { return Self.matching(word, tables) }
    if let next = nextInWord(step, followsPipe: shape.stepFollowsPipe) {
      let isEnded = next.places.isEmpty && !step.hasSuffix(",")
      if next.places.contains(where: { $0 == .pipeline || $0 == .pipelines }) {
        return Self.matching(word, data.pipelines)
      }
      // The columns of `compare` are those of the runs.
      if next.places.contains(.columns) { return Self.matching(word, data.schema(of: "runs").map(CompletionData.candidates) ?? data.allColumns) }
      if !next.places.isEmpty { return Self.matching(word, timespans + expressions(shape, for: word, "")) }
      return Self.matching(word, plain(next.words) + (isEnded && word.isEmpty ? pipe : []))
    }
    if !shape.stepFollowsPipe, isWholeSource(step, of: shape) { return Self.matching(word, word.isEmpty ? pipe : plain(["where"])) }
    return Self.matching(word, words(inStep: step, of: shape, for: word))
  }

  /// Whether the step is the name of a table, after which only a pipe can follow.
  private func isWholeSource(_ step: Substring, of shape: QueryShape) -> Bool {
    step.utf8.allSatisfy(QueryShape.isWordByte) && (data.catalog.hasTable(named: String(step)) || shape.givenNames.contains(String(step)) || step == "_")
      && OperatorDeclaration.named(shape.outerStepWord) == nil
  }

  private var pipe: [Candidate] { [Candidate(text: "|", note: "and the next step", rank: 9)] }

  /// Spans of time that are often written.
  private var timespans: [Candidate] { ["1m", "5m", "15m", "1h", "6h", "1d", "7d"].enumerated().map { Candidate(text: $1, rank: $0 - 10) } }

  // MARK: Positions

  private func sources(_ shape: QueryShape) -> [Candidate] {
    tables + SourceDeclaration.all.filter(\.isSupported).map { Candidate(text: $0.keyword, note: $0.summary) }
      + StatementDeclaration.all.filter(\.isSupported).map { Candidate(text: $0.keyword, note: $0.summary) }
      + shape.givenNames.map { Candidate(text: $0) }
      + data.catalog.functions.map { Candidate(text: $0.name + "(", note: "(\($0.parameters))", ending: nil) }
  }

  var tables: [Candidate] {
    data.catalog.tableNames.map { Candidate(text: $0, note: data.rowsNote(ofTable: $0)) }
      + data.catalog.attachedTableNames.map { Candidate(text: $0, note: "attached") }
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
    let first = String(step.prefix { !$0.isWhitespace && $0 != "(" && $0 != "|" })
    let isBare = step == first[...]
    if Operand(step).openFunction == "typeof" { return Self.types }
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
      let isComplete = !isBare && Operand(step).isComplete
      return own + (isComplete ? pipe : []) + plain(clauses) + settings.map { Candidate(text: $0.name, rank: 8) }
    case .plugin where isBare: return 
      Plugin.all.map { Candidate(text: $0.name + "(", note: "(\($0.parameters))  \($0.summary)", ending: nil) }
    case .function where isBare:
      return (data.catalog.functions.map(\.name) + data.catalog.storedFunctions.map(\.name) + shape.givenNames)
        .map { Candidate(text: $0 + "(", ending: nil) }
    case .join:
      if let setting = settings.first(where: { step.hasSuffix("=") && step.dropLast().trimmed.hasSuffix($0.name) }) {
        return plain(setting.values)
      }
      if let on = step.ranges(of: " on ").last {
        return keys(after: step[on.upperBound...], before: step[..<on.lowerBound], columns, shape)
      }
      if step.hasSuffix(" on") { return keys(after: "", before: step.dropLast(3), columns, shape) }
      if shape.frames.count > 1, step.hasSuffix("(") { return sources(shape) }
      let hasTable = step.hasSuffix(")") || tables.contains { $0.text == last } || shape.givenNames.contains(last)
      return hasTable ? plain(["on"]) : tables + [Candidate(text: "(", ending: nil)] + settings.map { Candidate(text: $0.name, ending: "=", rank: 7) }
        + shape.givenNames.map { Candidate(text: $0) }
    case .columns:
      guard Operand(step).isComplete, !isBare else { return columns.map { $0.ranked(1) } + [Candidate(text: "*", rank: 8)] }
      return plain(clauses.filter { !step.contains(" \($0)") }) + (word.isEmpty ? pipe : [])
    case .order:
      let isTop = first.hasPrefix("top")
      if isBare { return isTop ? plain(["5", "10", "20"]) : plain(["by"]) }
      guard step.contains(" by") else { return plain(["by"]) }
      guard Operand(step).isComplete else { return columns.map { $0.ranked(1) } + expressions(shape, for: word, first) }
      let directions = ["asc", "desc", "nulls"]
      if last == "nulls" { return plain(["first", "last"]) }
      return plain(directions.contains(last) ? ["nulls"] : directions) + (word.isEmpty ? pipe : [])
    case .expressions, .condition, .plugin, .function:
      return values(inStep: step, first, of: shape, for: word, columns, clauses)
    }
  }

  /// What an expression continues with: operands where one is expected, else what can follow one.
  private func values(
    inStep step: Substring, _ first: String, of shape: QueryShape, for word: String, _ columns: [Candidate], _ clauses: [String]
  ) -> [Candidate] {
    let isCondition = if case .condition? = OperatorDeclaration.named(first)?.operands { true } else { false }
    let operand = Operand(step)
    let names = columns.map { $0.ranked(1) }
    if step == first[...] || !operand.isComplete {
      if operand.openFunction == "typeof" { return Self.types }
      if operand.last == "to", first.hasPrefix("mv-") { return [Candidate(text: "typeof(", ending: nil)] }
      if let spans = spans(in: operand, columns) { return spans + (word.isEmpty ? [] : names + expressions(shape, for: word, first)) }
      let aggregates = OperatorDeclaration.named(first)?.traits.contains(.aggregates) == true && operand.openFunction == nil
        && !step.contains(" by ") && !step.hasSuffix(" by")
      let common = aggregates ? Self.commonAggregates : []
      let bin = step.hasSuffix(" by") || step.contains(" by ") ? [Candidate(text: "bin(", note: "(value, roundTo)", ending: nil, rank: 2)] : []
      return common + names + bin + keys(ofDynamic: word, columns, shape) + expressions(shape, for: word, first)
        + (word.isEmpty ? [] : Self.literals)
    }
    let column = columns.first { $0.text == operand.last }
    let isCompared = operand.isCompared
    var found: [Candidate] = []
    if isCondition || operand.openFunction.map({ ["iff", "iif", "case", "countif", "not", "sumif", "avgif"].contains($0) }) == true {
      if !isCompared, operand.lastKind != .literal {
        found += plain(column.flatMap { ScalarType(name: $0.note) }.map(QueryWords.comparisons) ?? QueryWords.comparisons(of: .long))
      }
      if isCompared || operand.lastKind == .closer || column?.note == "bool" { found += [Candidate(text: "and", rank: -2), Candidate(text: "or", rank: -1)] }
    } else {
      found += plain(clauses.filter { !step.contains(" \($0) ") })
    }
    if word.isEmpty, operand.openFunction == nil, shape.frames.count == 1 || shape.stepFollowsPipe { found += pipe }
    return found.enumerated().map { place, candidate in candidate.rank == 5 ? candidate.ranked(place + 10) : candidate }
  }

  private static let literals = ["true", "false", "datetime(", "timespan(", "dynamic(", "not("].map {
    Candidate(text: $0, ending: $0.hasSuffix("(") ? nil : " ", rank: 6)
  }

  private static let types = ["string", "long", "int", "real", "decimal", "bool", "datetime", "timespan", "dynamic", "guid"].enumerated()
    .map { Candidate(text: $1, rank: $0 - 10) }

  private static let commonAggregates: [Candidate] = ["count", "countif", "dcount", "sum", "avg", "max", "min", "percentile", "arg_max", "make_list"]
    .enumerated().compactMap { place, name in
      AggregateFunction.named(name).map {
        Candidate(text: name + "(", note: "(\($0.parameters))  \($0.summary)", ending: nil, rank: place - 20)
      }
    }

  /// The second argument of `bin(` and similar functions, by the type of the first.
  private func spans(in operand: Operand, _ columns: [Candidate]) -> [Candidate]? {
    guard let function = operand.openFunction else { return nil }
    if function == "ago" || function == "within" { return timespans }
    guard ["bin", "floor", "bin_at"].contains(function), operand.arguments.count == 2, operand.lastKind == .comma else { return nil }
    switch columns.first(where: { $0.text == operand.arguments[0] })?.note {
    case "datetime", "timespan", nil: return timespans
    default: return ["10", "100", "1000"].enumerated().map { Candidate(text: $1, rank: $0 - 10) }
    }
  }

  /// `details.` as one word: the keys of the bags in a dynamic column.
  private func keys(ofDynamic word: String, _ columns: [Candidate], _ shape: QueryShape) -> [Candidate] {
    guard let dot = word.lastIndex(of: "."), let root = word.split(separator: ".").first,
      columns.contains(where: { $0.text == root && $0.note == "dynamic" }), let input = shape.inputs.first
    else { return [] }
    let path = String(word[..<dot])
    return data.keys(ofDynamic: path, in: input).map { Candidate(text: "\(path).\($0.value)", note: $0.count.isEmpty ? "" : "\($0.count) rows", rank: 0) }
  }

  /// What follows `on` in a join: columns of both sides, or `$left.a == $right.b`.
  private func keys(after text: Substring, before: Substring, _ columns: [Candidate], _ shape: QueryShape) -> [Candidate] {
    let right = data.schema(of: rightSide(of: before))?.map { KQLName.inQuery($0.name) }
    let operand = Operand(text)
    if text.hasSuffix("$") { return ["left.", "right."].map { Candidate(text: $0, ending: nil) } }
    let hasDollar = text.contains("$")
    if operand.isComplete { return hasDollar && !operand.isCompared ? plain(["=="]) : plain(["and"]) + pipe }
    let sides = [
      Candidate(text: "$left.", note: "a column before the join", ending: nil, rank: 2),
      Candidate(text: "$right.", note: "a column of the joined table", ending: nil, rank: 3),
    ]
    if operand.lastKind == .symbol { return [sides[1], sides[0]] }
    let left = columns.map(\.text)
    let shared = right.map { right in columns.filter { right.contains($0.text) } } ?? columns
    let ofSides = left.map { Candidate(text: "left.\($0)", rank: 8) } + (right ?? []).map { Candidate(text: "right.\($0)", rank: 8) }
    return shared.map { $0.ranked(1) } + sides + (text.isEmpty ? [] : ofSides)
  }

  /// The query or table that a join has on its right.
  private func rightSide(of text: Substring) -> String {
    var rest = String(text)
    while rest.last?.isWhitespace == true { rest.removeLast() }
    guard rest.hasSuffix(")"), let open = rest.firstIndex(of: "(") else { return String(rest.split(whereSeparator: \.isWhitespace).last ?? "") }
    return String(rest[rest.index(after: open)...].dropLast())
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
    guard !word.isEmpty || first == "print" else { return given }
    var found = ScalarFunction.all.filter { !$0.isOperator && $0.name.utf8.allSatisfy(QueryShape.isWordByte) }
      .map { Candidate(text: $0.name + "(", note: "(\($0.parameters))  \($0.summary)", ending: nil) }
    found += (WindowFunction.allCases.map(\.rawValue) + BoundFunctionNames.all).map { Candidate(text: $0 + "(", ending: nil) }
    if OperatorDeclaration.named(first)?.traits.contains(.aggregates) ?? first.isEmpty {
      found += AggregateFunction.all.map { Candidate(text: $0.name + "(", note: "(\($0.parameters))  \($0.summary)", ending: nil) }
    }
    return given + found
  }

  /// The candidates that begin with the word, ignoring letter case only if none matches exactly; each once, by rank
  /// and name.
  package static func matching(_ word: String, _ candidates: [Candidate], sorted: Bool = true) -> [Candidate] {
    var found = candidates.filter { $0.text.hasPrefix(word) }
    if found.isEmpty {
      let lower = word.lowercased()
      found = candidates.filter { $0.text.lowercased().hasPrefix(lower) }
    }
    var seen: Set<String> = []
    found = found.filter { seen.insert($0.text).inserted }
    return sorted ? found.sorted { ($0.rank, $0.text) < ($1.rank, $1.text) } : found
  }
}
