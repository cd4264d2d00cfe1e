import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// How long the rows of a table are kept.
///
/// Kusto counts from when rows were ingested; here their first column of type datetime says how old they are.
package enum Retention {
  /// The column that says how old rows are; nil without one.
  package static func column(of schema: Schema) -> String? { schema.first { $0.type == .datetime }?.name }

  /// The step that keeps rows which are not older; rows without a moment are kept.
  package static func step(_ column: String, _ ticks: Int64) -> String {
    "where not(coalesce(\(bracketed(column)) < now() - totimespan(\"\(TimeSpan.text(ticks))\"), false))"
  }
}

extension CommandAction {
  /// Commands about how long rows are kept.
  static let retaining: [CommandAction] = [
    CommandAction(".alter table T policy retention") { command, given in try given.setRetention(command) },
    CommandAction(".alter-merge table T policy retention") { command, given in try given.setRetention(command) },
    CommandAction(".show table T policy retention") { command, given in
      let name = try command.required("T")
      _ = try given.knownTable(name)
      return try given.retention(of: name.text)
    },
    CommandAction(".delete table T policy retention") { command, given in
      let name = try command.required("T")
      _ = try given.knownTable(name)
      try given.catalog.store?.setRetention(nil, ofTable: name.text, given.sessionOptions, in: given.catalog)
      return try given.retention(of: name.text)
    },
  ]
}

extension CommandContext {
  fileprivate func setRetention(_ command: CommandSyntax) throws -> Answer {
    let name = try command.required("T")
    let schema = try knownTable(name)
    guard let store = catalog.store else {
      throw Diagnostic(
        "unsupported", "only a workspace file keeps policies", at: command.nameSpan,
        help: "open one, as in `plumb ops.plumb`; here `.delete table T records <| T | where at < ago(30d)` deletes rows")
    }
    guard Retention.column(of: schema) != nil else {
      throw Diagnostic("no-datetime", "`\(name.text)` has no datetime column, which would say how old its rows are", at: name.span)
    }
    guard let expression = command.expression("30d"), case .timespan(let ticks)? = try value(of: expression), ticks > 0 else {
      throw Diagnostic("bad-timespan", "`softdelete` must be a timespan such as 30d, greater than zero", at: command.nameSpan)
    }
    try store.setRetention(ticks, ofTable: name.text, sessionOptions, in: catalog)
    return try retention(of: name.text)
  }

  /// As Kusto shows a policy.
  fileprivate func retention(of table: String) throws -> Answer {
    let policy = catalog.store?.retention(ofTable: table).map { "{\"SoftDeletePeriod\":\"\(TimeSpan.text($0))\"}" } ?? "null"
    return try Answer(
      [
        ColumnInfo("PolicyName", .string), ColumnInfo("EntityName", .string), ColumnInfo("Policy", .string),
        ColumnInfo("EntityType", .string),
      ],
      rows: [[.string("RetentionPolicy"), .string(table), .string(policy), .string("Table")]])
  }
}

/// A name as KQL has it in brackets, whatever its characters.
package func bracketed(_ name: String) -> String {
  "['" + name.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "']"
}
