/// Some rows of a query's answer, as they arrive.
public struct Batch: Sendable {
  /// The number of the query in the text, from 0.
  public let query: Int
  /// The rows. The first batch of a query has its columns and no rows.
  public let table: ResultTable
  /// Whether it is the last of its query; only then it has all remarks.
  public let isLast: Bool
}

extension Connection {
  /// Runs a text and passes the rows of its queries to `body` in order and as they arrive. Holds few rows at a time, unless an
  /// operator such as `sort` must hold all of its input; the text runs a few batches ahead of `body`.
  ///
  /// - Parameters:
  ///   - text: queries and commands in KQL.
  ///   - body: called on this thread. What it throws ends the text.
  /// - Throws: what `body` throws, and `Problems` with positions in the text.
  public func stream(_ text: String, _ body: (Batch) throws -> Void) throws {
    let queue = BatchQueue(self, text)
    do {
      while let batch = try queue.next() { try body(batch) }
    } catch {
      queue.abandon()
      queue.waitForEnd()
      throw error
    }
  }

  /// The rows of a text's queries as an asynchronous sequence. The text starts with the iteration and runs a few batches
  /// ahead of it; if the iterator is released or the task is cancelled, the text is cancelled.
  public func batches(_ text: String) -> Batches { Batches(connection: self, text: text) }
}

/// The rows of a text's queries as they arrive; see `Connection.batches`.
public struct Batches: AsyncSequence, Sendable {
  public typealias Element = Batch

  fileprivate let connection: Connection
  fileprivate let text: String

  public func makeAsyncIterator() -> Iterator { Iterator(BatchQueue(connection, text)) }

  public final class Iterator: AsyncIteratorProtocol {
    private let queue: BatchQueue

    fileprivate init(_ queue: BatchQueue) { self.queue = queue }

    deinit { queue.abandon() }

    /// - Throws: `Problems` with positions in the text; `CancellationError` if the task is cancelled.
    public func next() async throws -> Batch? {
      let queue = queue
      return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { queue.next($0) }
      } onCancel: {
        queue.abandon()
      }
    }
  }
}
