import PlumbDiagnostics

/// Computes new columns; a column that is passed on unchanged stays lazy.
struct ProjectStep: PipelineStep {
  let expressions: [BoundExpression]

  func process(_ chunk: Chunk, _ context: ExecutionContext, emit: (Chunk) throws -> Void) throws {
    let columns = try expressions.map { expression -> LazyColumn in
      if case .column(let index, _, _) = expression { return chunk.lazyColumn(index) }
      return LazyColumn(base: try expression.evaluate(chunk, context), selection: nil)
    }
    try emit(Chunk(columns: columns, count: chunk.count, order: chunk.order))
  }
}
