import PlumbEngine

/// The kind of an Azure Data Factory record: a run as its REST API, Azure PowerShell, diagnostic settings or the tables
/// of Log Analytics write it, or the definition of a pipeline.
enum DataFactoryRecord: Hashable, Sendable {
  case pipelineRun, activityRun, definition
  /// Records of diagnostic settings about anything else, such as triggers.
  case other

  init?(_ value: DynamicCursor) {
    if let category = value.anyText("category") ?? value.anyText("Category"), value.has("operationName") || value.has("OperationName") {
      switch String(category) {
      // Synapse calls its categories IntegrationPipelineRuns and so on.
      case "PipelineRuns", "IntegrationPipelineRuns": self = .pipelineRun
      case "ActivityRuns", "IntegrationActivityRuns": self = .activityRun
      case "TriggerRuns", "IntegrationTriggerRuns", "SandboxPipelineRuns", "SandboxActivityRuns": self = .other
      default:
        guard value.factory != nil else { return nil }
        self = .other
      }
    } else if value.has("activityRunId") || value.has("ActivityRunId") {
      self = .activityRun
    } else if value.has("runId") && value.has("pipelineName") || value.has("RunId") && value.has("PipelineName") {
      self = .pipelineRun
    } else if value["name"] != nil, value["properties"]?["activities"]?.isArray ?? false {
      self = .definition
    } else {
      return nil
    }
  }

  /// The list in an answer of the REST API, or in the output of an event hub; nil if a value is neither.
  static func list(in value: DynamicCursor) -> DynamicCursor? {
    guard let list = value["value"] ?? value["records"], list.isArray,
      let first = list.element(at: 0), DataFactoryRecord(first) != nil
    else { return nil }
    return list
  }

  static func isAnswer(_ value: DynamicCursor) -> Bool { list(in: value) != nil || DataFactoryRecord(value) != nil }

  var title: String {
    switch self {
    case .pipelineRun: "ADF pipeline runs"
    case .activityRun: "ADF activity runs"
    case .definition: "ADF pipelines"
    case .other: "ADF log"
    }
  }
}

extension FileReading {
  /// An answer of the REST API, which is a page of records, or one record.
  func readDataFactory(_ value: DynamicCursor) throws {
    // A page can be empty.
    if let list = DataFactoryRecord.list(in: value) ?? value["value"], list.isArray {
      try forEachPart(of: list) { part throws(TelemetryFault) in try readDataFactoryRecord(part) }
      if let next = value.anyText("continuationToken") ?? value.anyText("nextLink"), !next.isEmpty {
        report.note("this is one page of a longer answer")
      }
      return
    }
    try readDataFactoryRecord(value)
  }

  private func readDataFactoryRecord(_ value: DynamicCursor) throws(TelemetryFault) {
    guard let record = DataFactoryRecord(value) else { throw TelemetryFault("not a known Azure Data Factory record") }
    report.kind = report.kind == DataFactorySource.records.title || report.kind == record.title ? record.title : "ADF runs"
    switch record {
    case .pipelineRun: try readDataFactoryPipelineRun(value)
    case .activityRun: try readDataFactoryActivityRun(value)
    case .definition: try readDataFactoryDefinition(value)
    case .other:
      report.read += 1
      report.unused += 1
    }
  }
}

extension DynamicCursor {
  /// The spelling of a field that exists: answers use lower camel case, tables of Log Analytics and
  /// PowerShell upper camel case. The first spelling if none exists.
  func spelling(_ names: StaticString...) -> StaticString { names.first { self[$0] != nil } ?? names[0] }

  /// A moment; nil for values that mean “none”, such as the year 1601 of an activity that has not ended.
  func momentSince1900(_ name: StaticString) throws(TelemetryFault) -> Int64? {
    guard let moment = try moment(name, ""), moment > 599_266_080_000_000_000 else { return nil }
    return moment
  }

  /// An object, or one that is written as a text; nil if it is neither.
  func embedded(_ names: StaticString...) -> ByteBuffer? {
    for name in names {
      guard let value = self[name] else { continue }
      if value.isObject {
        var copy = ByteBuffer()
        copy.append(value.bytes)
        return copy
      }
      guard value.tag == .string, let parsed = JSONText.parse(value.text), parsed.withBytes({ DynamicCursor($0).isObject })
      else { continue }
      return parsed
    }
    return nil
  }

  /// The name of the factory or Synapse workspace, which Azure writes in lower or upper case; nil if the record does not contain it.
  var factory: String? {
    if let name = anyText("DataFactoryName") { return String(name).lowercased() }
    for name in ["resourceId", "ResourceId", "_ResourceId", "id", "Id"] as [StaticString] {
      guard let path = anyText(name) else { continue }
      let parts = String(path).lowercased().split(separator: "/", omittingEmptySubsequences: true)
      let kind: Substring = parts.contains("microsoft.synapse") ? "workspaces" : "factories"
      guard let place = parts.firstIndex(of: kind), place + 1 < parts.count else { continue }
      return String(parts[place + 1])
    }
    return nil
  }
}
