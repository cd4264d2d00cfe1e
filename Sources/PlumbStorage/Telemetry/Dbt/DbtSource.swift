import PlumbEngine

/// The artifacts and the JSON logs of dbt.
struct DbtSource: TelemetrySource {
  let name = "dbt"
  let artifacts = ["run_results.json", "manifest.json", "sources.json"]

  static let manifest = TelemetryForm(title: "dbt manifest", unit: "node") { try $0.readDbtManifest($1) }
  static let runResults = TelemetryForm(title: "dbt run results", unit: "result") { try $0.readDbtRunResults($1) }
  static let sources = TelemetryForm(title: "dbt source freshness", unit: "result") { try $0.readDbtSources($1) }
  static let log = TelemetryForm(title: "dbt log", unit: "event", isAlwaysLines: true) { try $0.readDbtLogEvent($1) }
  /// The catalog and the semantic manifest.
  static let other = TelemetryForm(title: "dbt artifact", unit: "value") { reading, _ in
    reading.report.note("says nothing about runs")
  }

  func form(of value: DynamicCursor, isStated: Bool) -> TelemetryForm? {
    if let version = value["metadata"]?.anyText("dbt_schema_version") {
      if version.holds("/manifest/") { return Self.manifest }
      if version.holds("/run-results/") { return Self.runResults }
      if version.holds("/sources/") { return Self.sources }
      return Self.other
    }
    if let info = value["info"], info["code"] != nil, info["invocation_id"] != nil { return Self.log }
    if value["log_version"] != nil, value["code"] != nil, value["invocation_id"] != nil { return Self.log }
    // A manifest or results whose metadata were removed.
    if let nodes = value["nodes"], nodes.isObject, value["parent_map"] != nil || value["child_map"] != nil {
      return Self.manifest
    }
    if let result = value["results"]?.element(at: 0), result["unique_id"] != nil, result["status"] != nil {
      return Self.runResults
    }
    return nil
  }

  func form(byWordsIn text: Bytes, fileName: String) -> TelemetryForm? {
    if text.holds("schemas.getdbt.com/dbt/run-results/") { return Self.runResults }
    if text.holds("schemas.getdbt.com/dbt/manifest/") { return Self.manifest }
    if text.holds("schemas.getdbt.com/dbt/sources/") { return Self.sources }
    if text.holds("schemas.getdbt.com/dbt/") { return Self.other }
    // OpenLineage facets can contain any of the following words.
    if OpenLineageSource.isEvent(byWordsIn: text) { return nil }
    if text.holds("\"invocation_id\""), text.holds("\"info\""), text.holds("\"code\"") { return Self.log }
    if text.holds("\"unique_id\""), text.holds("\"adapter_response\""), text.holds("\"execution_time\"") {
      return Self.runResults
    }
    // In a manifest with sorted keys, megabytes of macros precede the metadata.
    return fileName == "manifest.json" && text.holds("\"child_map\"") ? Self.manifest : nil
  }
}
