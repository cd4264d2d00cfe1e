import PlumbDiagnostics
import PlumbEngine
import Synchronization

/// Work that may take long, such as an import: what it reports while it runs, and whether it should stop.
///
/// Reports arrive on the thread that does the work. `cancel()` may be called from any thread.
public final class Work: Sendable {
  private let onEvent: @Sendable (Event) -> Void
  private let cancellations = Atomic<Int>(0)
  private let orderly = Atomic<Bool>(false)
  private let running = LockedValue<[ExecutionContext]>([])

  public init(onEvent: @escaping @Sendable (Event) -> Void = { _ in }) { self.onEvent = onEvent }

  /// Asks the work to stop; it does at its next checkpoint. What was saved before that stays.
  public func cancel() {
    cancellations.add(1, ordering: .relaxed)
    for context in running.withLock({ $0 }) { context.cancel() }
  }

  public var isCancelled: Bool { cancellations.load(ordering: .relaxed) > 0 }

  /// Whether stopping takes a moment because data is saved or reported first. Other work
  /// may simply end with the process.
  public var stopsInOrder: Bool { orderly.load(ordering: .relaxed) }

  package func stopInOrder() { orderly.store(true, ordering: .relaxed) }

  package func report(_ event: Event) { onEvent(event) }

  package func note(_ text: String) { report(.note(text)) }

  package func say(_ text: String) { report(.message(text)) }

  /// Reports that there was nothing to do.
  package func sayUnchanged(_ text: String) { report(.unchanged(text)) }

  /// Runs `body`, which `cancel()` stops through `context`; what it allocates is charged to the account of `context`.
  package func running<Result>(_ context: ExecutionContext, _ body: () throws -> Result) rethrows -> Result {
    running.withLock { $0.append(context) }
    defer { running.withLock { list in list.removeAll { $0 === context } } }
    if isCancelled { context.cancel() }
    return try context.memory.bound { try body() }
  }

  /// Begins a stage of the work, on which `Stage.show` and `Stage.end` report.
  package func stage(_ name: String, unit: String) -> Stage { Stage(self, name, unit) }

  /// A stage of the work, such as reading a file. A stage that begins after `cancel()` saves what was done; only another
  /// `cancel()` stops it.
  package final class Stage: Sendable {
    private let work: Work
    private let name: String
    private let unit: String
    private let isOpen = Atomic<Bool>(true)
    private let cancellationsBefore: Int

    fileprivate init(_ work: Work, _ name: String, _ unit: String) {
      self.work = work
      self.name = name
      self.unit = unit
      cancellationsBefore = work.cancellations.load(ordering: .relaxed)
      work.report(.began(stage: name, unit: unit))
    }

    /// Reports the progress.
    ///
    /// - Returns: whether to continue.
    @discardableResult
    package func show(share: Double, count: Int) -> Bool {
      if !isOpen.exchange(true, ordering: .relaxed) { work.report(.began(stage: name, unit: unit)) }
      work.report(.progress(Progress(stage: name, unit: unit, share: share, count: count)))
      return work.cancellations.load(ordering: .relaxed) == cancellationsBefore
    }

    package func end() {
      if isOpen.exchange(false, ordering: .relaxed) { work.report(.ended(stage: name)) }
    }
  }
}

/// What work reports.
public enum Event: Sendable {
  /// A stage begins, such as `reading telemetry`; its progress is counted in `unit`, such as `rows`.
  case began(stage: String, unit: String)
  case progress(Progress)
  /// A stage has ended, temporarily or for good.
  case ended(stage: String)
  /// What is saved even if the work stops now.
  case saved(String)
  /// Something that the user should know about the result.
  case note(String)
  /// What was done.
  case message(String)
  /// There was nothing to do, for example for a file whose rows were imported before.
  case unchanged(String)
  /// A problem that did not stop the work.
  case problem(Problem)
}

/// The progress of a stage of work.
public struct Progress: Sendable, Hashable {
  public let stage: String
  /// The unit of the counts.
  public let unit: String
  /// From 0 to 1.
  public let share: Double
  public let count: Int
}

/// Work was stopped by `cancel()` after it had reported what it completed.
package struct Stopped: Error {}
