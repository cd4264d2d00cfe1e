import PlumbDiagnostics
import Synchronization

/// Delimited text to load: where it is, how it is written, and which of its fields become columns.
package struct DelimitedText {
  package var source: any ByteSource
  /// The file's name for messages.
  package var name: String
  package var dialect: Dialect
  /// Bytes at the front that belong to no row, such as a byte order mark.
  package var skippedBytes = 0
  package var hasHeader: Bool
  /// Fields of every row.
  package var fieldCount: Int
  package var columns: [Column]
  /// Guessed types give way to what the rows hold; stated ones make other values bad.
  package var typesAreStated: Bool
  package var badRows: BadRowPolicy = .reject
  /// Takes the rows that are left out, in their order, when a pass or a batch is done.
  package var onReject: ((RejectedRow) throws -> Void)?
  package var blockSize: Int?
  package var threads = 1

  package struct Column {
    package var info: ColumnInfo
    /// The place of its field in a row.
    package var field: Int

    package init(_ info: ColumnInfo, field: Int) {
      self.info = info
      self.field = field
    }
  }

  package init(
    source: any ByteSource, name: String, dialect: Dialect, hasHeader: Bool, fieldCount: Int, columns: [Column],
    typesAreStated: Bool
  ) {
    self.source = source
    self.name = name
    self.dialect = dialect
    self.hasHeader = hasHeader
    self.fieldCount = fieldCount
    self.columns = columns
    self.typesAreStated = typesAreStated
  }
}

/// Loads delimited text with all threads into row groups, in the order of the file.
///
/// A column whose guessed type does not hold is read again, alone, as a wider type.
package func loadDelimited(_ text: DelimitedText, context: ExecutionContext) throws -> LoadedRows {
  guard text.fieldCount <= LoadedRows.columnLimit else {
    throw BadText.tooManyColumns(file: text.name)
  }
  var columns = text.columns
  let first = try DelimitedPass(text, wanted: Array(columns.indices), columns: columns, context: context)
  try first.run()
  try first.deliverRejects()
  let blocks = first.finishedBlocks
  var wider = first.widerTypes
  var remarks: [String] = []
  var rounds = 0
  while !wider.isEmpty {
    rounds += 1
    for (column, type) in wider {
      // Long, real, string is the longest way.
      columns[column].info.type = rounds > 2 ? .string : type
    }
    let pass = try DelimitedPass(text, wanted: wider.keys.sorted(), columns: columns, context: context)
    try pass.run()
    let again = pass.finishedBlocks
    guard again.count == blocks.count, zip(again, blocks).allSatisfy({ $0.counts == $1.counts }) else {
      throw Diagnostic("file-changed", "`\(text.name)` changed while it was read")
    }
    for (old, new) in zip(blocks, again) {
      for group in old.groups.indices {
        for column in pass.wanted { old.groups[group][column] = new.groups[group][column] }
      }
    }
    wider = pass.widerTypes
  }
  let schema = columns.map(\.info)
  let segments = blocks.flatMap { block in block.groups.map { $0.compactMap { $0 } } }
  for block in blocks { block.groups = [] }
  let groups = try assembleGroups(segments, schema: schema, threads: text.threads)
  if first.repairedRows > 0 {
    remarks.append(
      "\(first.repairedRows) rows did not have \(text.fieldCount) fields; missing ones are null, surplus ones left out")
  }
  return LoadedRows(
    schema: schema, groups: groups, skippedRows: first.skippedRows, nulledCells: first.nulledCells, remarks: remarks)
}

/// One reading of a text into segments of some of its columns.
final class DelimitedPass: @unchecked Sendable {
  /// What a block became.
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

  /// A bad row, in whose place the line number is found once all blocks before it are counted.
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
    var skippedRows = 0
    var nulledCells = 0
    var repairedRows = 0
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
  ///   - reader: a reader that stands somewhere in the text; nil reads from the front.
  ///   - wider: columns of which it is known already that their type does not hold.
  ///   - keepsRows: false when only the types are wanted.
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
      text.source, boundary: .rows(text.dialect), blockSize: blockSize, skipping: text.skippedBytes, name: text.name)
  }

  var finishedBlocks: [Block] { shared.blocks.sorted { $0.index < $1.index } }
  var widerTypes: [Int: ScalarType] { shared.wider }
  var skippedRows: Int { shared.skippedRows }
  var nulledCells: Int { shared.nulledCells }
  var repairedRows: Int { shared.repairedRows }
  /// Newlines up to the end of what was read.
  var newlines: Int { shared.blocks.reduce(newlinesBefore) { $0 &+ $1.newlines } }

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

  /// Hands on the rows that were left out.
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
        shared.skippedRows += outcome.skippedRows
        shared.nulledCells += outcome.nulledCells
        shared.repairedRows += outcome.repairedRows
        for (column, type) in outcome.wider {
          shared.wider[column] = shared.wider[column].map { $0 == .string ? .string : type } ?? type
        }
        if let failure = outcome.failure {
          isStopped.store(true, ordering: .relaxed)
          if shared.failure.map({ failure.block < $0.block }) ?? true { shared.failure = failure }
        } else if let done = outcome.block, keepsRows {
          shared.blocks.append(done)
        }
      }
    }
  }
}
