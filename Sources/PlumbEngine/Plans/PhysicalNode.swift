import Glibc
import PlumbDiagnostics
import Synchronization

/// A physical operator in a plan: its name, what it reads from, and how to obtain its rows.
///
/// Opening a node runs everything below it that must be complete before its first row.
final class PhysicalNode: Sendable {
  let label: String
  let inputs: [PhysicalNode]
  private let open: @Sendable (PhysicalRun) throws -> Pipeline
  private let rows = Atomic<Int>(0)
  private let nanoseconds = Atomic<Int>(0)
  private let bytes = Atomic<Int>(0)

  init(_ label: String, _ inputs: [PhysicalNode] = [], open: @escaping @Sendable (PhysicalRun) throws -> Pipeline) {
    self.label = label
    self.inputs = inputs
    self.open = open
  }

  /// The pipeline of the node's rows.
  func pipeline(_ run: PhysicalRun) throws -> Pipeline {
    guard run.isProfiling else { return try open(run) }
    let start = monotonicNanoseconds()
    let memory = run.context.memory.used
    let below = run.clock.reading
    let pipeline = try open(run)
    let spent = monotonicNanoseconds() - start
    // The inputs' time while this node was opened belongs to them.
    let own = spent - (run.clock.reading - below)
    run.clock.add(own)
    nanoseconds.wrappingAdd(Swift.max(own, 0), ordering: .relaxed)
    bytes.wrappingAdd(Swift.max(run.context.memory.used - memory, 0), ordering: .relaxed)
    return pipeline.adding(CountingStep(node: self))
  }

  func note(rows count: Int) { rows.wrappingAdd(count, ordering: .relaxed) }
  func note(nanoseconds count: Int) { nanoseconds.wrappingAdd(count, ordering: .relaxed) }

  /// The node's figures and those of all nodes below, outermost first.
  func profile(depth: Int = 0) -> [OperatorProfile] {
    [
      OperatorProfile(
        depth: depth, name: label, rows: rows.load(ordering: .relaxed),
        nanoseconds: nanoseconds.load(ordering: .relaxed), bytes: bytes.load(ordering: .relaxed))
    ] + inputs.flatMap { $0.profile(depth: depth + 1) }
  }
}

/// The shared state of one execution of a physical plan.
final class PhysicalRun: Sendable {
  let context: ExecutionContext
  let isProfiling: Bool
  /// The rows that `.input` means.
  let input: Chunk?
  let clock = ProfileClock()

  init(_ context: ExecutionContext, isProfiling: Bool, input: Chunk? = nil) {
    self.context = context
    self.isProfiling = isProfiling
    self.input = input
  }
}

/// The time attributed to operators so far.
final class ProfileClock: Sendable {
  private let total = Atomic<Int>(0)
  var reading: Int { total.load(ordering: .relaxed) }
  func add(_ nanoseconds: Int) { total.wrappingAdd(nanoseconds, ordering: .relaxed) }
}

/// Counts the rows that leave an operator.
private struct CountingStep: PipelineStep {
  let node: PhysicalNode
  func process(_ chunk: Chunk, _ context: ExecutionContext, emit: (Chunk) throws -> Void) throws {
    node.note(rows: chunk.rowsStoodFor)
    try emit(chunk)
  }
}

/// Measures the time that a step takes without what comes after it.
struct TimedStep: PipelineStep {
  let step: any PipelineStep
  let node: UncheckedBox<PhysicalNodeReference>

  func process(_ chunk: Chunk, _ context: ExecutionContext, emit: (Chunk) throws -> Void) throws {
    let start = monotonicNanoseconds()
    var elsewhere = 0
    try step.process(chunk, context) { made in
      let left = monotonicNanoseconds()
      try emit(made)
      elsewhere += monotonicNanoseconds() - left
    }
    node.value.node?.note(nanoseconds: monotonicNanoseconds() - start - elsewhere)
  }
}

/// A node that is set once it exists: a step is made before the node to which it belongs.
final class PhysicalNodeReference: @unchecked Sendable {
  weak var node: PhysicalNode?
}

extension UnaryPlanNode {
  /// The node as a step that passes chunks on one by one.
  func streaming(_ step: any PipelineStep) -> PhysicalNode {
    let below = input.node.physical()
    let reference = PhysicalNodeReference()
    let node = PhysicalNode(label, [below]) { run in
      let pipeline = try below.pipeline(run)
      return pipeline.adding(run.isProfiling ? TimedStep(step: step, node: UncheckedBox(reference)) : step)
    }
    reference.node = node
    return node
  }

  /// The node as an operator that needs all its input before its first row.
  func materialising(_ body: @escaping @Sendable (PhysicalRun, Pipeline) throws -> [Chunk]) -> PhysicalNode {
    let below = input.node.physical()
    let order = traits.order
    return PhysicalNode(label, [below]) { run in
      let pipeline = try below.pipeline(run)
      let chunks = try body(run, pipeline)
      return Pipeline(source: LazyChunkSource(cutting: chunks), isOrdered: order.holds(over: pipeline))
    }
  }
}

extension PlanTraits.Order {
  /// Whether the order of the rows matters, given the pipeline that produces them.
  func holds(over input: Pipeline) -> Bool {
    switch self {
    case .kept: input.isOrdered
    case .made: true
    case .lost: false
    }
  }
}

func monotonicNanoseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
}
