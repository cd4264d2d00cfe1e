import Glibc

/// Passes chunks on in row order as soon as all chunks before them have been passed on; holds few at a time.
///
/// Workers say which source chunk they carry. Their further results come at or after it, so that all rows
/// before the first of these chunks are complete. A worker that is too far ahead of the others waits for them.
///
/// - Note: `emit` is called by one worker at a time.
final class StreamSink: ChunkSink, @unchecked Sendable {
  /// The position of a worker.
  private enum Position {
    case unknown
    /// It carries the chunk of this order.
    case carrying(RowOrder)
    /// It is done with the chunk of this order and asks for a later one.
    case after(RowOrder)
    case ended

    /// Whether the worker can still produce rows that come before `order`.
    func precedes(_ order: RowOrder) -> Bool {
      switch self {
      case .unknown: true
      case .carrying(let own): own < order
      case .after(let own): own < order
      case .ended: false
      }
    }
  }

  private struct State {
    var positions: [Position] = []
    /// The chunks of each worker that have not been passed on yet, in order.
    var waiting: [[Chunk]] = []
    var rows = 0
    var isHanding = false
    var failure: (any Error)?
  }

  /// The number of rows that may wait for others.
  private static let rowLimit = 1 << 18

  private let state = LockedValue(State())
  private let context: ExecutionContext
  private let emit: (Chunk) throws -> Void

  /// - Parameter emit: called by one worker at a time; what it throws ends the work.
  init(_ context: ExecutionContext, emit: @escaping (Chunk) throws -> Void) {
    self.context = context
    self.emit = emit
  }

  func makeWorker() -> any SinkWorker {
    state.withLock { state in
      state.positions.append(.unknown)
      state.waiting.append([])
      return Worker(self, state.positions.count - 1)
    }
  }

  private final class Worker: SinkWorker {
    private let sink: StreamSink
    private let number: Int

    init(_ sink: StreamSink, _ number: Int) {
      self.sink = sink
      self.number = number
    }

    func begin(_ chunk: Chunk) throws { try sink.move(number, to: .carrying(chunk.order)) }

    func take(_ chunk: Chunk) throws {
      if chunk.count == 0 { return }
      _ = chunk.vectors()
      try sink.add(chunk, number)
    }

    func end(_ chunk: Chunk) throws { try sink.move(number, to: .after(chunk.order)) }

    func finish() throws { try sink.move(number, to: .ended) }

    func stopEarly() { sink.state.withLock { $0.positions[number] = .ended } }
  }

  private func move(_ number: Int, to position: Position) throws {
    state.withLock { $0.positions[number] = position }
    try handOn()
  }

  private func add(_ chunk: Chunk, _ number: Int) throws {
    state.withLock { state in
      state.waiting[number].append(chunk)
      state.rows += chunk.count
    }
    try handOn()
    // The slowest worker never waits, so that one worker always proceeds.
    while state.withLock({ $0.rows > Self.rowLimit && $0.failure == nil && Self.isAhead(number, in: $0) }) {
      try context.checkpoint()
      usleep(200)
      try handOn()
    }
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  /// Whether another worker can still produce rows that come before all rows that this one has waiting.
  private static func isAhead(_ number: Int, in state: State) -> Bool {
    guard let first = state.waiting[number].first else { return false }
    return state.positions.indices.contains { $0 != number && state.positions[$0].precedes(first.order) }
  }

  /// Passes on what is complete, unless another worker is doing that.
  private func handOn() throws {
    while let ready = state.withLock(Self.takeReady) {
      do {
        for chunk in ready { try emit(chunk) }
      } catch {
        state.withLock {
          $0.failure = error
          $0.isHanding = false
        }
        throw error
      }
      state.withLock { $0.isHanding = false }
    }
  }

  /// The next chunks, in order; nil if none are ready or another worker is passing chunks on.
  private static func takeReady(_ state: inout State) -> [Chunk]? {
    if state.isHanding || state.failure != nil { return nil }
    var ready: [Chunk] = []
    while true {
      var least: Int?
      for (number, chunks) in state.waiting.enumerated() {
        guard let first = chunks.first else { continue }
        if let known = least, !(first.order < state.waiting[known][0].order) { continue }
        least = number
      }
      guard let least else { break }
      let order = state.waiting[least][0].order
      // Chunks of one order belong to one worker, so that only earlier ones matter.
      if state.positions.indices.contains(where: { $0 != least && state.positions[$0].precedes(order) }) { break }
      let count = state.waiting[least].prefix { !(order < $0.order) }.count
      ready += state.waiting[least].prefix(count)
      state.waiting[least].removeFirst(count)
    }
    if ready.isEmpty { return nil }
    state.rows -= ready.reduce(0) { $0 + $1.count }
    state.isHanding = true
    return ready
  }
}
