import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// A queue of batches from the thread that runs a text to its consumer, with room for a few.
final class BatchQueue: @unchecked Sendable {
  private let connection: Connection
  private let text: String
  private let lock = Lock()
  // The following properties are used inside `lock`.
  private var waiting: [Batch] = []
  private var reader: CheckedContinuation<Batch?, any Error>?
  /// How the text ended.
  private var end: Result<Void, any Error>?
  private var isStarted = false
  private var isAbandoned = false

  private static let most = 4

  init(_ connection: Connection, _ text: String) {
    self.connection = connection
    self.text = text
  }

  // MARK: Consuming

  /// The next batch; nil after the last.
  ///
  /// - Throws: the error with which the text ended.
  func next() throws -> Batch? {
    start()
    return try lock.locked {
      while waiting.isEmpty, end == nil { lock.wait() }
      return try take()?.get()
    }
  }

  /// The same for a task: `reader` is resumed with the next batch. Only one task at a time may consume batches.
  func next(_ reader: CheckedContinuation<Batch?, any Error>) {
    let ready = lock.locked { () -> Result<Batch?, any Error>? in
      if let ready = take() { return ready }
      self.reader = reader
      return nil
    }
    if let ready { reader.resume(with: ready) }
    start()
  }

  /// Says that the consumer has gone; cancels the text.
  func abandon() {
    let isRunning = lock.locked {
      isAbandoned = true
      lock.signal()
      return isStarted && end == nil
    }
    if isRunning { connection.cancel() }
  }

  /// Returns when the text has ended.
  func waitForEnd() { lock.locked { while isStarted, end == nil { lock.wait() } } }

  /// Inside the lock: what is ready for a reader; nil if it must wait.
  private func take() -> Result<Batch?, any Error>? {
    if !waiting.isEmpty {
      lock.signal()
      return .success(waiting.removeFirst())
    }
    return end?.map { nil }
  }

  // MARK: Running the text

  private func start() {
    let isFirst = lock.locked {
      defer { isStarted = true }
      return !isStarted
    }
    if isFirst, !startThread(stackBytes: 1 << 20, { self.run() }) {
      finish(.failure(Problems(Diagnostic("no-thread", "the system cannot start another thread"))))
    }
  }

  private func run() {
    var query = -1
    var schema: Schema = []
    var visualization: Visualization?
    func give(_ chunks: [Chunk], remarks: [String] = [], isPartial: Bool = false, isLast: Bool = false) throws {
      let answer = Answer(
        schema: schema, chunks: chunks, visualization: visualization, remarks: remarks, isPartial: isPartial)
      try put(Batch(query: query, table: ResultTable(answer), isLast: isLast))
    }
    finish(
      Result {
        do {
          try connection.session.stream(text) { part, _ in
            switch part {
            case .begin(let columns, let chart, _):
              query += 1
              (schema, visualization) = (columns, chart)
              try give([])
            case .rows(let chunk): try give([chunk])
            case .end(let remarks, let isPartial): try give([], remarks: remarks, isPartial: isPartial, isLast: true)
            }
          }
        } catch let stop as CancellationError {
          throw stop
        } catch {
          throw Problems(error, in: text)
        }
      })
  }

  /// Waits until there is room, and adds the batch.
  ///
  /// - Throws: `CancellationError` if the consumer has gone.
  private func put(_ batch: Batch) throws {
    let (isWanted, waiter) = lock.locked { () -> (Bool, CheckedContinuation<Batch?, any Error>?) in
      while waiting.count >= Self.most, !isAbandoned { lock.wait() }
      if isAbandoned { return (false, nil) }
      guard let waiter = reader else {
        waiting.append(batch)
        lock.signal()
        return (true, nil)
      }
      reader = nil
      return (true, waiter)
    }
    if !isWanted { throw CancellationError() }
    waiter?.resume(returning: batch)
  }

  private func finish(_ outcome: Result<Void, any Error>) {
    let (waiter, last) = lock.locked { () -> (CheckedContinuation<Batch?, any Error>?, Result<Batch?, any Error>) in
      let ended: Result<Void, any Error> = isAbandoned ? .failure(CancellationError()) : outcome
      end = ended
      lock.signal()
      defer { reader = nil }
      return (reader, ended.map { nil })
    }
    waiter?.resume(with: last)
  }
}
