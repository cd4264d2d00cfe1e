import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax

/// A query from its first byte to the last of its answer, which a thread of its own makes and a task sends.
///
/// The thread waits when the client reads slowly: at most a few blocks of the answer are in memory. Nothing is sent before
/// the first block is full, so an error until then is the whole reply.
final class QueryRun: @unchecked Sendable {
  /// What the client receives next.
  enum Piece: Sendable {
    case bytes([UInt8])
    /// The rest of the answer, perhaps nothing.
    case last([UInt8])
    /// Only as the first piece: the query failed before anything was sent.
    case failure(WireError)
  }

  let request: QueryRequest
  let startedAt = Clock.now
  private let service: QueryService
  /// Nil for a command that only asks what the server has, which does not wait for queries.
  private let place: QueryLimiter.Place?
  private let lock = Lock()
  // The following properties are used inside `lock`.
  private var waiting: [[UInt8]] = []
  private var reader: CheckedContinuation<Piece, Never>?
  private var ending: Piece?
  private var session: Session?
  private var stopReason: WireError?
  private var isAbandoned = false

  // The following properties belong to the query's thread.
  private var hasFlushed = false
  private(set) var statistics = QueryStatistics()
  private var phase = WireError.Phase.parsing

  private static let mostWaiting = 4

  init(_ request: QueryRequest, _ service: QueryService, _ place: QueryLimiter.Place?) {
    self.request = request
    self.service = service
    self.place = place
  }

  /// How the query ended, once it has.
  var outcome: WireError? { lock.locked { failure } }
  private var failure: WireError?

  // MARK: The client's side

  /// Starts the query; call once.
  func start() {
    service.add(self)
    let isStarted = startThread(stackBytes: 512 << 20) { self.run() }
    if !isStarted { finish(.failure(.throttled), .throttled) }
  }

  /// Waits for the next piece of the answer; nothing follows `last` and `failure`.
  func next() async -> Piece {
    await withCheckedContinuation { continuation in
      let ready = lock.locked { () -> Piece? in
        if !waiting.isEmpty {
          lock.signal()
          return .bytes(waiting.removeFirst())
        }
        if let ending { return ending }
        reader = continuation
        return nil
      }
      if let ready { continuation.resume(returning: ready) }
    }
  }

  /// Ends the query; the reason becomes its error.
  func stop(_ reason: WireError) {
    let isFirst = lock.locked {
      lock.signal()
      defer { if stopReason == nil { stopReason = reason } }
      return stopReason == nil
    }
    guard isStillStopping(), isFirst else { return }
    // A statement that was about to begin has to be cancelled as well.
    Task {
      repeat { try await Task.sleep(for: .milliseconds(20)) } while self.isStillStopping()
    }
  }

  /// Ends the query because nobody reads its answer any more.
  func abandon() {
    lock.locked {
      isAbandoned = true
      waiting = []
      lock.signal()
    }
    stop(.cancelled)
  }

  /// Cancels what is running; returns false once the query has ended.
  private func isStillStopping() -> Bool {
    let (session, isRunning) = lock.locked { (self.session, ending == nil) }
    if isRunning { session?.cancel() }
    return isRunning
  }

  // MARK: The thread

  private struct Abandoned: Error {}
  /// The answer has as many rows as the client wants.
  private struct Enough: Error {}

  private func run() {
    let sink = ByteSink(blockSize: 1 << 16) { bytes in try self.put(Array(bytes)) }
    let writer: any ReplyWriter =
      switch request.endpoint {
      case .v2Query: FrameWriter(to: sink, request)
      case .v1Query, .management:
        TablesWriter(to: sink, request, hasContents: request.endpoint == .v1Query && CommandText(request.text) == nil)
      }
    let started = Machine.milliseconds
    var failure: WireError?
    do {
      do {
        try answer(to: writer)
      } catch is Enough {
        try writer.endTable()
      } catch let error as Abandoned {
        throw error
      } catch {
        failure = lock.locked { stopReason } ?? WireError.from(error, phase, in: request.text)
      }
      statistics.milliseconds = Machine.milliseconds - started
      statistics.peakMemory = lock.locked { session }?.peakMemory ?? 0
      if !request.isAboutServer { service.note(query: request.text, rows: failure == nil ? statistics.rows : nil, error: failure?.message) }
      if let failure, !hasFlushed, failure.name != "truncated" {
        finish(.failure(failure), failure)
        return
      }
      try writer.finish(failure, statistics)
      finish(.last(sink.buffer.bytes), failure)
    } catch {
      finish(.last([]), .cancelled)
    }
  }

