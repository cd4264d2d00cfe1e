import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension CommandAction {
  /// The commands about alerts.
  package static let alerts: [CommandAction] = [
    CommandAction(".show alerts") { _, given in try AlertListing.answer(given.catalog, now: given.context.now) },
    CommandAction(".show alert") { command, given in
      let name = try command.required("NAME")
      return try textAnswer(try rule(name, given).text)
    },
    CommandAction(".create alert") { try create($0, $1, replaces: false) },
    CommandAction(".create-or-alter alert") { try create($0, $1, replaces: true) },
    CommandAction(".alter alert") { command, given in
      let name = try command.required("NAME")
      var rules = try RuleBook.stored(in: given.catalog)
      guard let place = rules.firstIndex(where: { $0.name == name.text }) else {
        if ShippedRules.all.contains(where: { $0.name == name.text }) {
          throw Diagnostic(
            "shipped-alert", "`\(name.text)` is a shipped rule, which cannot be changed", at: name.span,
            help: "create your own with `.create alert`; `.show alert \(name.text)` shows its query")
        }
        throw unknown(name, rules)
      }
      try apply(command, to: &rules[place])
      if let query = command.query("query") { rules[place].query = query.text }
      try check(rules[place], command.query("query"), command, given)
      try given.make([.setTable(RuleBook.table(of: rules, changed: given.context.now))])
      return try AlertListing.answer(given.catalog, now: given.context.now)
    },
    CommandAction(".drop alert") { command, given in
      let name = try command.required("NAME")
      let rules = try RuleBook.stored(in: given.catalog)
      guard rules.contains(where: { $0.name == name.text }) else {
        if command.has("ifexists") { return try AlertListing.answer(given.catalog, now: given.context.now) }
        throw unknown(name, rules)
      }
      try given.make([.setTable(RuleBook.table(of: rules.filter { $0.name != name.text }, changed: given.context.now))])
      return try AlertListing.answer(given.catalog, now: given.context.now)
    },
    CommandAction(".silence") { try silence($0, $1) },
    CommandAction(".show silences") { _, given in try silences(try Silence.all(in: given.catalog), now: given.context.now) },
    CommandAction(".drop silence") { command, given in
      let all = try Silence.all(in: given.catalog)
      guard let expression = command.expression("ID"), case .long(let id)? = try given.value(of: expression) else {
        throw Diagnostic("usage", "`.drop silence` needs the number of a silence", at: command.span, help: "list them with `.show silences`")
      }
      guard all.contains(where: { $0.id == id }) else {
        throw Diagnostic("unknown-silence", "the silence \(id) does not exist", at: expression.span, help: "list them with `.show silences`")
      }
      try given.make([.setTable(Silence.table(all.filter { $0.id != id }))])
      return try silences(all.filter { $0.id != id }, now: given.context.now)
    },
    CommandAction(".mark incident") { try mark($0, $1) },
    CommandAction(".test alert") { command, given in
      let name = try command.required("NAME")
      var over = AlertTest.usualTime
      if let expression = command.expression("30d") {
        guard case .timespan(let ticks)? = try given.value(of: expression), ticks > 0 else {
          throw Diagnostic("usage", "`over` needs a timespan", at: expression.span, help: "write `.test alert \(name.text) over 30d`")
        }
        over = ticks
      }
      let rule = try rule(name, given)
      let context = given.context
      let scores: [Score]
      do {
        scores = try AlertTest.scores(
          of: [rule], in: given.catalog, given.sessionOptions, over: over, now: context.now, isCancelled: { context.isCancelled })
      } catch is ReplayStopped {
        throw Diagnostic("cancelled", "the test was cancelled")
      } catch let problems as Diagnostics where rule.origin != .workspace {
        throw Diagnostics(problems.list.map(\.withoutPlace))
      }
      return try Answer(Score.schema, rows: scores.map(\.row))
    },
  ]

  // MARK: Rules

  private static func unknown(_ name: NameSyntax, _ rules: [AlertRule]) -> Diagnostic {
    Diagnostic(
      "unknown-alert", "the alert `\(name.text)` does not exist", at: name.span,
      help: Suggestion.nearest(to: name.text, in: rules.map(\.name)) ?? "list them with `.show alerts`")
  }

  private static func rule(_ name: NameSyntax, _ given: CommandContext) throws -> AlertRule {
    do { return try RuleBook.rule(named: name.text, in: given.catalog) } catch var problem as Diagnostic {
      problem.span = problem.span ?? name.span
      throw problem
    }
  }

  private static func textAnswer(_ text: String) throws -> Answer {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0)
    var answer = try Answer([ColumnInfo("text", .string)], rows: lines.map { [.string(String($0))] })
    answer.isText = true
    return answer
  }

  private static func create(_ command: CommandSyntax, _ given: CommandContext, replaces: Bool) throws -> Answer? {
    let name = try command.required("NAME")
    if let problem = RuleFile.nameProblem(name.text, at: name.span) { throw problem }
    guard let query = command.query("query") else { throw command.missing("a query") }
    var rules = try RuleBook.stored(in: given.catalog)
    if !replaces, rules.contains(where: { $0.name == name.text }) {
      throw Diagnostic(
        "alert-exists", "an alert `\(name.text)` already exists", at: name.span, help: "use `.create-or-alter alert` to replace it")
    }
    var rule = AlertRule(name: name.text, query: query.text)
    try apply(command, to: &rule)
    try check(rule, query, command, given)
    rules.removeAll { $0.name == name.text }
    try given.make([.setTable(RuleBook.table(of: rules + [rule], changed: given.context.now))])
    return try AlertListing.answer(given.catalog, now: given.context.now)
  }

  /// Sets the properties of `with (...)`.
  private static func apply(_ command: CommandSyntax, to rule: inout AlertRule) throws {
    let texts = command.properties
    var seen: Set<String> = []
    for place in command.places {
      guard case .properties(let list) = place.value else { continue }
      for property in list {
        let name = property.name.text.lowercased()
        guard let key = RuleKey.named(name) else { throw RuleFile.unknownKey(property.name.text, at: property.name.span) }
        seen.insert(name)
        if let clash = RuleFile.clash(name, seen) {
          throw Diagnostic("key-clash", "`for` and `of` cannot be combined", at: property.name.span, help: "keep `\(clash)` or `\(name)`")
        }
        let text = texts[name] ?? ""
        if text.contains("\n") {
          throw Diagnostic("bad-value", "`\(name)` must be one line", at: property.value.span)
        }
        if let expected = key.read(text, &rule) { throw RuleFile.wrongValue(name, text, expected, at: property.value.span) }
      }
    }
  }

  /// Checks that the query can be bound and that it has the columns of the rule.
  private static func check(
    _ rule: AlertRule, _ query: EmbeddedQuerySyntax?, _ command: CommandSyntax, _ given: CommandContext
  ) throws {
    let problems = RuleCheck.problems(rule, in: given.catalog, given.sessionOptions)
    guard !problems.isEmpty else { return }
    throw Diagnostics(problems.map { problem in
      guard let query else { return problem.withoutPlace }
      if problem.span == nil {
        var problem = problem
        problem.span = query.span
        return problem
      }
      return problem.moved(by: query.span.lower)
    })
  }

  // MARK: Silences and incidents

  private static func silence(_ command: CommandSyntax, _ given: CommandContext) throws -> Answer? {
    let name = try command.required("NAME")
    // A rule in a folder is known by its states alone.
    let states = try AlertTables.rows(AlertTables.states, AlertTables.statesSchema, in: given.catalog)
    let isInFolder = try states.contains { $0[0].string == name.text }
      && !(RuleBook.all(in: given.catalog, withShipped: false) + ShippedRules.all).contains { $0.name == name.text }
    let rule = isInFolder ? AlertRule(name: name.text, query: "") : try rule(name, given)
    guard let end = command.expression("T"), case .datetime(let until)? = try given.value(of: end) else {
      throw Diagnostic("usage", "`until` needs a datetime", at: command.expression("T")?.span ?? command.span, help: "write `until now() + 4h`")
    }
    if until <= given.context.now {
      throw Diagnostic("past-end", "this silence would end before it begins", at: end.span, help: "the end must be after now()")
    }
    guard let because = command.expression(#""reason""#), case .string(let reason)? = try given.value(of: because),
      reason.contains(where: { !$0.isWhitespace })
    else {
      throw Diagnostic(
        "no-reason", "a silence needs a reason", at: command.expression(#""reason""#)?.span ?? command.span,
        help: #"write `because "planned maintenance"`"#)
    }
    var condition = ""
    if let expression = command.expression("condition") {
      condition = PlumbSyntax.print(expression)
      // The condition is checked against the rule's columns now, and not when it is needed at night.
      let columns = isInFolder ? nil : Session(catalog: given.catalog, options: given.sessionOptions).schema(of: rule.query)
      let rows = given.catalog.snapshot()
      rows.store = nil
      rows.add(Table(name: "alert_rows", schema: columns ?? [], groups: []))
      let prefix = "alert_rows | where "
      let problems = columns == nil
        ? [] : Session(catalog: rows, options: given.sessionOptions).check(prefix + condition).filter { $0.severity == .error }
      if !problems.isEmpty {
        throw Diagnostics(problems.map { problem in
          var problem = problem.withoutPlace
          problem.span = expression.span
          return problem
        })
      }
    }
    let all = try Silence.all(in: given.catalog)
    let silence = Silence(
      id: (all.map(\.id).max() ?? 0) + 1, rule: rule.name, condition: condition, created: given.context.now, until: until, reason: reason)
    try given.make([.setTable(Silence.table(all + [silence]))])
    return try silences(all + [silence], now: given.context.now)
  }

  private static func silences(_ all: [Silence], now: Int64) throws -> Answer {
    let schema: Schema = [
      ColumnInfo("id", .long), ColumnInfo("rule", .string), ColumnInfo("condition", .string), ColumnInfo("created", .datetime),
      ColumnInfo("until", .datetime), ColumnInfo("active", .bool), ColumnInfo("reason", .string),
    ]
    return try Answer(schema, rows: all.map { silence in
      [
        .long(silence.id), .string(silence.rule), .string(silence.condition), .datetime(silence.created), .datetime(silence.until),
        .bool(silence.until > now), .string(silence.reason),
      ]
    })
  }

  private static func mark(_ command: CommandSyntax, _ given: CommandContext) throws -> Answer? {
    func value(_ place: String) throws -> (Value?, SourceSpan) {
      guard let expression = command.expression(place) else { return (nil, command.span) }
      return (try given.value(of: expression), expression.span)
    }
    guard case (.string(let pipeline)?, _) = try value(#""pipeline""#), !pipeline.isEmpty else {
      throw Diagnostic(
        "usage", "`.mark incident` needs the name of a pipeline", at: try value(#""pipeline""#).1,
        help: #"write `.mark incident "NAME" from ago(5h) to ago(2h)`"#)
    }
    let (first, second) = (try value("T1"), try value("T2"))
    guard case .datetime(let began)? = first.0 else { throw Diagnostic("usage", "`from` needs a datetime", at: first.1) }
    guard case .datetime(let ended)? = second.0 else { throw Diagnostic("usage", "`to` needs a datetime", at: second.1) }
    guard began < ended else { throw Diagnostic("usage", "the incident ends before it begins", at: second.1) }
    var cause = ""
    if command.expression(#""cause""#) != nil, case .string(let text)? = try value(#""cause""#).0 { cause = text }
    let known = try AlertTables.rows(AlertTables.marks, AlertTables.marksSchema, in: given.catalog)
    let digits = String(known.count + 1)
    let id = "MARK-" + String(repeating: "0", count: Swift.max(0, 5 - digits.count)) + digits
    let row: [Value] = [.string(id), .string(pipeline), .string(cause), .datetime(began), .datetime(ended), .null(.long)]
    let table = Table(name: AlertTables.marks, schema: AlertTables.marksSchema, rows: known + [row])
    try given.make([.setTable(table)])
    return try Answer(AlertTables.marksSchema, rows: [row])
  }
}
