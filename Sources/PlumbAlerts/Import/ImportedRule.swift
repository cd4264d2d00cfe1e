import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax
import Yams

/// Rules of other systems whose queries are KQL: Sentinel's analytics rules, and files like those of Prometheus.
package struct ImportedRules: Sendable {
  package private(set) var rules: [AlertRule] = []
  /// What the rules have no place for, with the lines where it is.
  package private(set) var notes: [(line: Int, text: String)] = []

  /// Reads the rules in a YAML file.
  ///
  /// - Throws: `Diagnostics` with places in `text`.
  package init(_ text: String) throws {
    var documents: [Node] = []
    do {
      var sequence = try Yams.compose_all(yaml: text)
      while let document = sequence.next() { documents.append(document) }
      if let problem = sequence.error { throw problem }
    } catch {
      let reason = "\(error)".split(separator: "\n").map { $0.trimmed }.filter { !$0.isEmpty }.joined(separator: " ")
      throw Diagnostics([Diagnostic("bad-yaml", "this is not YAML: \(VisibleText.string(reason))", help: "the file must be YAML of a rule")])
    }
    for document in documents {
      for node in document.sequence.map(Array.init) ?? [document] where node.mapping != nil {
        // A Kubernetes resource has the groups in its specification.
        if let groups = (node["groups"] ?? node["spec"]?["groups"])?.sequence {
          for group in groups { try readGroup(group, text) }
        } else if node["query"] != nil {
          rules.append(try Self.sentinel(node, text))
          noteSentinel(node)
        } else if node["alert"] != nil {
          rules.append(try Self.prometheus(node, node, text))
          notePrometheus(node, group: node)
        }
      }
    }
    if rules.isEmpty {
      throw Diagnostics([
        Diagnostic(
          "no-rules", "this YAML contains no rules", at: SourceSpan(0, text.prefix { !$0.isNewline }.utf8.count),
          help: "Sentinel's rules have `query`, Prometheus' have `groups` with `alert` and `expr`")
      ])
    }
  }

  private mutating func readGroup(_ group: Node, _ text: String) throws {
    note(group, "the group", except: ["name", "interval", "rules"])
    for node in group["rules"]?.sequence ?? Node.Sequence([]) {
      if node["alert"] == nil, let name = node["record"]?.string {
        add(node, "`\(VisibleText.string(name))` records values and is not an alert; it was left out")
        continue
      }
      rules.append(try Self.prometheus(node, group, text))
      notePrometheus(node, group: nil)
    }
  }

  // MARK: Notes

  /// What only describes a rule of Sentinel, and changes nothing about when it fires.
  private static let descriptions: Set<String> = [
    "id", "description", "kind", "version", "tags", "tactics", "relevantTechniques", "subTechniques", "status", "metadata",
    "requiredDataConnectors",
  ]
  /// What to do about keys for which rules have something else.
  private static let advice: [String: String] = [
    "queryPeriod": "the query itself says how far back it reads",
    "suppressionDuration": "`repeat` says how often what still fires is sent again",
    "suppressionEnabled": "`repeat` says how often what still fires is sent again",
    "eventGroupingSettings": "each key is an instance; `group: cause` makes one message of those with the same cause",
    "limit": "a rule may have up to 100,000 rows",
  ]

  private mutating func noteSentinel(_ node: Node) {
    let known: Set<String> = [
      "query", "name", "severity", "queryFrequency", "entityMappings", "alertDetailsOverride", "triggerOperator", "triggerThreshold",
    ]
    note(node, "the rule", except: known.union(Self.descriptions))
    if let details = node["alertDetailsOverride"] { note(details, "`alertDetailsOverride`", except: ["alertDisplayNameFormat"]) }
    if let word = node["severity"]?.string?.lowercased(), word != "informational", Severity(rawValue: word) == nil {
      add(node["severity"] ?? node, "the severity `\(VisibleText.string(word))` is unknown; the rule has `medium`")
    }
    if node["kind"]?.string?.uppercased() == "NRT" { add(node["kind"] ?? node, "a rule near real time is evaluated every 5m; change it with `every`") }
  }

  /// - Parameter group: the node itself if it has the keys of a group, too.
  private mutating func notePrometheus(_ node: Node, group: Node?) {
    note(node, "the rule", except: Set(["alert", "expr", "for", "keep_firing_for", "labels", "annotations"]).union(group == nil ? [] : ["name", "interval"]))
    if let labels = node["labels"] { note(labels, "`labels`", except: ["severity"]) }
    if let texts = node["annotations"] {
      var known: Set<String> = ["runbook_url", "runbook"]
      known.insert(texts["summary"] == nil ? "description" : "summary")
      note(texts, "`annotations`", except: known)
    }
  }

  /// Notes each key of a mapping that is not known.
  private mutating func note(_ node: Node, _ owner: String, except known: Set<String>) {
    for (key, _) in node.mapping ?? Node.Mapping([]) {
      guard let name = key.string, !known.contains(name) else { continue }
      add(key, "\(owner) has `\(VisibleText.string(name))`, which was not imported\(Self.advice[name].map { ": \($0)" } ?? "")")
    }
  }

  private mutating func add(_ node: Node, _ text: String) { notes.append((node.mark?.line ?? 1, text)) }

  // MARK: Sentinel

  private static func sentinel(_ node: Node, _ text: String) throws -> AlertRule {
    let query = try required("query", node, text)
    var rule = AlertRule(name: slug(node["name"]?.string ?? node["id"]?.string ?? "imported"), query: clean(query))
    rule.origin = .file
    let severity = (node["severity"]?.string ?? "medium").lowercased()
    rule.severity = severity == "informational" ? .info : Severity(rawValue: severity) ?? .medium
    if let field = node["queryFrequency"] {
      guard let every = interval(field.string ?? "") else { throw wrong("queryFrequency", "a time such as 5m or PT5M", field, text) }
      rule.every = every
    }
    let columns = (node["entityMappings"]?.sequence.map(Array.init) ?? [])
      .flatMap { $0["fieldMappings"]?.sequence.map(Array.init) ?? [] }.compactMap { $0["columnName"]?.string }
    var seen: Set<String> = []
    let key = columns.filter { seen.insert($0).inserted }
    if !key.isEmpty { rule.key = key }
    if let title = node["alertDetailsOverride"]?["alertDisplayNameFormat"]?.string { rule.says = line(braces(title)) }
    let threshold = try number(node["triggerThreshold"], "triggerThreshold", text) ?? 0
    let operators = [
      "gt": ">", "greaterthan": ">", "lt": "<", "lessthan": "<", "eq": "==", "equal": "==", "ne": "!=", "notequal": "!=",
    ]
    let trigger = (node["triggerOperator"]?.string ?? "gt").lowercased()
    guard let comparison = operators[trigger] else { throw wrong("triggerOperator", "gt, lt, eq or ne", node["triggerOperator"] ?? node, text) }
    if comparison != ">" || threshold != 0 {
      // The number of rows decides, so that the rule has one instance.
      rule.query = counting(rule.query, "rows \(comparison) \(threshold)")
      rule.key = nil
      rule.says = "\(rule.name): {rows} rows"
    }
    try check(rule, node["query"], text)
    return rule
  }

  /// The query with the number of its rows in place of them.
  private static func counting(_ query: String, _ condition: String) -> String {
    query.trimmedEnd + "\n| summarize rows = count()\n| where \(condition)\n"
  }

  // MARK: Prometheus

  private static func prometheus(_ node: Node, _ group: Node, _ text: String) throws -> AlertRule {
    let name = try required("alert", node, text)
    var rule = AlertRule(name: slug(name), query: clean(try required("expr", node, text)))
    rule.origin = .file
    func time(_ key: String, _ node: Node) throws -> Int64? {
      guard let field = node[key] else { return nil }
      guard let ticks = interval(field.string ?? "") else { throw wrong(key, "a time such as 10m", field, text) }
      return ticks
    }
    if let every = try time("interval", group) { rule.every = Swift.max(TimeSpan.second, every) }
    if let lasting = try time("for", node) { rule.persistence = .lasting(lasting) }
    if let keep = try time("keep_firing_for", node) { rule.keep = keep }
    let severity = (node["labels"]?["severity"]?.string ?? "medium").lowercased()
    let known: [String: Severity] = ["page": .critical, "warning": .medium, "warn": .medium, "error": .high, "information": .info]
    rule.severity = Severity(rawValue: severity) ?? known[severity] ?? .medium
    let notes = node["annotations"]
    if let summary = notes?["summary"]?.string ?? notes?["description"]?.string { rule.says = line(braces(summary)) }
    rule.runbook = line(notes?["runbook_url"]?.string ?? notes?["runbook"]?.string ?? "")
    try check(rule, node["expr"], text)
    return rule
  }

  // MARK: Parts

  private static func required(_ key: String, _ node: Node, _ text: String) throws -> String {
    guard let field = node[key] else {
      throw Diagnostics([Diagnostic("no-field", "the rule lacks `\(key)`", at: place(node, text))])
    }
    guard let value = field.string, value.contains(where: { !$0.isWhitespace }) else { throw wrong(key, "a text", field, text) }
    return value
  }

  private static func number(_ node: Node?, _ key: String, _ text: String) throws -> Int64? {
    guard let node else { return nil }
    guard let value = node.string.flatMap({ Int64($0) }) else { throw wrong(key, "a whole number", node, text) }
    return value
  }

  private static func wrong(_ key: String, _ expected: String, _ node: Node, _ text: String) -> Diagnostics {
    Diagnostics([Diagnostic("bad-value", "`\(key)` expects \(expected); found `\(VisibleText.string(node.string ?? "…"))`", at: place(node, text))])
  }

  /// The line of a node.
  private static func place(_ node: Node, _ text: String) -> SourceSpan? {
    guard let mark = node.mark else { return nil }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(mark.line - 1) else { return nil }
    let before = lines[..<(mark.line - 1)].reduce(0) { $0 + $1.utf8.count + 1 }
    let line = lines[mark.line - 1]
    let start = line.prefix(Swift.max(0, mark.column - 1)).utf8.count
    return SourceSpan(before + start, before + Swift.max(start + 1, line.utf8.count))
  }

  /// A query that is not KQL is reported where it is.
  private static func check(_ rule: AlertRule, _ node: Node?, _ text: String) throws {
    let parsed = parse(rule.query)
    guard parsed.hasErrors, let first = parsed.diagnostics.first(where: { $0.severity == .error }) else { return }
    throw Diagnostics([
      Diagnostic(
        "not-kql", "the query of `\(rule.name)` is not KQL: \(first.message)", at: node.flatMap { place($0, text) },
        help: "only rules whose query is KQL can be imported")
    ])
  }

  /// A name without spaces, in lower case.
  private static func slug(_ text: String) -> String {
    var out = ""
    for character in text.lowercased() {
      if character.isLetter || character.isNumber || character == "_" || character == "." { out.append(character) } else if !out.isEmpty, out.last != "-" {
        out.append("-")
      }
    }
    while out.last == "-" { out.removeLast() }
    return out.isEmpty ? "imported" : String(out.prefix(100))
  }

  private static func clean(_ query: String) -> String { query.trimmedEnd + "\n" }

  private static func line(_ text: String) -> String {
    text.split { $0.isNewline }.map { String($0.trimmed) }.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// `{{ $labels.pipeline }}` and `{{pipeline}}` as `{pipeline}`.
  private static func braces(_ text: String) -> String {
    var out = ""
    var rest = text[...]
    while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
      let inner = rest[open.upperBound..<close.lowerBound].trimmed
      let name = inner.hasPrefix("$labels.") ? inner.dropFirst(8) : inner
      out += rest[..<open.lowerBound] + "{\(name)}"
      rest = rest[close.upperBound...]
    }
    return out + rest
  }

  /// A timespan such as `5m`, `1h30m` or `PT5M`.
  private static func interval(_ text: String) -> Int64? {
    if let ticks = TimeSpan.parse(text) { return ticks }
    var total: Int64 = 0
    var digits = ""
    var isTime = !text.hasPrefix("P")
    for character in text.drop(while: { $0 == "P" }) {
      if character == "T" {
        isTime = true
      } else if character.isASCII, character.isNumber {
        digits.append(character)
      } else {
        let units: [Character: Int64] = [
          "d": 24 * TimeSpan.hour, "w": 168 * TimeSpan.hour, "h": TimeSpan.hour, "m": TimeSpan.minute, "s": TimeSpan.second,
        ]
        guard let unit = units[Character(character.lowercased())], let count = Int64(digits), count < 100_000,
          isTime || "dwDW".contains(character)
        else { return nil }
        total += count * unit
        digits = ""
      }
    }
    return digits.isEmpty && total > 0 ? total : nil
  }
}

extension String {
  /// Without white space at the end.
  fileprivate var trimmedEnd: String {
    var text = self[...]
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }
}
