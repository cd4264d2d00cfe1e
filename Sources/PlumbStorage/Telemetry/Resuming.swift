import PlumbDiagnostics
import PlumbEngine

extension TelemetryImport {
  /// Resumes an earlier import: the tables that it made are what is known so far.
  ///
  /// - Throws: a diagnostic if a table has other columns.
  package func resume(from tables: (String) throws -> Table?, context: ExecutionContext) throws {
    for name in TelemetrySchema.names + TelemetrySchema.keptNames {
      guard let table = try tables(name) else { continue }
      let schema = TelemetrySchema.schema(ofTable: name)
      guard table.schema == schema || name == "runs" && table.schema == schema?.dropLast() else {
        throw Diagnostic(
          "other-columns", "a table `\(name)` exists, but its columns are not those of telemetry",
          help: "import into another file, or `.rename` that table first")
      }
      if name == "runs_seen" {
        try resumeSeen(table, context)
        continue
      }
      let reading = FileReading(path: name, fold: fold, context: context, onReject: nil)
      try MappedRows(table, as: name, path: name).add(to: reading)
    }
    // What is derived from facts that are in no table: when a run without times was, how new a source's data.
    for row in 0..<fold.errors.count {
      guard let at = fold.errors[row, ErrorColumn.at], let run = fold.errors[row, ErrorColumn.runID],
        fold.runs.hasRow(of: run)
      else { continue }
      fold.runs.raise(fold.runs.row(of: run), RunColumn.seen, to: at)
    }
    let source = fold.texts.number(of: "source")
    for row in 0..<fold.pipelines.count {
      guard fold.pipelines[row, PipelineColumn.kind] == source else { continue }
      fold.pipelines[row, PipelineColumn.measured] = fold.pipelines[row, PipelineColumn.lastSuccess]
    }
    EdgeHistory(fold).remember(fold)
  }

  /// When runs were seen that do not record it themselves.
  private func resumeSeen(_ table: Table, _ context: ExecutionContext) throws {
    for group in table.groups {
      try fold.checkpoint(context)
      let (run, seen) = (try group.column(0), try group.column(1))
      for row in 0..<group.count where !run.isEmptyCell(at: row) && !seen.isEmptyCell(at: row) {
        let key = run.word(at: run.isConstant ? 0 : row)
        guard fold.runs.hasRow(of: key) else { continue }
        fold.runs.raise(fold.runs.row(of: key), RunColumn.seen, to: seen.word(at: seen.isConstant ? 0 : row))
      }
    }
  }
}
