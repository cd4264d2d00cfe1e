import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A unit test of a rule: tables as `datatable`, and the instances that are expected at given moments.
///
/// ```
/// let runs = datatable(pipeline: string, ended: datetime) [...];
/// // expect 2026-01-01T10:20Z: firing feed-a, feed-b; pending feed-c
/// // expect 2026-01-01T11:00Z: ok
/// ```
package struct RuleTest: Sendable {
  private struct Expectation: Sendable {
    let moment: Int64
    /// States by key.
    let states: [String: AlertState]
    let span: SourceSpan
  }

  private let text: String
  private let expectations: [Expectation]
  private let names: [String]

  /// The most evaluations of one test.
  private static let limit = 20_000

  /// - Throws: `Diagnostics` with places in `text`.
  package init(_ text: String) throws {
    self.text = text
    let parsed = parse(text)
    if parsed.hasErrors { throw Diagnostics(parsed.diagnostics) }
    names = parsed.script.statements.compactMap { statement in
      if case .letBinding(let binding) = statement { binding.name.text } else { nil }
    }
    var found: [Expectation] = []
    var problems: [Diagnostic] = []
    var offset = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      defer { offset += line.utf8.count + 1 }
      let start = line.firstIndex { !$0.isWhitespace } ?? line.endIndex
      guard line[start...].hasPrefix("//") else { continue }
      let body = line[start...].dropFirst(2).trimmed
      guard body.hasPrefix("expect") else { continue }
      let span = SourceSpan(offset, offset + line.utf8.count)
      do { found.append(try RuleTest.expectation(body.dropFirst(6).trimmed, span)) } catch let problem as Diagnostic {
        problems.append(problem)
      }
    }
    if !problems.isEmpty { throw Diagnostics(problems) }
    expectations = found.sorted { $0.moment < $1.moment }
    if expectations.isEmpty {
      throw Diagnostics([
        Diagnostic(
          "no-expectation", "the test expects nothing", at: SourceSpan(0, text.split(separator: "\n").first?.utf8.count ?? 0),
          help: "add a line such as `// expect 2026-01-01T10:20Z: firing feed-a; pending feed-b`")
      ])
    }
    if names.isEmpty {
      throw Diagnostics([
        Diagnostic(
          "no-input", "the test has no tables", at: SourceSpan(0, text.split(separator: "\n").first?.utf8.count ?? 0),
          help: "write `let runs = datatable(pipeline: string, ended: datetime) [...];`")
      ])
    }
  }

  private static func expectation(_ text: Substring, _ span: SourceSpan) throws -> Expectation {
    let wrong = Diagnostic(
      "bad-expectation", "this is not an expectation", at: span,
      help: "write `// expect 2026-01-01T10:20Z: firing feed-a, feed-b; pending feed-c`, or `...: ok`")
    // The time has colons itself; the last one with a space or a state after it ends it.
    guard let colon = text.indices.first(where: { text[$0] == ":" && (text[text.index(after: $0)...].first?.isWhitespace ?? true) }),
      let moment = DateTime.parse(String(text[..<colon].trimmed))
    else { throw wrong }
    var states: [String: AlertState] = [:]
    let rest = text[text.index(after: colon)...].trimmed
    if rest == "ok" || rest.isEmpty { return Expectation(moment: moment, states: [:], span: span) }
    for part in rest.split(separator: ";") {
      let part = part.trimmed
      let word = part.prefix { !$0.isWhitespace }
      guard let state = AlertState(rawValue: String(word)), state != .ok, state != .unknown else { throw wrong }
      let keys = part.dropFirst(word.count).trimmed
      // A rule without a key has one instance, whose key is empty.
      for key in keys.isEmpty ? [""] : keys.split(separator: ",").map({ String($0.trimmed) }) { states[key] = state }
    }
    return Expectation(moment: moment, states: states, span: span)
  }

  /// Runs the test.
  ///
  /// - Returns: a diagnostic with its place in the test for each moment at which the states differ.
  /// - Throws: what is wrong with the tables or with the rule's query over them.
  package func run(_ rule: AlertRule, functions: Catalog, _ options: SessionOptions) throws -> [Diagnostic] {
    let catalog = functions.snapshot()
    catalog.store = nil
    for name in catalog.tableNames { catalog.remove(tableNamed: name) }
    var options = options
    options.clock = { [expectations] in expectations.last?.moment ?? 0 }
    let reading = Session(catalog: catalog, options: options)
    var tables: [Table] = []
    for name in names {
      guard let answer = try reading.run(text + "\n;\(KQLName.inQuery(name))").last else { continue }
      tables.append(Table(name: name, QueryResult(schema: answer.schema, chunks: answer.chunks)))
    }
    tables.forEach { catalog.add($0) }
    let first = expectations[0].moment
    let last = expectations[expectations.count - 1].moment
    let history = try History(catalog, options, between: first, and: last)
    let start = Swift.min(history.first ?? first, first - 1)
    let statements = parse(rule.query).script.statements
    var machine = StateMachine(rule)
    var moment = (start / rule.every + 1) * rule.every
    guard (last - moment) / rule.every < Int64(Self.limit) else {
      throw Diagnostics([
        Diagnostic(
          "long-test", "the test spans more than \(Self.limit) evaluations", at: expectations[0].span,
          help: "keep its rows and moments closer together")
      ])
    }
    let reader = history.reader()
    var failures: [Diagnostic] = []
    for expectation in expectations {
      while moment <= expectation.moment {
        let answer = try reader.answer(to: statements, at: moment)
        _ = reader.takeRead()
        _ = machine.advance(try Evaluation(answer, of: rule).keys, at: moment)
        moment += rule.every
      }
      let states = machine.instances.filter { $0.value.state != .ok }.mapValues(\.state)
      if states != expectation.states {
        failures.append(
          Diagnostic(
            "unexpected-state", "expected \(RuleTest.text(expectation.states)); found \(RuleTest.text(states))", at: expectation.span))
      }
    }
    return failures
  }

  private static func text(_ states: [String: AlertState]) -> String {
    if states.isEmpty { return "ok" }
    return [AlertState.firing, .pending, .recovering].compactMap { state in
      let keys = states.filter { $0.value == state }.keys.sorted()
      return keys.isEmpty ? nil : "\(state.rawValue) \(keys.joined(separator: ", "))"
    }.joined(separator: "; ")
  }
}
