import PlumbDiagnostics

/// Keeps the rows for which every conjunct is true; null is not true.
///
/// - Output: the same columns with a narrower selection; no value is copied.
/// - Order: rows keep their order. Chunks left empty are dropped.
struct FilterStep: PipelineStep {
  let conjuncts: [BoundExpression]
  /// Whether the chunks come directly from a scan that knows which of these conditions are satisfied.
  var isOfScan = false

  func process(_ chunk: Chunk, _ context: ExecutionContext, emit: (Chunk) throws -> Void) throws {
    var kept = chunk
    for (place, conjunct) in conjuncts.enumerated() {
      if isOfScan, place < 64, chunk.satisfied &>> UInt64(place) & 1 != 0 { continue }
      let verdicts = try conjunct.evaluate(kept, context)
      let rows = verdicts.trueRows()
      if rows.count == 0 { return }
      if rows.count < kept.count { kept = kept.selecting(rows) }
    }
    try emit(kept)
  }
}