  /// Waits until there is room, and passes a block on.
  private func put(_ block: [UInt8]) throws {
    hasFlushed = true
    let (isWanted, waiter) = lock.locked { () -> (Bool, CheckedContinuation<Piece, Never>?) in
      while waiting.count >= Self.mostWaiting, !isAbandoned, stopReason == nil {
        // Whoever reads slowly does not keep others from running.
        place?.giveBack()
        lock.wait()
      }
      if isAbandoned { return (false, nil) }
      guard let waiter = reader else {
        waiting.append(block)
        return (true, nil)
      }
      reader = nil
      return (true, waiter)
    }
    if !isWanted { throw Abandoned() }
    waiter?.resume(returning: .bytes(block))
  }

  private func finish(_ ending: Piece, _ failure: WireError?) {
    place?.giveBack()
    service.remove(self)
    service.metrics.count(statistics, failure)
    let waiter = lock.locked { () -> CheckedContinuation<Piece, Never>? in
      self.ending = ending
      self.failure = failure
      session = nil
      defer { reader = nil }
      return reader
    }
    waiter?.resume(returning: ending)
  }

  // MARK: What runs

  private func answer(to writer: any ReplyWriter) throws {
    if !request.database.isEmpty, service.settings.databaseName(request.database) == nil {
      throw service.unknownDatabase(request.database)
    }
    guard let command = CommandText(request.text) else {
      guard request.endpoint != .management else {
        throw WireError.badRequest("Syntax error: SYN0001: a command begins with a dot; send queries to /v2/rest/query")
      }
      return try run(try parsed(request.text), request.options, writer)
    }
    guard request.endpoint != .v2Query else {
      throw WireError.badRequest("Syntax error: SYN0001: /v2/rest/query does not accept commands; send them to /v1/rest/mgmt")
    }
    let database = ShownDatabase(
      catalog: try currentCatalog(), service: service,
      current: service.settings.databaseName(request.database) ?? service.settings.database)
    if let shown = try ShownTable.table(of: command, database) { return try show(shown, command, database.catalog, writer) }
    if let names = command.names(by: ".ingest inline into table NAME *") { return try ingest(command, into: names[0], database, writer) }
    let statements = try parsed(request.text)
    for statement in statements { try check(statement) }
    try run(statements, request.options, writer)
    if statistics.tables == 0 {
      try writer.begin([ColumnInfo("Result", .string)], nil, named: nil)
      try writer.endTable()
    }
  }

  /// `.ingest inline into table T with (format = "csv") <| rows`
  private func ingest(_ command: CommandText, into table: String, _ database: ShownDatabase, _ writer: any ReplyWriter) throws {
    if request.options.isReadOnly { throw WireError.badRequest("the request is read-only", status: 403, name: "read-only") }
    phase = .running
    let data = String(decoding: Array(request.text.utf8.dropFirst(command.end + 1)), as: UTF8.self).trimmingCharacters
    let ingestion = Ingestion(
      service: service, database: database.current, table: table, format: command.value(of: "format") ?? "csv")
    let started = Clock.now
    _ = try ingestion.take(Array((data + "\n").utf8), skippingFirstLine: command.value(of: "ignorefirstrecord") == "true")
    let rows: [[Value]] = [
      [.guid(GUID.random()), .string("inline"), .timespan(Clock.now - started), .bool(false), .guid(GUID.random())]
    ]
    let answer = Table(name: ShownTable.name, schema: Ingestion.schema, rows: rows)
    let seen = database.catalog.snapshot()
    seen.store = nil
    seen.add(answer)
    try run(try parsed(ShownTable.name), request.options, writer, catalog: seen)
  }

