import PlumbEngine

/// What is looked at once a query runs, and not while it is bound: why a judgement has nothing to go by, for one.
final class DeferredChecks {
  private var waiting: [(ExecutionContext) throws -> Void] = []

  func add(_ check: @escaping (ExecutionContext) throws -> Void) { waiting.append(check) }

  /// Makes the checks that wait, each once.
  func make(_ context: ExecutionContext) throws {
    while !waiting.isEmpty { try waiting.removeFirst()(context) }
  }

  /// Runs `body`, and forgets the checks that it asks for.
  func forgetting<Result>(_ body: () throws -> Result) rethrows -> Result {
    let count = waiting.count
    defer { waiting.removeSubrange(min(count, waiting.count)...) }
    return try body()
  }
}
