/// Runs an optimised plan to its end.
///
/// - Parameter keepingPartial: whether a cancelled plan returns the rows produced so far, if there are any,
///   instead of throwing.
/// - Throws: the diagnostics of functions and operators, `cancelled` and `memory-limit`.
package func execute(
  _ plan: LogicalPlan, _ context: ExecutionContext, profiling: Bool = false, keepingPartial: Bool = false
) throws -> QueryResult {
  try context.memory.bound {
    let root = plan.node.physical()
    let run = PhysicalRun(context, isProfiling: profiling)
    if keepingPartial {
      let (chunks, isPartial) = try root.pipeline(run).collectUntilCancelled(context)
      return QueryResult(schema: plan.schema, chunks: chunks.filter { $0.count > 0 }, isPartial: isPartial)
    }
    let chunks = try root.pipeline(run).collect(context)
    try context.checkpoint()
    return QueryResult(
      schema: plan.schema, chunks: chunks.filter { $0.count > 0 }, profile: profiling ? root.profile() : [])
  }
}

/// Runs an optimised plan and passes its rows on, in order, as soon as they are ready. Holds few rows at a time, unless an
/// operator such as `sort` must hold all of its input.
///
/// - Parameter emit: called by one thread at a time, not always the same; while it runs, the query waits.
/// - Throws: what `emit` throws, the diagnostics of functions and operators, `cancelled` and `memory-limit`.
package func execute(
  _ plan: LogicalPlan, _ context: ExecutionContext, emit: (Chunk) throws -> Void
) throws {
  try context.memory.bound {
    try withoutActuallyEscaping(emit) { emit in
      let pipeline = try plan.node.physical().pipeline(PhysicalRun(context, isProfiling: false))
      try pipeline.run(into: StreamSink(context, emit: emit), context)
    }
    try context.checkpoint()
  }
}