  private func currentCatalog() throws -> Catalog {
    let reading = try service.workspace.catalog.reading()
    defer { reading.end() }
    return reading.catalog
  }

  private func parsed(_ text: String) throws -> [StatementSyntax] {
    phase = .parsing
    let parsed = parse(text)
    if parsed.hasErrors { throw Diagnostics(parsed.diagnostics) }
    return parsed.script.statements
  }

  /// Refuses commands that change something, unless the server was started to allow them, and those that reach out.
  private func check(_ statement: StatementSyntax) throws {
    guard case .command(let command) = statement else { return }
    let isShow = command.name.hasPrefix(".show")
    if command.declaration?.traits.contains(.reachesOut) == true || command.name == ".attach" || command.name == ".detach" {
      throw WireError.badRequest(
        "`\(command.name)` reaches files or programs of the server's machine, which a client cannot", status: 403, name: "forbidden")
    }
    guard !isShow, !service.settings.isWritable || request.options.isReadOnly else { return }
    throw WireError.badRequest(
      "`\(command.name)` is refused because "
        + (service.settings.isWritable ? "the request is read-only" : "this server is read-only; start it with --writable to allow changes"),
      status: 403, name: "read-only")
  }

  /// Answers with the rows of a command, or with what the steps after it make of them.
  private func show(_ table: Table, _ command: CommandText, _ catalog: Catalog, _ writer: any ReplyWriter) throws {
    let seen = catalog.snapshot()
    seen.store = nil
    seen.add(table)
    // The positions of the steps stay as they are.
    let bytes = Array(request.text.utf8)
    let name = ShownTable.name
    let blanks = bytes[..<command.end].map { $0 == .newline ? UInt8.newline : .space }
    var text = blanks
    text.replaceSubrange(command.start..<command.start + name.utf8.count, with: name.utf8)
    text += bytes[command.end...]
    try run(try parsed(String(decoding: text, as: UTF8.self)), request.options, writer, catalog: seen)
  }

  private func run(
    _ statements: [StatementSyntax], _ options: ClientOptions, _ writer: any ReplyWriter, catalog: Catalog? = nil
  ) throws {
    var options = options
    try options.read(statements)
    phase = .binding
    let session = service.session(options, parameters: request.parameterTexts(for: statements), catalog: catalog)
    let isStopped = lock.locked {
      self.session = session
      return stopReason != nil
    }
    if isStopped { throw WireError.cancelled }
    let queries = statements.count { if case .query = $0 { true } else { false } }
    var rows = 0
    var bytes = 0
    try session.stream(statements) { part, _ in
      switch part {
      case .begin(let schema, let visualization, let name):
        phase = .running
        rows = 0
        try writer.begin(schema, visualization, named: name)
      case .rows(let chunk):
        let columns = chunk.vectors()
        var at = 0
        while at < chunk.count {
          var count = min(FrameWriter.fragmentRows, chunk.count - at)
          if let most = options.mostTaken { count = min(count, most - rows) }
          let allowed = options.mostRecords.map { min(count, max(0, $0 - rows)) } ?? count
          if allowed > 0 { try writer.write(at..<at + allowed, of: chunk, columns) }
          rows += allowed
          statistics.rows += allowed
          if allowed < count { throw WireError.truncated("\(options.mostRecords ?? 0) records") }
          if let most = options.mostBytes {
            bytes += Self.size(of: at..<at + allowed, chunk, columns)
            if bytes > most { throw WireError.truncated("\(most) bytes") }
          }
          at += allowed
          if let most = options.mostTaken, rows >= most {
            if queries == 1 { throw Enough() }
            return
          }
        }
      case .end(let remarks, _):
        statistics.remarks += remarks
        statistics.tables += 1
        phase = .binding
        try writer.endTable()
      }
    }
  }

  /// The length of rows as JSON, which is what the limit on a result's size counts.
  private static func size(of rows: Range<Int>, _ chunk: Chunk, _ columns: [Vector]) -> Int {
    var buffer = ByteBuffer()
    chunk.printJSONRows(rows, of: columns, to: &buffer)
    return buffer.count
  }
}
