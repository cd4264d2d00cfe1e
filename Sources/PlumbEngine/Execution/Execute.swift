import PlumbDiagnostics

/// Runs an optimised plan to its end.
///
/// - Throws: the diagnostics of functions and operators, `cancelled` and `memory-limit`.
public func execute(
  _ plan: LogicalPlan, _ context: ExecutionContext, profiling: Bool = false
) throws -> QueryResult {
  throw Diagnostic("unsupported", "not built")
}

/// The plan after all rewrite rules; `trace` is called with the plan before and after each rule that changed it.
public func optimize(
  _ plan: LogicalPlan, trace: ((_ rule: String, _ plan: LogicalPlan) -> Void)? = nil
) -> LogicalPlan {
  plan
}

extension LogicalPlan {
  /// The plan as an indented tree, as `explain` shows it.
  public var outline: String { "" }

  /// The operators that would run, as `explain` shows them.
  public var physicalOutline: String { "" }
}
