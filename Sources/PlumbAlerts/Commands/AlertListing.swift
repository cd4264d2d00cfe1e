import PlumbDatabase
import PlumbEngine

/// The rules as rows.
package enum AlertListing {
  private static let schema: Schema = [
    ColumnInfo("name", .string), ColumnInfo("severity", .string), ColumnInfo("every", .timespan), ColumnInfo("when", .string),
    ColumnInfo("keep", .timespan), ColumnInfo("group", .string), ColumnInfo("to", .string), ColumnInfo("origin", .string),
    ColumnInfo("pending", .long), ColumnInfo("firing", .long), ColumnInfo("baselines", .timespan), ColumnInfo("trouble", .string),
  ]

  /// Own rules, and then the shipped ones. The column `baselines` is the age of those that the rule's evaluations compare with.
  package static func answer(_ catalog: Catalog, files: [AlertRule] = [], now: Int64) throws -> Answer {
    let own = try RuleBook.all(in: catalog, files: files, withShipped: false)
    let names = Set(own.map(\.name))
    let states = try AlertTables.rows(AlertTables.states, AlertTables.statesSchema, in: catalog).map { StateRow($0) }
      .filter { $0.until == nil }
    let rules = own + ShippedRules.all.filter { !names.contains($0.name) }
    let computed = try Preparation.computed(in: catalog)
    return try Answer(schema, rows: rules.map { rule in
      let mine = states.filter { $0.rule == rule.name }
      return [
        .string(rule.name), .string(rule.severity.rawValue), .timespan(rule.every), .string(when(rule)), .timespan(rule.keep),
        .string(rule.groupsByCause ? "cause" : ""), .string(rule.targets.joined(separator: ", ")), .string(rule.origin.rawValue),
        .long(Int64(mine.count { $0.state == .pending })),
        .long(Int64(mine.count { $0.state == .firing || $0.state == .recovering })),
        rule.comparesWithBaselines ? computed.map { .timespan(Swift.max(now - $0, 0)) } ?? .null(.timespan) : .null(.timespan),
        .string(mine.first { $0.state == .unknown }?.says ?? ""),
      ]
    })
  }

  private static func when(_ rule: AlertRule) -> String {
    switch rule.persistence {
    case .lasting(0): "at once"
    case .lasting(let ticks): "for \(RuleKey.short(ticks))"
    case .share(let count, let total): "\(count) of \(total)"
    }
  }
}
