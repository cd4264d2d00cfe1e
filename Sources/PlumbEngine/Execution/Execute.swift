/// Runs an optimised plan to its end.
///
/// - Parameter keepingPartial: whether a cancelled plan gives the rows that had come until then, if there are any,
///   instead of throwing.
/// - Throws: the diagnostics of functions and operators, `cancelled` and `memory-limit`.
package func execute(
  _ plan: LogicalPlan, _ context: ExecutionContext, profiling: Bool = false, keepingPartial: Bool = false
) throws -> QueryResult {
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
