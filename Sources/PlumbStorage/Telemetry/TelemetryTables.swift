import PlumbDiagnostics
import PlumbEngine

/// The four tables of telemetry, and those stored for later imports.
package struct TelemetryTables: Sendable {
  package var pipelines: Table
  package var runs: Table
  package var errors: Table
  package var edges: Table

  /// Tables of `TelemetrySchema.keptNames`; many imports leave them empty.
  package var kept: [Table]

  package var all: [Table] { [pipelines, runs, errors, edges] }
}

/// The order of rows and derived values depend only on what the tables show, so that the
/// same telemetry gives the same tables in whatever order it arrived.
extension TelemetryMerge {
  func tables(_ context: ExecutionContext) throws -> TelemetryTables {
    try checkpoint(context)
    for row in 0..<runs.count {
      runs[row, RunColumn.duration] = runs[row, RunColumn.statedDuration] ?? span(ofRun: row)
    }
    EdgeHistory(self).describe(self)
    let summaries = PipelineSummaries(self)
    return TelemetryTables(
      pipelines: try pipelinesTable(summaries, context),
      runs: try table("runs", runs, sortedBy: [RunColumn.started, RunColumn.ended], then: [RunColumn.pipeline], context),
      errors: try table("errors", errors, sortedBy: [ErrorColumn.at], then: [ErrorColumn.pipeline], context),
      edges: try table(
        "edges", edges, sortedBy: [], then: [EdgeColumn.upstream, EdgeColumn.downstream, EdgeColumn.kind], context),
      kept: [
        try table(
          "datasets", datasets, sortedBy: [], then: [DatasetColumn.pipeline, DatasetColumn.dataset, DatasetColumn.role],
          context),
        try table("manifests", manifests, sortedBy: [ManifestColumn.written], then: [ManifestColumn.project], context),
        try runsSeen(context),
      ])
  }

  /// Runs that are known only by their end or by their result.
  private func runsSeen(_ context: ExecutionContext) throws -> Table {
    var seen: [(moment: Int64, run: Int64)] = []
    for row in 0..<runs.count where runs[row, RunColumn.started] == nil {
      guard let moment = runs[row, RunColumn.ended] ?? runs[row, RunColumn.seen], moment > Self.unknownMoment,
        let run = runs[row, RunColumn.runID]
      else { continue }
      seen.append((moment, run))
    }
    seen.sort { ($0.moment, $0.run) < ($1.moment, $1.run) }
    let schema = TelemetrySchema.schema(ofTable: "runs_seen") ?? []
    let writer = RowsWriter(schema)
    for (place, (moment, run)) in seen.enumerated() {
      if place % 8192 == 0 { try checkpoint(context) }
      writer.append(0, word: run)
      writer.append(1, word: moment)
      writer.endRow()
    }
    return Table(name: "runs_seen", schema: schema, groups: try writer.finish())
  }

  private func span(ofRun row: Int) -> Int64? {
    guard let started = runs[row, RunColumn.started], let ended = runs[row, RunColumn.ended], ended >= started
    else { return nil }
    return ended &- started
  }

  /// Rows by the first known moment, nulls last; then by texts, then by key.
  private func table(
    _ name: String, _ store: RowStore, sortedBy moments: [Int], then texts: [Int], _ context: ExecutionContext
  ) throws -> Table {
    let times = (0..<store.count).map { row -> Int64 in
      for column in moments { if let time = store[row, column] { return time } }
      return .max
    }
    let rows = (0..<store.count).sorted { lhs, rhs in
      if times[lhs] != times[rhs] { return times[lhs] < times[rhs] }
      for column in texts {
        let order = self.texts.compare(store[lhs, column] ?? 0, store[rhs, column] ?? 0)
        if order != 0 { return order < 0 }
      }
      return store.keys[lhs] < store.keys[rhs]
    }
    // Few sources say more about a run than the model has columns for.
    let hasDetails = name != "runs" || (0..<store.count).contains { store[$0, RunColumn.details] != nil }
    let schema = hasDetails ? store.schema : store.schema.dropLast()
    let writer = RowsWriter(schema)
    for row in rows {
      if writer.rowCount % 8192 == 0 { try checkpoint(context) }
      for column in schema.indices { store.write(row, column, to: writer) }
      writer.endRow()
    }
    return Table(name: name, schema: schema, groups: try writer.finish())
  }

  /// Every pipeline that has facts, runs or edges, by name.
  private func pipelinesTable(_ summaries: PipelineSummaries, _ context: ExecutionContext) throws -> Table {
    for row in 0..<edges.count {
      for column in [EdgeColumn.upstream, EdgeColumn.downstream] { mention(edges[row, column]) }
    }
    for row in 0..<runs.count { mention(runs[row, RunColumn.pipeline]) }
    for row in 0..<pipelines.count { summaries.describe(row, in: self) }
    return try table("pipelines", pipelines, sortedBy: [], then: [PipelineColumn.name], context)
  }

  private func mention(_ name: Int64?) {
    guard let name, name > 0 else { return }
    texts.withText(name) { _ = pipeline($0, moment: TelemetryMerge.unknownMoment) }
  }
}
