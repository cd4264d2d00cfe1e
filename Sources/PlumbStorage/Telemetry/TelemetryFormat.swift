import Glibc
import PlumbEngine

/// What tool a file of telemetry is from, as `--kind` names it.
package enum TelemetryKind: String, Hashable, Sendable, CaseIterable {
  case dbt, openlineage, airflow, adf

  /// The names in a sentence: `dbt, openlineage, airflow or adf`.
  package static let names: String = {
    let all = allCases.map(\.rawValue)
    return all.dropLast().joined(separator: ", ") + " or " + (all.last ?? "")
  }()
}

/// A form of file that telemetry comes in.
enum TelemetryFormat: Hashable, Sendable {
  case dbtManifest, dbtRunResults, dbtSources, dbtLog
  /// dbt's catalog and semantic manifest, which say nothing about runs.
  case dbtOther
  case openLineage
  /// Answers of Airflow's REST API and of its command line.
  case airflow
  /// Runs and pipelines of Azure Data Factory.
  case dataFactory

  var kind: TelemetryKind {
    switch self {
    case .dbtManifest, .dbtRunResults, .dbtSources, .dbtLog, .dbtOther: .dbt
    case .openLineage: .openlineage
    case .airflow: .airflow
    case .dataFactory: .adf
    }
  }

  /// The form by what is in the file; nil when it is none of these.
  ///
  /// - Parameter front: the beginning of the file, at least its first value if that is not huge.
  init?(front: Bytes, name: String, stated: TelemetryKind?) {
    let text = front.starts(with: [0xEF, 0xBB, 0xBF]) ? front.part(from: 3) : front
    guard let first = text.first(where: { $0 > 0x20 }), first == 0x7B || first == 0x5B else { return nil }
    if let (value, _) = JSONFront.firstValue(text) {
      let format = value.withBytes { bytes -> TelemetryFormat? in
        let cursor = DynamicCursor(bytes)
        // An empty page says nothing about who wrote it.
        return Self.format(of: cursor) ?? (stated == .adf && cursor["value"]?.isArray ?? false ? .dataFactory : nil)
      }
      guard let format, stated == nil || format.kind == stated else { return nil }
      self = format
      return
    }
    // The first value is not whole: it is huge, cut off or no JSON. Names of fields tell.
    guard let format = Self.format(byWordsIn: text, name: name), stated == nil || format.kind == stated else { return nil }
    self = format
  }

  static func format(of value: DynamicCursor) -> TelemetryFormat? {
    if let version = value["metadata"]?.anyText("dbt_schema_version") {
      let text = String(version)
      if text.contains("/manifest/") { return .dbtManifest }
      if text.contains("/run-results/") { return .dbtRunResults }
      if text.contains("/sources/") { return .dbtSources }
      return .dbtOther
    }
    if let info = value["info"], info["code"] != nil, info["invocation_id"] != nil { return .dbtLog }
    if value["log_version"] != nil, value["code"] != nil, value["invocation_id"] != nil { return .dbtLog }
    if value["eventTime"] != nil, value["run"] != nil || value["job"] != nil || value["dataset"] != nil { return .openLineage }
    if value["run"]?["runId"] != nil, value["job"]?["name"] != nil { return .openLineage }
    // A manifest or results whose metadata have been taken out.
    if let nodes = value["nodes"], nodes.isObject, value["parent_map"] != nil || value["child_map"] != nil { return .dbtManifest }
    if let result = value["results"]?.element(at: 0), result["unique_id"] != nil, result["status"] != nil { return .dbtRunResults }
    if AirflowRecord.isAnswer(value) { return .airflow }
    if DataFactoryRecord.isAnswer(value) { return .dataFactory }
    return nil
  }

  private static func format(byWordsIn text: Bytes, name: String) -> TelemetryFormat? {
    func holds(_ word: StaticString) -> Bool { text.holds(word) }
    if holds("schemas.getdbt.com/dbt/run-results/") { return .dbtRunResults }
    if holds("schemas.getdbt.com/dbt/manifest/") { return .dbtManifest }
    if holds("schemas.getdbt.com/dbt/sources/") { return .dbtSources }
    if holds("schemas.getdbt.com/dbt/") { return .dbtOther }
    if holds("\"eventTime\"") && (holds("\"runId\"") || holds("\"job\"")) { return .openLineage }
    if holds("\"invocation_id\"") && holds("\"info\"") && holds("\"code\"") { return .dbtLog }
    if holds("\"unique_id\"") && holds("\"adapter_response\"") && holds("\"execution_time\"") { return .dbtRunResults }
    // Sorted keys put a manifest's metadata behind megabytes of macros.
    if name == "manifest.json" && holds("\"child_map\"") { return .dbtManifest }
    if holds("\"task_instances\"") || holds("\"dag_runs\"") || holds("\"dag_id\"") && holds("\"state\"") { return .airflow }
    if holds("\"activityRunId\"") || holds("\"runId\"") && holds("\"pipelineName\"") && holds("\"status\"") {
      return .dataFactory
    }
    return nil
  }
}

extension Bytes {
  /// Whether `word` is somewhere in the text.
  func holds(_ word: StaticString) -> Bool {
    let needle = Bytes(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard let base = baseAddress, let first = needle.first else { return false }
    var at = 0
    while at + needle.count <= count {
      guard let found = memchr(base + at, Int32(first), count - at - needle.count + 1) else { return false }
      at = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      if part(from: at, to: at + needle.count).equals(needle) { return true }
      at += 1
    }
    return false
  }
}
