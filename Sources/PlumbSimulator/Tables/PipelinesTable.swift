import PlumbEngine
import PlumbModel

/// A summary of the runs of one pipeline so far.
private struct Summary {
  var lastRun: Int64?
  var lastSuccess: Int64?
  /// The run whose error is the last.
  var lastError: (segment: Int, row: Int)?
  var last = RunStatus.succeeded
  var isRunning = false
  var runs = 0
  var successes = 0
  var duration: Int64 = 0
  var records: Int64 = 0
}

extension RunStore {
  /// Returns the pipelines as they are at `clock`.
  func pipelinesTable(_ topology: Topology, clock: Int64, changes: [[SchemaChange]]) throws -> Table {
    let summaries = summaries(topology.pipelines.count, clock: clock)
    let writer = RowsWriter(TelemetryModel.pipelines)
    for (i, pipeline) in topology.pipelines.enumerated() {
      let summary = summaries[i]
      let sla = pipeline.sla * 10_000
      let freshness = summary.lastSuccess.map { clock - $0 }
      writer.append(0, string: pipeline.name)
      writer.append(1, string: SourceCatalogue.sources[pipeline.source].name)
      writer.append(2, string: pipeline.layer.name)
      writer.append(3, string: pipeline.owner)
      writer.append(4, word: Int64(pipeline.tier))
      writer.append(5, string: SourceCatalogue.regions[pipeline.region].name)
      writer.append(6, string: pipeline.vendor)
      writer.append(7, string: pipeline.backup >= 0 ? topology.pipelines[pipeline.backup].name : "")
      writer.append(8, string: pipeline.schedule.text)
      writer.append(9, word: sla)
      writer.append(10, string: status(summary, freshness: freshness, sla: sla))
      writer.append(11, wordOrNull: summary.lastRun)
      writer.append(12, wordOrNull: summary.lastSuccess)
      writer.append(13, string: lastError(summary, i, changes))
      writer.append(14, wordOrNull: freshness)
      if summary.runs > 0 {
        writer.append(15, real: Double(summary.successes) / Double(summary.runs))
      } else {
        writer.appendNull(15)
      }
      writer.append(16, wordOrNull: summary.successes > 0 ? summary.duration / Int64(summary.successes) : nil)
      writer.append(17, word: summary.records)
      writer.endRow()
    }
    return Table(name: "pipelines", schema: TelemetryModel.pipelines, groups: try writer.finish())
  }

  private func lastError(_ summary: Summary, _ pipeline: Int, _ changes: [[SchemaChange]]) -> String {
    guard let (number, row) = summary.lastError else { return "" }
    let segment = segments[number]
    guard let messages else { return String(dictionaries.messages[Int(segment.error.view(UInt8.self)[row])]) }
    var text = ByteBuffer()
    messages.write(segment, row, pipeline: pipeline, origin: origin, changes: changes, to: &text)
    return text.string
  }

  /// Returns the status; a pipeline that is not failing but whose data is older than its SLA is stale.
  private func status(_ summary: Summary, freshness: Int64?, sla: Int64) -> String {
    if summary.isRunning { return RunStatus.running.name }
    if summary.last == .failed { return RunStatus.failed.name }
    if freshness.map({ $0 > sla }) ?? false { return "stale" }
    return summary.last.name
  }

  private func summaries(_ count: Int, clock: Int64) -> [Summary] {
    var summaries = Array(repeating: Summary(), count: count)
    let areWide = dictionaries.areWide
    let dayAgo = clock - 864_000_000_000
    var number = -1
    forEachSegment { segment, n in
      number += 1
      let started = segment.started.view(Int64.self)
      let ended = segment.ended.view(Int64.self)
      let statuses = segment.status.view(UInt8.self)
      let errors = segment.error.view(UInt8.self)
      let durations = segment.duration.view(Int64.self)
      let outs = segment.recordsOut.view(Int32.self)
      for row in 0..<n {
        let pipeline = segment.pipeline(row, areWide: areWide)
        let status = RunStatus(rawValue: statuses[row]) ?? .skipped
        summaries[pipeline].lastRun = started[row]
        if ended[row] > clock {
          summaries[pipeline].isRunning = true
          continue
        }
        summaries[pipeline].runs &+= 1
        if status != .skipped { summaries[pipeline].last = status }
        if status == .succeeded {
          summaries[pipeline].successes &+= 1
          summaries[pipeline].duration &+= durations[row]
          summaries[pipeline].lastSuccess = ended[row]
        }
        if errors[row] != 0 { summaries[pipeline].lastError = (number, row) }
        if ended[row] > dayAgo { summaries[pipeline].records &+= Int64(outs[row]) }
      }
    }
    return summaries
  }
}
