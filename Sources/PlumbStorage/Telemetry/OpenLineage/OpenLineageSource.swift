import PlumbEngine

/// OpenLineage events of any producer.
struct OpenLineageSource: TelemetrySource {
  let name = "openlineage"

  static let events = TelemetryForm(title: "OpenLineage", unit: "event", countsPlaceholders: true) {
    try $0.readOpenLineageEvent($1)
  }

  func form(of value: DynamicCursor, isStated: Bool) -> TelemetryForm? {
    if value["eventTime"] != nil, value["run"] != nil || value["job"] != nil || value["dataset"] != nil { return Self.events }
    return value["run"]?["runId"] != nil && value["job"]?["name"] != nil ? Self.events : nil
  }

  func form(byWordsIn text: Bytes, fileName: String) -> TelemetryForm? {
    Self.isEvent(byWordsIn: text) ? Self.events : nil
  }

  static func isEvent(byWordsIn text: Bytes) -> Bool {
    text.holds("\"eventTime\"") && (text.holds("\"runId\"") || text.holds("\"job\""))
  }
}
