import PlumbDiagnostics

/// Some rows of a text, and how far it has been read with them.
package struct LoadedBatch: Sendable {
  package let groups: [RowGroup]
  package let end: TextPosition
  /// Whether nothing comes behind them.
  package let isLast: Bool
  package let skippedRows: Int
  package let nulledCells: Int
  /// Rows of another width, filled up or cut.
  package let repairedRows: Int

  package init(
    groups: [RowGroup], end: TextPosition, isLast: Bool, skippedRows: Int, nulledCells: Int, repairedRows: Int
  ) {
    self.groups = groups
    self.end = end
    self.isLast = isLast
    self.skippedRows = skippedRows
    self.nulledCells = nulledCells
    self.repairedRows = repairedRows
  }

  package var rowCount: Int { groups.reduce(0) { $0 &+ $1.count } }
}

/// Guessed types that do not hold in rows further on in a text, and the wider ones that do.
package struct WiderColumns: Error {
  package let types: [Int: ScalarType]
}

/// The size of blocks with which every thread has one of a batch.
private func blockSize(_ usual: Int, _ batchBytes: Int, threads: Int) -> Int {
  Swift.min(usual, Swift.max(batchBytes / Swift.max(1, threads), 16))
}

/// Reads delimited text a batch at a time, each with all threads, so that a text larger than memory can be read.
///
/// - Note: one thread at a time calls it.
package final class DelimitedStream {
  private let text: DelimitedText
  private let context: ExecutionContext
  private let reader: BlockReader
  private let blocksPerBatch: Int
  private var newlines: Int

  /// - Parameters:
  ///   - start: where an earlier reading of the same text stopped.
  ///   - batchBytes: how much text makes a batch, at the least a block.
  package init(
    _ text: DelimitedText, from start: TextPosition?, batchBytes: Int, context: ExecutionContext
  ) throws {
    guard text.fieldCount <= LoadedRows.columnLimit else { throw BadText.tooManyColumns(file: text.name) }
    var text = text
    let blockSize = blockSize(text.blockSize ?? 8 << 20, batchBytes, threads: text.threads)
    text.blockSize = blockSize
    self.text = text
    self.context = context
    newlines = start?.newlines ?? 0
    blocksPerBatch = Swift.max(1, batchBytes / blockSize)
    reader = try BlockReader(
      text.source, boundary: .rows(text.dialect), blockSize: blockSize, skipping: text.skippedBytes, name: text.name,
      from: start, hashes: true)
  }

  /// The next rows; nil at the end.
  ///
  /// - Throws: `WiderColumns`, after which this reading is over, and diagnostics of the text.
  package func next() throws -> LoadedBatch? {
    reader.allow(blocksPerBatch)
    let places = Array(text.columns.indices)
    let pass = try DelimitedPass(
      text, wanted: places, columns: text.columns, context: context, reader: reader, newlinesBefore: newlines)
    try pass.run()
    guard pass.widerTypes.isEmpty else { throw WiderColumns(types: try widerTypes(pass, places)) }
    try pass.deliverRejects()
    let blocks = pass.finishedBlocks
    if blocks.isEmpty { return nil }
    newlines = pass.newlines
    let segments = blocks.flatMap { block in block.groups.map { $0.compactMap { $0 } } }
    for block in blocks { block.groups = [] }
    let (end, isAtEnd) = reader.position(newlines: newlines)
    return LoadedBatch(
      groups: try assembleGroups(segments, schema: text.columns.map(\.info), threads: text.threads), end: end,
      isLast: isAtEnd, skippedRows: pass.skippedRows, nulledCells: pass.nulledCells, repairedRows: pass.repairedRows)
  }

  /// What no longer holds in the rest of the text either, so that it is read again once and not for each column.
  private func widerTypes(_ pass: DelimitedPass, _ places: [Int]) throws -> [Int: ScalarType] {
    reader.allow(.max)
    let survey = try DelimitedPass(
      text, wanted: places, columns: text.columns, context: context, reader: reader, wider: pass.widerTypes,
      keepsRows: false)
    do { try survey.run() } catch let diagnostic as Diagnostic {
      // A bad row is told when it is come to.
      if context.isCancelled || diagnostic.code == "memory-limit" { throw diagnostic }
    }
    return survey.widerTypes
  }
}

/// Reads JSON objects a batch at a time, each with all threads.
///
/// - Note: one thread at a time calls it.
package final class JSONStream {
  package let schema: Schema
  private let text: JSONRowsText
  private let context: ExecutionContext
  private let reader: BlockReader
  private let blocksPerBatch: Int
  private var newlines: Int

  /// Without stated columns the text is read once for its keys and their types before the first batch.
  package init(_ text: JSONRowsText, from start: TextPosition?, batchBytes: Int, context: ExecutionContext) throws {
    var text = text
    let blockSize = blockSize(text.blockSize ?? 4 << 20, batchBytes, threads: text.threads)
    text.blockSize = blockSize
    schema = try text.columns ?? surveyedColumns(text, context: context)
    text.columns = schema
    self.text = text
    self.context = context
    newlines = start?.newlines ?? 0
    blocksPerBatch = Swift.max(1, batchBytes / blockSize)
    reader = try BlockReader(
      text.source, boundary: text.boundary, blockSize: blockSize, skipping: text.skippedBytes, name: text.name,
      from: start, hashes: true)
  }

  /// The next rows; nil at the end.
  package func next() throws -> LoadedBatch? {
    reader.allow(blocksPerBatch)
    let pass = try JSONPass(text, schema: schema, context: context, reader: reader, newlinesBefore: newlines)
    try pass.run()
    try pass.deliverRejects()
    let blocks = pass.finishedBlocks
    if blocks.isEmpty { return nil }
    newlines = pass.newlines
    let (end, isAtEnd) = reader.position(newlines: newlines)
    return LoadedBatch(
      groups: try assembleGroups(blocks.flatMap(\.groups), schema: schema, threads: text.threads), end: end,
      isLast: isAtEnd, skippedRows: pass.skippedRows, nulledCells: pass.nulledCells, repairedRows: 0)
  }
}

/// The columns that the objects of a text have, found by reading all of it.
///
/// - Throws: `empty-file` when there is no object.
package func surveyedColumns(_ text: JSONRowsText, context: ExecutionContext) throws -> Schema {
  let survey = try JSONPass(text, schema: nil, context: context)
  try survey.run()
  let schema = try survey.foundColumns()
  if schema.isEmpty {
    throw Diagnostic(
      "empty-file", "`\(text.name)` has no JSON object, so that its columns are not known",
      help: "state the columns and their types")
  }
  return schema
}
