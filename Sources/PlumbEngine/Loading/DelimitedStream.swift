import PlumbDiagnostics

/// Reads delimited text with all threads: all of it at once, or a batch at a time, so that it can be larger than memory.
///
/// - Note: Use it from one thread at a time.
package final class DelimitedStream {
  private var text: DelimitedText
  private let context: ExecutionContext
  private let reader: BlockReader
  /// Nil if all of the text is one batch.
  private let blocksPerBatch: Int?
  private var newlines: Int
  private var isDone = false

  /// - Parameters:
  ///   - start: where an earlier reading of the same text stopped.
  ///   - batchBytes: the size of a batch in bytes, at least one block; nil makes one batch of all, which is not hashed.
  package init(
    _ text: DelimitedText, from start: TextPosition?, batchBytes: Int?, context: ExecutionContext
  ) throws {
    try BadText.check(columns: text.fieldCount, file: text.name)
    var text = text
    if let batchBytes { text.blockSize = batchBlockSize(text.blockSize ?? 8 << 20, batchBytes, threads: text.threads) }
    let blockSize = text.blockSize ?? 8 << 20
    self.text = text
    self.context = context
    newlines = start?.newlines ?? text.skippedNewlines
    blocksPerBatch = batchBytes.map { Swift.max(1, $0 / blockSize) }
    reader = try BlockReader(
      text.source, boundary: .rows(text.dialect), blockSize: blockSize, skipping: text.skippedBytes, name: text.name,
      memory: context.memory,
      from: start, hashes: batchBytes != nil)
  }

  /// The columns; reading the text at once may have widened guessed types.
  package var schema: Schema { text.columns.map(\.info) }

  /// The next rows; nil at the end.
  ///
  /// - Throws: `WiderColumns` between batches, after which this reading is over, and diagnostics about the text.
  package func next() throws -> FileBatch? {
    if isDone { return nil }
    guard let blocksPerBatch else {
      isDone = true
      return try whole()
    }
    reader.allow(blocksPerBatch)
    let pass = try pass(over: allColumns, reader: reader)
    try pass.run()
    guard pass.widerTypes.isEmpty else { throw WiderColumns(types: try widerTypes(pass)) }
    try pass.deliverRejects()
    let blocks = pass.finishedBlocks
    if blocks.isEmpty { return nil }
    newlines = pass.newlines
    let groups = try assemble(blocks)
    let (end, isAtEnd) = reader.position(newlines: newlines)
    return FileBatch(groups: groups, end: end, isLast: isAtEnd, misfits: pass.misfits)
  }

  /// All rows. A column whose guessed type is too narrow is read again, alone, as a wider type.
  private func whole() throws -> FileBatch {
    let first = try pass(over: allColumns, reader: reader)
    try first.run()
    try first.deliverRejects()
    let blocks = first.finishedBlocks
    var wider = first.widerTypes
    var rounds = 0
    while !wider.isEmpty {
      rounds += 1
      for (column, type) in wider {
        // The longest way is from long to real to string.
        text.columns[column].info.type = rounds > 2 ? .string : type
      }
      let again = try pass(over: wider.keys.sorted(), reader: nil)
      try again.run()
      try replaceColumns(of: blocks, with: again)
      wider = again.widerTypes
    }
    return FileBatch(groups: try assemble(blocks), isLast: true, misfits: first.misfits)
  }

  private func replaceColumns(of blocks: [DelimitedPass.Block], with pass: DelimitedPass) throws {
    let again = pass.finishedBlocks
    guard again.count == blocks.count, zip(again, blocks).allSatisfy({ $0.counts == $1.counts }) else {
      throw Diagnostic("file-changed", "`\(text.name)` changed while Plumb was reading it")
    }
    for (old, new) in zip(blocks, again) {
      for group in old.groups.indices {
        for column in pass.wanted { old.groups[group][column] = new.groups[group][column] }
      }
    }
  }

  private var allColumns: [Int] { Array(text.columns.indices) }

  private func pass(over wanted: [Int], reader: BlockReader?) throws -> DelimitedPass {
    try DelimitedPass(
      text, wanted: wanted, columns: text.columns, context: context, reader: reader, newlinesBefore: newlines)
  }

  /// The blocks as row groups; they are empty afterwards.
  private func assemble(_ blocks: [DelimitedPass.Block]) throws -> [RowGroup] {
    let segments = blocks.flatMap { block in block.groups.map { $0.compactMap { $0 } } }
    for block in blocks { block.groups = [] }
    return try assembleGroups(segments, schema: schema, threads: text.threads)
  }

  /// The columns that must be wider in the rest of the text, so that it is read again once and not for each column.
  private func widerTypes(_ pass: DelimitedPass) throws -> [Int: ScalarType] {
    reader.allow(.max)
    let survey = try DelimitedPass(
      text, wanted: allColumns, columns: text.columns, context: context, reader: reader, wider: pass.widerTypes,
      keepsRows: false)
    do { try survey.run() } catch let diagnostic as Diagnostic {
      // A bad row is reported when its turn comes.
      if context.isCancelled || diagnostic.code == "memory-limit" { throw diagnostic }
    }
    return survey.widerTypes
  }
}

/// The block size with which every thread has one block of a batch.
func batchBlockSize(_ usual: Int, _ batchBytes: Int, threads: Int) -> Int {
  Swift.min(usual, Swift.max(batchBytes / Swift.max(1, threads), 16))
}
