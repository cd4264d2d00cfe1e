import PlumbDiagnostics
import Synchronization

/// The source of chunks. Several workers call `next` at once.
///
/// - Order: the chunks' `order` increases with the rows; each worker sees increasing ones, unless a sink requested another order.
protocol ChunkSource: AnyObject, Sendable {
  func next() throws -> Chunk?
  /// Makes further calls of `next` return nil.
  func stop()
  /// An upper bound of the remaining rows, for deciding how many workers are worth starting.
  var rowEstimate: Int { get }
}

/// A step that every chunk of a pipeline passes, whichever worker carries it; it has no state.
protocol PipelineStep: Sendable {
  /// Calls `emit` with the results for `chunk`, in order; not at all if nothing is left.
  func process(_ chunk: Chunk, _ context: ExecutionContext, emit: (Chunk) throws -> Void) throws
}

/// The end of a pipeline: collects the rows until all have arrived.
protocol ChunkSink: AnyObject, Sendable {
  /// A worker's own part of the sink.
  func makeWorker() throws -> any SinkWorker
}

protocol SinkWorker: AnyObject {
  /// Called before the first `take` of the results for a source chunk.
  func begin(_ chunk: Chunk) throws
  func take(_ chunk: Chunk) throws
  /// Called after the last `take` of the results for a source chunk.
  func end(_ chunk: Chunk) throws
  /// Called once on the worker's thread after its last chunk.
  func finish() throws
  /// Called once instead of `finish` when the work ends early.
  func stopEarly()
}

extension SinkWorker {
  func begin(_ chunk: Chunk) throws {}
  func end(_ chunk: Chunk) throws {}
  func finish() throws {}
  func stopEarly() {}
}

/// A source and the steps that its chunks pass.
struct Pipeline: Sendable {
  var source: any ChunkSource
  var steps: [any PipelineStep] = []
  /// Whether the rows' order matters, because the query sorted them.
  var isOrdered = false

  func adding(_ step: any PipelineStep) -> Pipeline {
    var longer = self
    longer.steps.append(step)
    return longer
  }

  /// Sends every chunk through the steps into `sink`, on as many workers as the rows are worth.
  func run(into sink: any ChunkSink, _ context: ExecutionContext, workers: Int? = nil) throws {
    let worth = Swift.max(1, source.rowEstimate / context.tuning.rowsWorthAWorker)
    let count = Swift.min(workers ?? context.threads, worth)
    let stopped = Atomic<Bool>(false)
    context.progress.expect(source.rowEstimate)
    try WorkerPool.shared.run(workers: count) { _ in
      let worker = try sink.makeWorker()
      do {
        while !stopped.load(ordering: .relaxed), let chunk = try source.next() {
          try context.checkpoint()
          context.progress.add(chunk.count)
          try worker.begin(chunk)
          try push(chunk, context) { try worker.take($0) }
          try worker.end(chunk)
        }
        try worker.finish()
      } catch {
        stopped.store(true, ordering: .relaxed)
        worker.stopEarly()
        throw error
      }
    }
  }

  func push(_ chunk: Chunk, _ context: ExecutionContext, emit: (Chunk) throws -> Void) throws {
    try push(chunk, step: 0, context, emit: emit)
  }

  private func push(
    _ chunk: Chunk, step: Int, _ context: ExecutionContext, emit: (Chunk) throws -> Void
  ) throws {
    if step == steps.count { return try emit(chunk) }
    try steps[step].process(chunk, context) { try push($0, step: step + 1, context, emit: emit) }
  }

  /// All rows, in order.
  func collect(_ context: ExecutionContext) throws -> [Chunk] {
    let sink = CollectSink()
    try run(into: sink, context)
    return sink.chunks()
  }

  /// All rows, in order; if the query is cancelled, those produced so far.
  func collectUntilCancelled(_ context: ExecutionContext) throws -> (chunks: [Chunk], isPartial: Bool) {
    let sink = CollectSink()
    do {
      try run(into: sink, context)
      return (sink.chunks(), false)
    } catch let diagnostic as Diagnostic where diagnostic.code == "cancelled" {
      let chunks = sink.chunks()
      if chunks.allSatisfy({ $0.count == 0 }) { throw diagnostic }
      return (chunks, true)
    }
  }

  /// All rows as one chunk, in order; its columns are gathered unless only one thread will read them.
  func whole(_ types: [ScalarType], _ context: ExecutionContext, lazily: Bool = false) throws -> Chunk {
    if lazily, steps.isEmpty, let whole = (source as? LazyChunkSource)?.whole { return whole }
    let chunks = try collect(context)
    if chunks.isEmpty { return Chunk(types.map { VectorBuilder($0).finish() }, count: 0) }
    return try Chunk.concatenating(chunks, types: types, context)
  }
}

/// Collects all chunks and returns them in order.
final class CollectSink: ChunkSink {
  private let parts = LockedValue<[[Chunk]]>([])
  /// The number of rows after which no more are needed, counted over all workers; nil for all.
  private let limit: Int?
  private let source: (any ChunkSource)?
  private let taken = Atomic<Int>(0)

  init(limit: Int? = nil, stopping source: (any ChunkSource)? = nil) {
    self.limit = limit
    self.source = source
  }

  func makeWorker() -> any SinkWorker { Worker(self) }

  private final class Worker: SinkWorker {
    private let sink: CollectSink
    private var chunks: [Chunk] = []
    init(_ sink: CollectSink) { self.sink = sink }

    func take(_ chunk: Chunk) throws {
      // Gathered now, so that a narrow selection does not hold on to wide columns.
      _ = chunk.vectors()
      chunks.append(chunk)
      if let limit = sink.limit {
        let total = sink.taken.wrappingAdd(chunk.count, ordering: .relaxed).newValue
        // Chunks are handed out in order, so those in progress and done cover a prefix of the rows.
        if total >= limit { sink.source?.stop() }
      }
    }

    func finish() throws { stopEarly() }

    func stopEarly() {
      let mine = chunks
      sink.parts.withLock { $0.append(mine) }
    }
  }

  func chunks() -> [Chunk] {
    let parts = parts.withLock { $0 }
    let all: [Chunk]
    if parts.count == 1 {
      all = parts[0]
    } else {
      // One worker carries a source chunk, so equal orders are adjacent in one part.
      all = parts.flatMap { $0 }.enumerated()
        .sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }
        .map(\.element)
    }
    guard let limit else { return all }
    var left = limit
    var cut: [Chunk] = []
    for chunk in all where left > 0 {
      let piece = chunk.count <= left ? chunk : chunk.slice(0, left)
      left -= piece.count
      cut.append(piece)
    }
    return cut
  }
}
