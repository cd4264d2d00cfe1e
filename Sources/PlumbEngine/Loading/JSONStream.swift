import PlumbDiagnostics

/// Reads JSON objects with all threads: all of them at once, or a batch at a time.
///
/// - Note: Use it from one thread at a time.
package final class JSONStream {
  package let schema: Schema
  private let text: JSONRowsText
  private let context: ExecutionContext
  private let reader: BlockReader
  private let blocksPerBatch: Int
  private var newlines: Int

  /// Without stated columns the text is read once for its keys and their types before the first batch.
  ///
  /// - Parameters:
  ///   - start: where an earlier reading of the same text stopped.
  ///   - batchBytes: the size of a batch in bytes, at least one block; nil makes one batch of all, which is not hashed.
  package init(_ text: JSONRowsText, from start: TextPosition?, batchBytes: Int?, context: ExecutionContext) throws {
    var text = text
    if let batchBytes { text.blockSize = batchBlockSize(text.blockSize ?? 4 << 20, batchBytes, threads: text.threads) }
    let blockSize = text.blockSize ?? 4 << 20
    schema = try text.columns ?? surveyedColumns(text, context: context)
    text.columns = schema
    self.text = text
    self.context = context
    newlines = start?.newlines ?? 0
    blocksPerBatch = batchBytes.map { Swift.max(1, $0 / blockSize) } ?? .max
    reader = try BlockReader(
      text.source, boundary: text.boundary, blockSize: blockSize, skipping: text.skippedBytes, name: text.name,
      memory: context.memory,
      from: start, hashes: batchBytes != nil)
  }

  /// The next rows; nil at the end.
  package func next() throws -> FileBatch? {
    reader.allow(blocksPerBatch)
    let pass = try JSONPass(text, schema: schema, context: context, reader: reader, newlinesBefore: newlines)
    try pass.run()
    try pass.deliverRejects()
    let blocks = pass.finishedBlocks
    if blocks.isEmpty { return nil }
    newlines = pass.newlines
    let groups = try assembleGroups(blocks.flatMap(\.groups), schema: schema, threads: text.threads)
    let (end, isAtEnd) = reader.position(newlines: newlines)
    return FileBatch(groups: groups, end: end, isLast: isAtEnd, misfits: pass.misfits)
  }
}

/// The columns that the objects of a text have, found by reading all of it.
///
/// - Throws: `empty-file` without any object.
package func surveyedColumns(_ text: JSONRowsText, context: ExecutionContext) throws -> Schema {
  let survey = try JSONPass(text, schema: nil, context: context)
  try survey.run()
  let schema = try survey.foundColumns()
  if schema.isEmpty {
    throw Diagnostic(
      "empty-file", "`\(text.name)` contains no JSON object, so its columns are unknown",
      help: "specify the columns and their types")
  }
  return schema
}
