import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// The tables of a workspace in which alerts live. They belong to no simulated world, so changing them does not stop its clock.
package enum AlertTables {
  package static let rules = "alert_rules"
  package static let states = "alert_states"
  package static let notifications = "notifications"
  package static let silences = "alert_silences"
  package static let marks = "marked_incidents"
  package static let baselines = "alert_baselines"

  package static let rulesSchema: Schema = [
    ColumnInfo("name", .string), ColumnInfo("severity", .string), ColumnInfo("every", .timespan), ColumnInfo("text", .string),
    ColumnInfo("changed", .datetime),
  ]
  package static let statesSchema: Schema = [
    ColumnInfo("rule", .string), ColumnInfo("key", .string), ColumnInfo("state", .string), ColumnInfo("since", .datetime),
    ColumnInfo("until", .datetime), ColumnInfo("fired", .datetime), ColumnInfo("severity", .string), ColumnInfo("pipeline", .string),
    ColumnInfo("says", .string), ColumnInfo("recent", .string), ColumnInfo("evidence", .dynamic),
  ]
  package static let notificationsSchema: Schema = [
    ColumnInfo("id", .string), ColumnInfo("at", .datetime), ColumnInfo("rule", .string), ColumnInfo("key", .string),
    ColumnInfo("state", .string), ColumnInfo("severity", .string), ColumnInfo("target", .string), ColumnInfo("status", .string),
    ColumnInfo("attempts", .long), ColumnInfo("next", .datetime), ColumnInfo("problem", .string), ColumnInfo("says", .string),
    ColumnInfo("alerts", .long), ColumnInfo("payload", .string), ColumnInfo("cause", .string),
  ]
  package static let silencesSchema: Schema = [
    ColumnInfo("id", .long), ColumnInfo("rule", .string), ColumnInfo("condition", .string), ColumnInfo("created", .datetime),
    ColumnInfo("until", .datetime), ColumnInfo("reason", .string),
  ]
  package static let marksSchema: Schema = [
    ColumnInfo("id", .string), ColumnInfo("pipeline", .string), ColumnInfo("cause", .string), ColumnInfo("began", .datetime),
    ColumnInfo("ended", .datetime), ColumnInfo("affected", .long),
  ]

  /// How long states and notifications are kept.
  package static let history = 90 * 24 * TimeSpan.hour

  /// The rows of a table, as values; empty if it does not exist. A table that lacks the last column was written by an earlier version
  /// and has nulls in it; one of other columns is an error.
  static func rows(_ name: String, _ schema: Schema, in catalog: Catalog) throws -> [[Value]] {
    guard let table = try catalog.table(named: name) else { return [] }
    let isEarlier = name == notifications && table.schema == Array(schema.dropLast())
    guard table.schema == schema || isEarlier else {
      throw Diagnostic(
        "other-table", "the table `\(name)` does not have the columns that alerts use",
        help: "rename it with `.rename table \(name) to my_\(name)`")
    }
    var rows: [[Value]] = []
    for group in table.groups {
      let columns = try group.columns
      for row in 0..<group.count { rows.append(columns.map { $0.value(at: row) } + (isEarlier ? [.string("")] : [])) }
    }
    return rows
  }
}

extension Value {
  var string: String { if case .string(let text) = self { text } else { "" } }

  /// The number of a long, datetime or timespan; nil for null.
  var number: Int64? {
    switch self {
    case .long(let number), .datetime(let number), .timespan(let number): number
    default: nil
    }
  }

  static func moment(_ ticks: Int64?) -> Value { ticks.map { .datetime($0) } ?? .null(.datetime) }
}

/// The rules of a workspace and of files.
package struct RuleBook: Sendable {
  package private(set) var rules: [AlertRule]

  package init(_ rules: [AlertRule] = []) { self.rules = rules }

  /// The rules that the workspace stores, by name.
  package static func stored(in catalog: Catalog) throws -> [AlertRule] {
    try AlertTables.rows(AlertTables.rules, AlertTables.rulesSchema, in: catalog).map { row in
      try RuleFile.read(row[3].string, origin: .workspace)
    }.sorted { $0.name < $1.name }
  }

  /// The rules of the workspace and of files; the shipped ones if none exist.
  ///
  /// - Throws: `Diagnostic` if two rules have the same name.
  package static func all(in catalog: Catalog, files: [AlertRule] = [], withShipped: Bool = true) throws -> [AlertRule] {
    let own = try stored(in: catalog)
    var names: Set<String> = Set(own.map(\.name))
    for rule in files where !names.insert(rule.name).inserted {
      let isStored = own.contains { $0.name == rule.name }
      throw Diagnostic(
        "repeated-rule",
        isStored ? "the rule `\(rule.name)` is in a file and in the workspace" : "two files have the rule `\(rule.name)`",
        help: isStored ? "rename it in the file, or delete it from the workspace with `.drop alert \(rule.name)`" : "rename one of them")
    }
    let rules = own + files
    return rules.isEmpty && withShipped ? ShippedRules.all : rules
  }

  /// The rule of a name among those of the workspace, of files and shipped.
  package static func rule(named name: String, in catalog: Catalog, files: [AlertRule] = []) throws -> AlertRule {
    let own = try all(in: catalog, files: files, withShipped: false)
    if let rule = own.first(where: { $0.name == name }) ?? ShippedRules.all.first(where: { $0.name == name }) { return rule }
    throw Diagnostic(
      "unknown-alert", "the alert `\(VisibleText.string(name))` does not exist",
      help: Suggestion.nearest(to: name, in: (own + ShippedRules.all).map(\.name)) ?? "list them with `.show alerts`")
  }

  /// Stores rules in the workspace.
  ///
  /// - Throws: a diagnostic if a rule of the same name exists and is not replaced.
  package static func add(_ rules: [AlertRule], to catalog: Catalog, replacing: Bool, now: Int64) throws {
    let reading = try catalog.reading()
    defer { reading.end() }
    let known = try stored(in: reading.catalog)
    let names = Set(rules.map(\.name))
    if !replacing, let first = known.first(where: { names.contains($0.name) }) {
      throw Diagnostic("alert-exists", "an alert `\(first.name)` already exists", help: "use --overwrite to replace it")
    }
    try catalog.make([.setTable(table(of: known.filter { !names.contains($0.name) } + rules, changed: now))])
  }

  /// The table that stores rules.
  static func table(of rules: [AlertRule], changed: Int64) -> Table {
    Table(
      name: AlertTables.rules, schema: AlertTables.rulesSchema,
      rows: rules.sorted { $0.name < $1.name }.map { rule in
        [.string(rule.name), .string(rule.severity.rawValue), .timespan(rule.every), .string(rule.text), .datetime(changed)]
      })
  }
}
