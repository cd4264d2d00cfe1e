import PlumbEngine

/// The tables of telemetry, which the simulated world and every reader of telemetry fill.
package enum TelemetryModel {
  /// In the order in which a user meets them.
  package static let all: [(name: String, schema: Schema)] = [
    ("pipelines", pipelines), ("runs", runs), ("errors", errors), ("metrics", metrics),
    ("schema_changes", schemaChanges), ("edges", edges), ("alerts", alerts), ("incidents", incidents),
  ]

  package static let pipelines: Schema = [
    ColumnInfo("name", .string), ColumnInfo("source", .string), ColumnInfo("kind", .string),
    ColumnInfo("owner", .string), ColumnInfo("tier", .long), ColumnInfo("region", .string),
    ColumnInfo("vendor", .string), ColumnInfo("backup", .string), ColumnInfo("schedule", .string),
    ColumnInfo("sla", .timespan), ColumnInfo("status", .string), ColumnInfo("last_run", .datetime),
    ColumnInfo("last_success", .datetime), ColumnInfo("last_error", .string), ColumnInfo("freshness", .timespan),
    ColumnInfo("success_rate", .real), ColumnInfo("avg_duration", .timespan), ColumnInfo("records_24h", .long),
  ]

  package static let runs: Schema = [
    ColumnInfo("run_id", .long), ColumnInfo("pipeline", .string), ColumnInfo("source", .string),
    ColumnInfo("started", .datetime), ColumnInfo("ended", .datetime), ColumnInfo("status", .string),
    ColumnInfo("attempt", .long), ColumnInfo("duration", .timespan), ColumnInfo("queue_delay", .timespan),
    ColumnInfo("upstream_delay", .timespan), ColumnInfo("records_in", .long), ColumnInfo("records_out", .long),
    ColumnInfo("malformed", .long), ColumnInfo("bytes", .long), ColumnInfo("cpu", .real),
    ColumnInfo("memory_mb", .long), ColumnInfo("io_wait", .real), ColumnInfo("backlog", .long),
    ColumnInfo("schema_version", .long), ColumnInfo("error_code", .string), ColumnInfo("error_category", .string),
    ColumnInfo("error", .string),
  ]

  package static let errors: Schema = [
    ColumnInfo("at", .datetime), ColumnInfo("run_id", .long), ColumnInfo("pipeline", .string),
    ColumnInfo("code", .string), ColumnInfo("category", .string), ColumnInfo("message", .string),
    ColumnInfo("details", .dynamic),
  ]

  package static let metrics: Schema = [
    ColumnInfo("at", .datetime), ColumnInfo("pipeline", .string), ColumnInfo("name", .string),
    ColumnInfo("value", .real),
  ]

  package static let schemaChanges: Schema = [
    ColumnInfo("at", .datetime), ColumnInfo("pipeline", .string), ColumnInfo("field", .string),
    ColumnInfo("change", .string), ColumnInfo("before", .string), ColumnInfo("after", .string),
  ]

  package static let edges: Schema = [
    ColumnInfo("upstream", .string), ColumnInfo("downstream", .string), ColumnInfo("kind", .string),
    ColumnInfo("since", .datetime), ColumnInfo("until", .datetime), ColumnInfo("share", .real),
  ]

  package static let alerts: Schema = [
    ColumnInfo("at", .datetime), ColumnInfo("rule", .string), ColumnInfo("pipeline", .string),
    ColumnInfo("severity", .string), ColumnInfo("message", .string),
  ]

  package static let incidents: Schema = [
    ColumnInfo("id", .string), ColumnInfo("pipeline", .string), ColumnInfo("cause", .string),
    ColumnInfo("began", .datetime), ColumnInfo("ended", .datetime), ColumnInfo("affected", .long),
  ]

  /// The columns of one of the tables; nil if it does not exist.
  package static func schema(ofTable name: String) -> Schema? { all.first { $0.name == name }?.schema }
}
