import Glibc
import Synchronization

/// Threads that live as long as the process and run the workers of queries.
///
/// - Note: a worker has a stack of 64 MB, reserved but not committed, for deeply nested expressions.
package final class WorkerPool: @unchecked Sendable {
  package static let shared = WorkerPool()

  private let lock = Lock()
  private var idle: [Helper] = []

  /// Calls `body` with 0 ..< `workers`, each on its own thread, worker 0 on the caller's; returns when all have. What workers
  /// allocate is charged to the caller's account.
  ///
  /// - Throws: the error of the first worker to fail.
  package func run(workers: Int, _ body: @Sendable (Int) throws -> Void) throws {
    guard workers > 1 else { return try body(0) }
    let failure = LockedValue<(any Error)?>(nil)
    let account = MemoryAccount.current
    let call: @Sendable (Int) -> Void = { worker in
      do { try account.bound { try body(worker) } } catch { failure.withLock { if $0 == nil { $0 = error } } }
    }
    try withoutActuallyEscaping(call) { call in
      let helpers = (1..<workers).compactMap { worker -> Helper? in
        guard let helper = borrow() else { return nil }
        helper.start { call(worker) }
        return helper
      }
      call(0)
      // A thread that could not be started leaves its share to the others: bodies take work from a shared counter.
      for helper in helpers {
        helper.wait()
        giveBack(helper)
      }
      if let error = failure.withLock({ $0 }) { throw error }
    }
  }

  /// Calls `body` for ranges that together cover 0 ..< `count`, one per worker; small counts stay on the caller.
  package func ranges(
    _ count: Int, workers: Int, _ body: @Sendable (_ part: Int, _ range: Range<Int>) throws -> Void
  ) throws {
    let parts = count < 65_536 ? 1 : workers
    try each(parts, workers: parts) { part in
      try body(part, count &* part / parts..<count &* (part &+ 1) / parts)
    }
  }

  /// Calls `body` once for each of 0 ..< `count`, in any order: workers take the next number when they are done with one.
  package func each(_ count: Int, workers: Int, _ body: @Sendable (Int) throws -> Void) throws {
    let next = Atomic<Int>(0)
    try run(workers: Swift.min(workers, count)) { _ in
      while true {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard number < count else { return }
        try body(number)
      }
    }
  }

  private func borrow() -> Helper? {
    lock.locked { idle.popLast() } ?? Helper()
  }

  private func giveBack(_ helper: Helper) {
    lock.locked { idle.append(helper) }
  }
}

extension ExecutionContext {
  /// Calls `body` for consecutive parts of `range` with a checkpoint before each, so that cancelling takes effect soon.
  @inline(__always)
  func inBlocks(_ range: Range<Int>, _ body: (Range<Int>) throws -> Void) throws {
    var start = range.lowerBound
    while start < range.upperBound {
      try checkpoint()
      let end = Swift.min(start &+ 1_048_576, range.upperBound)
      try body(start..<end)
      start = end
    }
  }
}

/// One thread that waits for a closure, runs it, and waits again.
private final class Helper: @unchecked Sendable {
  private let lock = Lock()
  private var job: (@Sendable () -> Void)?
  private var isDone = true

  init?() {
    // Its thread never ends, so that the helper never does.
    if !startThread(stackBytes: 64 << 20, { self.loop() }) { return nil }
  }

  func start(_ work: @escaping @Sendable () -> Void) {
    lock.locked {
      job = work
      isDone = false
      lock.signal()
    }
  }

  func wait() {
    lock.locked { while !isDone { lock.wait() } }
  }

  private func loop() -> Never {
    while true {
      runJob()
      lock.locked {
        isDone = true
        lock.signal()
      }
    }
  }

  /// Waits for a job and runs it; retains nothing of the job when this returns, as `run` relies on.
  @inline(never)
  private func runJob() {
    let work = lock.locked { () -> (@Sendable () -> Void)? in
      while job == nil { lock.wait() }
      let taken = job
      job = nil
      return taken
    }
    work?()
  }
}
