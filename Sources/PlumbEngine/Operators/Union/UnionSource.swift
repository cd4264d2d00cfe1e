import Synchronization

/// The chunks of several pipelines, in sequence.
final class UnionSource: ChunkSource {
  private let inputs: [Pipeline]
  private let current = Atomic<Int>(0)
  private let context: ExecutionContext
  let rowEstimate: Int

  init(_ inputs: [Pipeline], _ context: ExecutionContext) {
    self.inputs = inputs
    self.context = context
    rowEstimate = inputs.reduce(0) { $0 &+ $1.source.rowEstimate }
  }

  func next() throws -> Chunk? {
    while true {
      let index = current.load(ordering: .relaxed)
      guard index < inputs.count else { return nil }
      guard let chunk = try inputs[index].source.next() else {
        _ = current.compareExchange(expected: index, desired: index + 1, ordering: .relaxed)
        continue
      }
      try context.checkpoint()
      var made: [Chunk] = []
      try inputs[index].push(chunk, context) { made.append($0) }
      guard let first = made.first else { continue }
      let types = (0..<first.columnCount).map { first.column($0).type }
      let all = made.count == 1 ? first : Chunk.concatenating(made, types: types)
      all.order = chunk.order.within(index)
      return all
    }
  }

  func stop() {
    for input in inputs { input.source.stop() }
    current.store(inputs.count, ordering: .relaxed)
  }
}
