import PlumbDiagnostics
import Synchronization

/// One pass over JSON rows: for their keys and types, or into segments.
final class JSONPass: @unchecked Sendable {
  final class Block: @unchecked Sendable {
    let index: Int
    let newlines: Int
    let groups: [[Segment]]
    let keys: [(name: [UInt8], kinds: JSONKinds)]

    init(index: Int, newlines: Int, groups: [[Segment]], keys: [(name: [UInt8], kinds: JSONKinds)]) {
      self.index = index
      self.newlines = newlines
      self.groups = groups
      self.keys = keys
    }
  }

  struct Failure {
    let block: Int
    let newlinesBefore: Int
    let diagnostic: (_ line: Int) -> Diagnostic
  }

  private struct Shared {
    var blocks: [Block] = []
    var failure: Failure?
    var rejects = PassRejects()
    var misfits = RowMisfits()
  }

  let text: JSONRowsText
  /// Nil while keys and types are being determined.
  let schema: Schema?
  let reader: BlockReader
  private let context: ExecutionContext
  private let blockSize: Int
  private let lock = Lock()
  private var shared = Shared()
  private let isStopped = Atomic<Bool>(false)
  /// Newlines before the first row that this pass reads.
  private let newlinesBefore: Int

  /// - Parameter reader: a reader positioned somewhere in the text; nil reads from the front.
  init(
    _ text: JSONRowsText, schema: Schema?, context: ExecutionContext, reader: BlockReader? = nil,
    newlinesBefore: Int = 0
  ) throws {
    self.text = text
    self.newlinesBefore = newlinesBefore
    self.schema = schema
    self.context = context
    blockSize = text.blockSize ?? 4 << 20
    self.reader = try reader ?? BlockReader(
      text.source, boundary: text.boundary, blockSize: blockSize, skipping: text.skippedBytes, name: text.name,
      memory: context.memory)
  }

  var finishedBlocks: [Block] { shared.blocks.sorted { $0.index < $1.index } }
  /// The number of newlines up to the end of what was read.
  var newlines: Int { shared.blocks.reduce(newlinesBefore) { $0 &+ $1.newlines } }
  var misfits: RowMisfits { shared.misfits }

  /// All keys in order of first appearance.
  func foundColumns() throws -> Schema {
    var places: [[UInt8]: Int] = [:]
    var found: [(name: [UInt8], kinds: JSONKinds)] = []
    for key in finishedBlocks.flatMap(\.keys) {
      if let place = places[key.name] {
        found[place].kinds.formUnion(key.kinds)
      } else {
        places[key.name] = found.count
        found.append(key)
      }
    }
    try BadText.check(columns: found.count, file: text.name)
    return found.map { ColumnInfo(String(decoding: $0.name, as: UTF8.self), $0.kinds.type) }
  }

  func run() throws {
    try WorkerPool.shared.run(workers: text.threads) { _ in
      do { try self.work() } catch {
        self.isStopped.store(true, ordering: .relaxed)
        throw error
      }
    }
    guard let failure = shared.failure else { return }
    var line = 1 + newlinesBefore + failure.newlinesBefore
    for block in shared.blocks where block.index < failure.block { line += block.newlines }
    throw failure.diagnostic(line)
  }

  /// Passes on the rejected rows.
  func deliverRejects() throws {
    guard let onReject = text.onReject else { return }
    let blocks = finishedBlocks.map { (index: $0.index, newlines: $0.newlines) }
    try shared.rejects.deliver(before: newlinesBefore, blocks: blocks, onReject)
  }

  private func work() throws {
    let buffer = BlockBuffer(capacity: blockSize)
    let worker = JSONWorker(self)
    while !isStopped.load(ordering: .relaxed) {
      guard let block = try reader.next(into: buffer) else { return }
      try context.checkpoint()
      let outcome = worker.read(block, in: buffer)
      try BadText.check(columns: outcome.keyCount, file: text.name)
      try lock.locked {
        try shared.rejects.add(outcome.rejects, context)
        shared.misfits += outcome.misfits
        if let failure = outcome.failure {
          isStopped.store(true, ordering: .relaxed)
          if shared.failure.map({ failure.block < $0.block }) ?? true { shared.failure = failure }
        } else if let done = outcome.block {
          shared.blocks.append(done)
        }
      }
    }
  }
}
