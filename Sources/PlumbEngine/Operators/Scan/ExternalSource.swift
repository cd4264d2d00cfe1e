/// The chunks of rows that another program stores: workers take turns reading, and process what they read in parallel.
///
/// Opened when the first chunk is requested, since a limit of 0 requests none. Batches start small, so that the first
/// rows are ready soon.
final class ExternalSource: ChunkSource, @unchecked Sendable {
  private let open: @Sendable () throws -> any ExternalCursor
  private let context: ExecutionContext
  private let lock = Lock()
  private var cursor: (any ExternalCursor)?
  private var batch: RowGroup?
  private var vectors: [Vector] = []
  private var place = 0
  private var batchSize = 1024
  private var number = 0
  private var isDone = false
  let rowEstimate: Int

  private static let largestBatch = 32_768

  init(_ rows: any ExternalRows, _ request: ExternalRequest, _ context: ExecutionContext) {
    open = { try rows.open(request, context) }
    self.context = context
    rowEstimate = Swift.min(rows.rowEstimate, request.limit ?? .max)
  }

  init(_ query: any RemoteQuery, _ rowEstimate: Int, _ context: ExecutionContext) {
    open = { try query.open(context) }
    self.context = context
    self.rowEstimate = rowEstimate
  }

  func next() throws -> Chunk? {
    try lock.locked {
      do {
        return try nextPiece()
      } catch {
        isDone = true
        cursor = nil
        throw error
      }
    }
  }

  private func nextPiece() throws -> Chunk? {
    while !isDone {
      if let batch, place < batch.count {
        let length = Swift.min(Chunk.preferredCount, batch.count &- place)
        let chunk = Chunk(vectors.map { $0.slice(place, length) }, count: length, order: RowOrder(number))
        place &+= length
        number &+= 1
        return chunk
      }
      try context.checkpoint()
      let cursor = try self.cursor ?? open()
      self.cursor = cursor
      batch = try cursor.next(rows: batchSize)
      vectors = try batch?.columns ?? []
      place = 0
      batchSize = Swift.min(batchSize &* 4, Self.largestBatch)
      if batch == nil { finish() }
    }
    return nil
  }

  private func finish() {
    isDone = true
    cursor = nil
    batch = nil
    vectors = []
  }

  func stop() { lock.locked { finish() } }
}
