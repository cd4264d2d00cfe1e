import PlumbDiagnostics
import Synchronization

/// One reading of a text into segments of some of its columns.
final class DelimitedPass: @unchecked Sendable {
  /// The result of a block.
  final class Block: @unchecked Sendable {
    let index: Int
    let newlines: Int
    /// For each group its columns; those that were not read are nil.
    var groups: [[Segment?]]
    let counts: [Int]

    init(index: Int, newlines: Int, groups: [[Segment?]], counts: [Int]) {
      self.index = index
      self.newlines = newlines
      self.groups = groups
      self.counts = counts
    }
  }

  /// A bad row, whose line number is computed once all blocks before it are counted.
  struct Failure {
    let block: Int
    let newlinesBefore: Int
    let diagnostic: (_ line: Int) -> Diagnostic
  }

  private struct Shared {
    var blocks: [Block] = []
    var wider: [Int: ScalarType] = [:]
    var failure: Failure?
    var rejects = PassRejects()
    var misfits = RowMisfits()
    var remarks = DelimitedRemarks()

    mutating func fail(_ failure: Failure) {
      if self.failure.map({ failure.block < $0.block }) ?? true { self.failure = failure }
    }
  }

  let text: DelimitedText
  let wanted: [Int]
  let columns: [DelimitedText.Column]
  let context: ExecutionContext
  let reader: BlockReader
  private let blockSize: Int
  private let lock = Lock()
  private var shared = Shared()
  private let isStopped = Atomic<Bool>(false)
  /// Newlines before the first row that this pass reads.
  private let newlinesBefore: Int
  private let keepsRows: Bool

  /// - Parameters:
  ///   - reader: a reader positioned somewhere in the text; nil reads from the front.
  ///   - wider: columns whose guessed type is already known to be too narrow.
  ///   - keepsRows: false if only the types are wanted.
  init(
    _ text: DelimitedText, wanted: [Int], columns: [DelimitedText.Column], context: ExecutionContext,
    reader: BlockReader? = nil, newlinesBefore: Int = 0, wider: [Int: ScalarType] = [:], keepsRows: Bool = true
  ) throws {
    self.text = text
    self.newlinesBefore = newlinesBefore
    self.keepsRows = keepsRows
    shared.wider = wider
    self.wanted = wanted
    self.columns = columns
    self.context = context
    blockSize = text.blockSize ?? 8 << 20
    self.reader = try reader ?? BlockReader(
      text.source, boundary: .rows(text.dialect), blockSize: blockSize, skipping: text.skippedBytes, name: text.name,
      memory: context.memory)
  }

  var finishedBlocks: [Block] { shared.blocks.sorted { $0.index < $1.index } }
  var widerTypes: [Int: ScalarType] { shared.wider }
  var misfits: RowMisfits { shared.misfits }
  /// The number of newlines up to the end of what was read.
  var newlines: Int { shared.blocks.reduce(newlinesBefore) { $0 &+ $1.newlines } }

  func run() throws {
    try WorkerPool.shared.run(workers: text.threads) { _ in
      do { try self.work() } catch {
        self.isStopped.store(true, ordering: .relaxed)
        throw error
      }
    }
    if let failure = shared.remarks.finalFailure(isAtEnd: reader.position(newlines: 0).isAtEnd) { shared.fail(failure) }
    guard let failure = shared.failure else {
      shared.misfits.remarks += shared.remarks.lines
      return
    }
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
    let worker = DelimitedWorker(self)
    while !isStopped.load(ordering: .relaxed) {
      guard let block = try reader.next(into: buffer) else { return }
      try context.checkpoint()
      worker.forget(lock.locked { shared.wider })
      let outcome = worker.read(block, in: buffer)
      try lock.locked {
        if keepsRows { try shared.rejects.add(outcome.rejects, context) }
        shared.misfits += outcome.misfits
        for (column, type) in outcome.wider {
          shared.wider[column] = shared.wider[column].map { $0 == .string ? .string : type } ?? type
        }
        let hasRows = outcome.failure != nil || outcome.block.map { !$0.counts.isEmpty } ?? false
        shared.remarks.add(
          outcome.remarks, of: block, hasRows: hasRows, endsOpenly: block.isLast && buffer.base[block.count - 1] != text.dialect.newline)
        for failure in [outcome.failure, shared.remarks.failure].compactMap({ $0 }) {
          isStopped.store(true, ordering: .relaxed)
          shared.fail(failure)
        }
        if outcome.failure == nil, let done = outcome.block, keepsRows { shared.blocks.append(done) }
      }
    }
  }
}
