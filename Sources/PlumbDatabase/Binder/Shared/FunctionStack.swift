import PlumbDiagnostics
import PlumbEngine

/// The functions that are being expanded, outermost first, and the limits on how far that goes.
struct FunctionStack: Sendable {
  private var names: [String] = []
  private var count = 0

  func contains(_ name: String) -> Bool { names.contains(name) }

  /// Counts the expansion of one more function.
  ///
  /// - Throws: `too-deep`, `too-complex` if a text expands without end, and `cancelled`.
  mutating func countExpansion(at span: SourceSpan, _ context: ExecutionContext) throws {
    guard names.count < 64 else {
      throw Diagnostic("too-deep", "function calls are nested more than 64 deep here", at: span)
    }
    count += 1
    try context.checkpoint()
    if count > 10_000 {
      throw Diagnostic("too-complex", "this query's functions expand to more than 10,000 calls", at: span)
    }
  }

  mutating func push(_ name: String) { names.append(name) }

  mutating func pop() { names.removeLast() }

  /// Takes over the number of expansions of a text that was bound on the way.
  mutating func takeCount(of inner: FunctionStack) { count = inner.count }
}
