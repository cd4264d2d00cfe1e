import PlumbDiagnostics
import Synchronization

/// How a query is worked out, which no answer depends on; tests compare one way with another.
package struct ExecutionTuning: Sendable {
  /// Names of rewrite rules that are not applied.
  package var disabledRules: Set<String> = []
  /// Below this many rows a second thread costs more than it brings.
  package var rowsWorthAWorker = 32_768
  /// Whether aggregations may read what row groups know of themselves in place of their rows.
  package var readsDigests = true

  package init() {}
}

/// What a running query may know of the world: the clock, its limits, and whether it was cancelled.
package final class ExecutionContext: Sendable {
  /// `now()` as ticks since 0001-01-01; fixed for the whole query.
  package let now: Int64
  /// Workers that may run at once, at least 1.
  package let threads: Int
  /// Bytes that buffers may hold before the query ends with a diagnostic.
  package let memoryLimit: Int
  /// Where `rand()` starts.
  package let seed: UInt64
  package let tuning: ExecutionTuning
  private let cancelled = Atomic<Bool>(false)
  /// The context that this one was made from, whose cancellation it shares.
  private let parent: ExecutionContext?
  private let notes = Guarded<[String]>([])
  private let failure = Guarded<Diagnostic?>(nil)
  /// How far the query has come.
  package let progress = QueryProgress()

  package init(
    now: Int64, threads: Int, memoryLimit: Int, seed: UInt64 = 0, tuning: ExecutionTuning = ExecutionTuning(),
    parent: ExecutionContext? = nil
  ) {
    self.now = now
    self.threads = Swift.max(1, threads)
    self.memoryLimit = memoryLimit
    self.seed = seed
    self.tuning = tuning
    self.parent = parent
  }

  /// The same query on one worker, for work that is already spread over workers.
  var alone: ExecutionContext {
    threads == 1
      ? self
      : ExecutionContext(
        now: now, threads: 1, memoryLimit: memoryLimit, seed: seed, tuning: tuning, parent: self)
  }

  /// Asks the query to stop; it does at its next checkpoint. Safe from any thread.
  package func cancel() { cancelled.store(true, ordering: .relaxed) }

  package var isCancelled: Bool { cancelled.load(ordering: .relaxed) || parent?.isCancelled ?? false }

  /// Called at least once a chunk and in every long loop; cheap.
  ///
  /// - Throws: `cancelled`, or `memory-limit` when buffers hold more than the limit.
  package func checkpoint() throws {
    if isCancelled {
      throw root.failure.withLock { $0 } ?? Diagnostic("cancelled", "the query was cancelled")
    }
    if MemoryUse.exceeds(memoryLimit) { throw memoryDiagnostic }
  }

  /// Ends the query with `diagnostic` at its next checkpoint, for code that cannot throw. Safe from any thread.
  func fail(_ diagnostic: Diagnostic) {
    root.failure.withLock { if $0 == nil { $0 = diagnostic } }
    root.cancel()
  }

  var memoryDiagnostic: Diagnostic {
    Diagnostic(
      "memory-limit", "the query needs more than its memory limit of \(memoryLimit >> 20) MB",
      help: "read fewer columns or rows (`where`, `project`, `take`) or raise `--memory`")
  }

  private var root: ExecutionContext { parent?.root ?? self }

  /// A remark for the user beside the result, such as an ignored hint; each is kept once.
  package func remark(_ text: String) {
    notes.withLock { if !$0.contains(text) { $0.append(text) } }
  }

  package var remarks: [String] { notes.withLock { $0 } }
}
