import PlumbDiagnostics

/// A row of a text that was rejected: its line, what is wrong with it, and its bytes.
package struct RejectedRow: Sendable {
  package let line: Int
  package let reason: String
  package let text: [UInt8]
}

/// The rejected rows of one block; not stored if nobody wants them.
struct BlockRejects {
  typealias Reason = (_ line: Int, _ byte: Int) -> Diagnostic

  private let isWanted: Bool
  private var rows: [(place: Int, text: Range<Int>, reason: Reason)] = []

  init(isWanted: Bool) { self.isWanted = isWanted }

  /// - Parameter place: the position of the error, in the row or after it.
  mutating func add(_ text: Range<Int>, place: Int, _ reason: @autoclosure () -> Reason) {
    if isWanted { rows.append((place, text, reason())) }
  }

  /// The rows in their order, with copies of their bytes.
  func pending(in block: Int, _ base: UnsafePointer<UInt8>, count: Int, newline: UInt8 = .newline) -> [PendingReject] {
    var newlines = 0, counted = 0, lineStart = 0
    return rows.sorted { $0.place < $1.place }.map { row in
      let place = Swift.min(Swift.max(row.place, counted), count)
      newlines &+= countBytes(newline, base + counted, place &- counted)
      if let last = (counted..<place).last(where: { base[$0] == newline }) { lineStart = last &+ 1 }
      counted = place
      let text = row.text.clamped(to: 0..<count)
      return PendingReject(
        block: block, newlinesBefore: newlines, byte: place &- lineStart &+ 1, reason: row.reason,
        text: Array(UnsafeBufferPointer(start: base + text.lowerBound, count: text.count)))
    }
  }
}

/// A rejected row whose line is known once all blocks before its own are counted.
struct PendingReject {
  let block: Int
  let newlinesBefore: Int
  let byte: Int
  let reason: BlockRejects.Reason
  let text: [UInt8]
}

/// The rejected rows of a pass over a text.
struct PassRejects {
  private var rows: [PendingReject] = []
  private var byteCount = 0

  /// - Throws: `memory-limit` if there are more than can be held.
  mutating func add(_ more: [PendingReject], _ context: ExecutionContext) throws {
    if more.isEmpty { return }
    rows += more
    byteCount &+= more.reduce(0) { $0 &+ $1.text.count &+ 128 }
    guard byteCount > context.memoryLimit / 4 else { return }
    throw Diagnostic(
      "memory-limit", "the rejected rows need more than a quarter of the memory limit of \(context.memoryLimit >> 20) MB",
      help: "describe the file with `--types` and `--delimiter`, or raise the limit with `--memory`")
  }

  /// Passes the rows on in the order of the text.
  ///
  /// - Parameters:
  ///   - before: newlines before the first block.
  ///   - blocks: the newlines of each block, in order.
  func deliver(before: Int, blocks: [(index: Int, newlines: Int)], _ body: (RejectedRow) throws -> Void) throws {
    var line = 1 &+ before
    var next = 0
    for row in rows.enumerated().sorted(by: { ($0.element.block, $0.offset) < ($1.element.block, $1.offset) }).map(\.element) {
      while next < blocks.count, blocks[next].index < row.block {
        line &+= blocks[next].newlines
        next += 1
      }
      let own = line &+ row.newlinesBefore
      try body(RejectedRow(line: own, reason: row.reason(own, row.byte).message, text: row.text))
    }
  }
}
