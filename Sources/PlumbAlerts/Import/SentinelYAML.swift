import PlumbEngine

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
