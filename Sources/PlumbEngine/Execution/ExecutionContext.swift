import PlumbDiagnostics
import Synchronization

/// How a query is executed, which does not affect the answer; tests compare one way with another.
package struct ExecutionTuning: Sendable {
  /// Names of rewrite rules that are not applied.
  package var disabledRules: Set<String> = []
  /// Below this many rows a second thread costs more than it gains.
  package var rowsWorthAWorker = 32_768
  /// Whether aggregations may read the statistics of row groups in place of their rows.
  package var usesStatistics = true

  package init() {}
}

/// What a running query may know about the world: the clock, its limits, and whether it was cancelled.
package final class ExecutionContext: Sendable {
  /// `now()` as ticks since 0001-01-01; fixed for the whole query.
  package let now: Int64
  /// Workers that may run at once, at least 1.
  package let threads: Int
  /// The account to which the query's buffers are charged.
  package let memory: MemoryAccount
  /// The seed of `rand()`.
  package let seed: UInt64
  package let tuning: ExecutionTuning
  private let cancelled = Atomic<Bool>(false)
  /// The context from which this one was made and whose cancellation it shares.
  private let parent: ExecutionContext?
  private let notes = LockedValue<[String]>([])
  private let failure = LockedValue<Diagnostic?>(nil)
  /// Bytes of constants that are charged until the query ends.
  private let held = Atomic<Int>(0)
  /// How far the query has progressed.
  package let progress = QueryProgress()

  /// - Parameters:
  ///   - memoryLimit: bytes that buffers may hold before the query ends with a diagnostic.
  ///   - account: the account that includes the query's memory, such as a workspace's.
  package init(
    now: Int64, threads: Int, memoryLimit: Int, in account: MemoryAccount = .process, seed: UInt64 = 0,
    tuning: ExecutionTuning = ExecutionTuning()
  ) {
    self.now = now
    self.threads = Swift.max(1, threads)
    memory = MemoryAccount(limit: memoryLimit, in: account)
    if memory.isSmall { BufferRecycling.trimIfDue() }
    self.seed = seed
    self.tuning = tuning
    parent = nil
  }

  /// A part of a query, with its memory, tuning and cancellation.
  package init(partOf parent: ExecutionContext, now: Int64? = nil, threads: Int? = nil) {
    self.now = now ?? parent.now
    self.threads = Swift.max(1, threads ?? parent.threads)
    memory = parent.memory
    seed = parent.seed
    tuning = parent.tuning
    self.parent = parent
  }

  /// With the clock and limits of another context that was cancelled, for completing what that one started.
  package init(after other: ExecutionContext) {
    now = other.now
    threads = other.threads
    memory = other.memory
    seed = other.seed
    tuning = other.tuning
    parent = nil
  }

  /// The same query on one worker, for work that is already spread over workers.
  var alone: ExecutionContext {
    threads == 1 ? self : ExecutionContext(partOf: self, threads: 1)
  }

  deinit {
    memory.charge(-held.load(ordering: .relaxed))
    // What the query made may live on, such as a model, and with it the account.
    if parent == nil { memory.trimIfLarge() }
  }

  /// Counts the first value of `vector`, which becomes a constant of the query, against the limits until the query ends.
  ///
  /// - Throws: `memory-limit`.
  func hold(_ vector: Vector) throws {
    guard vector.type.lane == .bytes, vector.count > 0, !vector.isNull(0) else { return }
    // A tree of small arrays, with the vectors made of it, needs about 16 times as much as the compact form.
    try hold(bytes: vector.bytes(at: 0).count &* (vector.type == .dynamic ? 16 : 1))
  }

  /// The same for constants of so many bytes, unless they are few.
  ///
  /// - Throws: `memory-limit`.
  package func hold(bytes size: Int) throws {
    guard size > 1 << 16 else { return }
    try checkRoom(size)
    memory.charge(size)
    // A constant outlives the part of the query that makes it.
    root.held.wrappingAdd(size, ordering: .relaxed)
  }

  /// Whether constants count for as long as this context lives.
  package var isHolding: Bool { root.held.load(ordering: .relaxed) > 0 }

  /// Checks before `size` bytes are allocated at once that the limits allow it; cheap where they are few.
  ///
  /// - Throws: `memory-limit`.
  package func checkRoom(_ size: Int) throws {
    guard size > 1 << 16 else { return }
    if let account = memory.overdrawn(by: size) { throw memoryDiagnostic(account) }
    if size > 1 << 22, let limit = ResidentMemory.limit(exceededBy: size) { throw memoryDiagnostic(Self.together, limit) }
  }

  /// Asks the query to stop; it does at its next checkpoint. Safe from any thread.
  package func cancel() { cancelled.store(true, ordering: .relaxed) }

  package var isCancelled: Bool { cancelled.load(ordering: .relaxed) || parent?.isCancelled ?? false }

  /// Must be called at least once per chunk and in every long loop; cheap.
  ///
  /// - Throws: `cancelled`, or `memory-limit` if buffers hold more than the limit.
  package func checkpoint() throws {
    if isCancelled {
      throw root.failure.withLock { $0 } ?? Diagnostic("cancelled", "the query was cancelled")
    }
    if let account = memory.overdrawn() { throw memoryDiagnostic(account) }
    if let limit = ResidentMemory.exceededLimit { throw memoryDiagnostic(Self.together, limit) }
  }

  /// A checkpoint at every thousandth row, for loops whose rows take memory that no account counts.
  ///
  /// - Throws: as `checkpoint`.
  @inline(__always) func checkpoint(at row: Int) throws { if row & 1023 == 0 { try checkpoint() } }

  /// Ends the query with `diagnostic` at its next checkpoint, for code that cannot throw. Safe from any thread.
  func fail(_ diagnostic: Diagnostic) {
    root.failure.withLock { if $0 == nil { $0 = diagnostic } }
    root.cancel()
  }

  /// Bytes that the query's buffers may hold.
  package var memoryLimit: Int { memory.limit }

  /// - Parameter account: the account whose limit is exceeded: the query's own, or one that includes it.
  func memoryDiagnostic(_ account: MemoryAccount) -> Diagnostic {
    memoryDiagnostic(account === memory ? "the query" : Self.together, account.limit)
  }

  private static let together = "the query and other data in memory"

  private func memoryDiagnostic(_ what: String, _ limit: Int) -> Diagnostic {
    Diagnostic(
      "memory-limit", "\(what) exceeded the memory limit of \(limit >> 20) MB",
      help: "read fewer columns or rows (`where`, `project`, `take`) or raise `--memory`")
  }

  private var root: ExecutionContext { parent?.root ?? self }

  /// A remark for the user in addition to the result, such as an ignored hint; each is reported once.
  package func remark(_ text: String) {
    root.notes.withLock { if !$0.contains(text) { $0.append(text) } }
  }

  package var remarks: [String] { root.notes.withLock { $0 } }
}
