import PlumbDiagnostics
import Synchronization

/// JSON objects to load as rows: one a line, the elements of an array, or one after the other.
package struct JSONRowsText {
  package var source: any ByteSource
  /// The file's name for messages.
  package var name: String
  /// Whether every line is a value; otherwise values are found by their brackets.
  package var isLines: Bool
  package var skippedBytes = 0
  /// Stated columns; nil takes all keys, in order of first appearance, with the types that fit their values.
  package var columns: Schema?
  package var badRows: BadRowPolicy = .reject
  /// Takes the rows that are left out, in their order, when a pass or a batch is done.
  package var onReject: ((RejectedRow) throws -> Void)?
  package var blockSize: Int?
  package var threads = 1

  package init(source: any ByteSource, name: String, isLines: Bool) {
    self.source = source
    self.name = name
    self.isLines = isLines
  }

  var boundary: RowBoundary { isLines ? .lines : .elements }
}

/// Loads JSON objects with all threads into row groups, in the order of the file.
///
/// Without stated columns the text is read twice: once for its keys and their types, once for the values.
package func loadJSON(_ text: JSONRowsText, context: ExecutionContext) throws -> LoadedRows {
  let schema = try text.columns ?? surveyedColumns(text, context: context)
  let pass = try JSONPass(text, schema: schema, context: context)
  try pass.run()
  try pass.deliverRejects()
  let blocks = pass.finishedBlocks
  let groups = try assembleGroups(blocks.flatMap(\.groups), schema: schema, threads: text.threads)
  return LoadedRows(
    schema: schema, groups: groups, skippedRows: pass.skippedRows, nulledCells: pass.nulledCells)
}

/// The kinds of JSON values met under one key.
struct JSONKinds: OptionSet {
  var rawValue: UInt8
  static let bool = JSONKinds(rawValue: 1)
  static let long = JSONKinds(rawValue: 2)
  static let real = JSONKinds(rawValue: 4)
  /// A string that is a moment in ISO 8601's form.
  static let moment = JSONKinds(rawValue: 8)
  static let text = JSONKinds(rawValue: 16)
  static let nested = JSONKinds(rawValue: 32)

  /// The type that holds all of them; what is mixed, nested or always null is dynamic.
  var type: ScalarType {
    switch self {
    case .bool: .bool
    case .long: .long
    case .real, [.long, .real]: .real
    case .moment: .datetime
    case .text, [.text, .moment]: .string
    default: .dynamic
    }
  }

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(_ value: DynamicCursor) {
    switch value.tag {
    case .null: self = []
    case .false, .true: self = .bool
    case .long: self = .long
    case .real: self = .real
    case .string: self = JSONKinds.isMoment(value.text) ? .moment : .text
    case .datetime, .timespan, .guid, .decimal: self = .text
    case .array, .object: self = .nested
    }
  }

  private static func isMoment(_ text: Bytes) -> Bool {
    guard text.count >= 10, text.count <= 40, text[4] == 0x2D, text[7] == 0x2D, text[0].isDigit else { return false }
    return DateTime.parse(text) != nil
  }
}

/// One reading of JSON rows: for their keys and types, or into segments.
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
    var skippedRows = 0
    var nulledCells = 0
  }

  let text: JSONRowsText
  /// Nil while keys and types are looked for.
  let schema: Schema?
  let reader: BlockReader
  private let context: ExecutionContext
  private let blockSize: Int
  private let lock = Lock()
  private var shared = Shared()
  private let isStopped = Atomic<Bool>(false)
  /// Newlines before the first row that this pass reads.
  private let newlinesBefore: Int

  /// - Parameter reader: a reader that stands somewhere in the text; nil reads from the front.
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
      text.source, boundary: text.boundary, blockSize: blockSize, skipping: text.skippedBytes, name: text.name)
  }

  var finishedBlocks: [Block] { shared.blocks.sorted { $0.index < $1.index } }
  /// Newlines up to the end of what was read.
  var newlines: Int { shared.blocks.reduce(newlinesBefore) { $0 &+ $1.newlines } }
  var skippedRows: Int { shared.skippedRows }
  var nulledCells: Int { shared.nulledCells }

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
    guard found.count <= LoadedRows.columnLimit else { throw BadText.tooManyColumns(file: text.name) }
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

  /// Hands on the rows that were left out.
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
      if outcome.keyCount > LoadedRows.columnLimit { throw BadText.tooManyColumns(file: text.name) }
      try lock.locked {
        try shared.rejects.add(outcome.rejects, context)
        shared.skippedRows += outcome.skippedRows
        shared.nulledCells += outcome.nulledCells
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
