import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax
import Yams

/// Rules of other systems whose queries are KQL: Sentinel's analytics rules, and files like those of Prometheus.
package enum ImportedRules {
  /// Reads the rules in a YAML file.
  ///
  /// - Throws: `Diagnostics` with places in `text`.
  package static func read(_ text: String) throws -> [AlertRule] {
    var documents: [Node] = []
    do {
      var sequence = try Yams.compose_all(yaml: text)
      while let document = sequence.next() { documents.append(document) }
      if let problem = sequence.error { throw problem }
    } catch {
      let reason = "\(error)".split(separator: "\n").map { $0.trimmed }.filter { !$0.isEmpty }.joined(separator: " ")
      throw Diagnostics([Diagnostic("bad-yaml", "this is not YAML: \(VisibleText.string(reason))", help: "the file must be YAML of a rule")])
    }
    var rules: [AlertRule] = []
    for document in documents {
      guard document.mapping != nil else { continue }
      if let groups = document["groups"]?.sequence {
        for group in groups {
          for rule in group["rules"]?.sequence ?? Node.Sequence([]) { rules.append(try prometheus(rule, group, text)) }
        }
      } else if document["query"] != nil {
        rules.append(try sentinel(document, text))
      } else if document["alert"] != nil {
        rules.append(try prometheus(document, document, text))
      }
    }
    if rules.isEmpty {
      throw Diagnostics([
        Diagnostic(
          "no-rules", "this YAML contains no rules", at: SourceSpan(0, text.prefix { !$0.isNewline }.utf8.count),
          help: "Sentinel's rules have `query`, Prometheus' have `groups` with `alert` and `expr`")
      ])
    }
    return rules
  }

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
      throw Diagnostics([Diagnostic("no-field", "the rule has no `\(key)`", at: place(node, text))])
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

extension AlertRule {
  /// The rule as YAML of a Sentinel analytics rule.
  package var sentinelYAML: String {
    func quoted(_ text: String) -> String { Value.string(text).literal }
    let severities: [Severity: String] = [.info: "Informational", .low: "Low", .medium: "Medium", .high: "High", .critical: "High"]
    var lines = [
      "id: \(quoted(identifier))", "name: \(quoted(name))", "description: \(quoted(says.isEmpty ? name : says))",
      "severity: \(severities[severity] ?? "Medium")", "kind: Scheduled", "queryFrequency: \(RuleKey.short(every))",
      "queryPeriod: 14d", "triggerOperator: gt", "triggerThreshold: 0", "tactics: []", "relevantTechniques: []", "query: |",
    ]
    let body = RuleFile.body(of: query)
    lines += body.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  \($0)" }
    while lines.last?.isEmpty == true { lines.removeLast() }
    if let key, !key.isEmpty {
      lines.append("entityMappings:")
      for column in key {
        lines += ["  - entityType: CloudApplication", "    fieldMappings:", "      - identifier: Name", "        columnName: \(quoted(column))"]
      }
    }
    if !says.isEmpty {
      let title = says.map { $0 == "{" ? "{{" : $0 == "}" ? "}}" : String($0) }.joined()
      lines += ["alertDetailsOverride:", "  alertDisplayNameFormat: \(quoted(title))"]
    }
    lines += ["version: 1.0.0"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// The same for the same name, in the form of a UUID.
  private var identifier: String {
    var digits = ""
    for salt in ["a", "b"] {
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      for byte in (salt + name).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      let text = String(hash, radix: 16)
      digits += String(repeating: "0", count: 16 - text.count) + text
    }
    let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in String(Array(digits)[range]) }
    return parts.joined(separator: "-")
  }
}
