import PlumbDiagnostics

/// Looks up each row of one side in the table of the other.
struct JoinStep: PipelineStep {
  enum Mode: Sendable {
    /// Pairs; with `outer`, also probe rows without a match.
    case pairs(outer: Bool)
    /// Probe rows that have a match (or have none).
    case filter(matching: Bool)
  }
  let table: JoinTable
  let keys: [BoundExpression]
  let mode: Mode
  /// Whether the probe side's columns come first in the output.
  let probeIsLeft: Bool
  /// Whether matched build rows are marked, for a full outer join.
  let marksMatches: Bool

  func process(_ chunk: Chunk, _ context: ExecutionContext, emit: (Chunk) throws -> Void) throws {
    let vectors = try keys.map { try $0.evaluate(chunk, context) }
    switch mode {
    case .filter(let matching):
      let rows = table.rows(matching: vectors, count: chunk.count, wanted: matching)
      if rows.count > 0 { try emit(rows.count == chunk.count ? chunk : chunk.selecting(rows)) }
    case .pairs(let outer):
      try table.pairs(keys: vectors, count: chunk.count, outer: outer, context) { probe, build in
        if marksMatches {
          // Several workers may match the same row.
          for i in 0..<build.count where build.rows[i] != missingRow {
            table.matched.mark(Int(build.rows[i]))
          }
        }
        let mine = chunk.selecting(probe)
        let probed = (0..<mine.columnCount).map { mine.lazyColumn($0) }
        let built = (0..<table.chunk.columnCount).map {
          LazyColumn(base: table.chunk.column($0), selection: build, canMiss: outer)
        }
        try emit(
          Chunk(
            columns: probeIsLeft ? probed + built : built + probed, count: probe.count,
            order: chunk.order))
      }
    }
  }
}
