import PlumbEngine

/// Runs and pipelines of Azure Data Factory.
struct DataFactorySource: TelemetrySource {
  let name = "adf"

  static let records = TelemetryForm(title: "ADF", unit: "record") { try $0.readDataFactory($1) }

  /// - Note: a page without entries does not identify its author.
  func form(of value: DynamicCursor, isStated: Bool) -> TelemetryForm? {
    let isPage = isStated && value["value"]?.isArray ?? false
    return isPage || DataFactoryRecord.isAnswer(value) ? Self.records : nil
  }

  func form(byWordsIn text: Bytes, fileName: String) -> TelemetryForm? {
    let isRun = text.holds("\"activityRunId\"")
      || text.holds("\"runId\"") && text.holds("\"pipelineName\"") && text.holds("\"status\"")
    return isRun ? Self.records : nil
  }
}
