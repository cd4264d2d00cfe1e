import HTTPTypes
import Hummingbird
import NIOCore
import PlumbEngine

/// Replies to every request: checks who asks, and passes it to what its path names.
struct Endpoint: HTTPResponder {
  typealias Context = ServerContext

  let service: QueryService
  let access: Access
  let log: AccessLog

  func respond(to request: Request, context: ServerContext) async throws -> Response {
    let response = try await reply(to: request, context)
    // A browser that asks for the head alone gets no body.
    return request.method == .head ? Response(status: response.status, headers: response.headers, body: ResponseBody()) : response
  }

  private func reply(to request: Request, _ context: ServerContext) async throws -> Response {
    let exchange = Exchange(request, client: context.client, service, log, headers: sharedHeaders(request))
    let path = request.uri.path
    if let refusal = access.refusal(sender(request), isOpen: Self.isOpen(path)) { return reply(exchange, to: refusal) }
    let isMaster = access.isMaster(sender(request))
    if Self.isMasters(path), !isMaster { return reply(exchange, to: .master) }
    if request.method == .options { return exchange.reply(.noContent, "text/plain", "") }
    do {
      switch (request.method, path) {
      case (.get, "/healthz"), (.head, "/healthz"): return exchange.reply(.ok, "text/plain", "ok\n")
      case (.get, "/metrics"):
        let text = service.metrics.text(
          running: service.limiter.runningCount, waiting: service.limiter.waitingCount, memory: service.workspace.memory.used)
        return exchange.reply(.ok, "text/plain; version=0.0.4", text)
      case (.get, "/v1/rest/auth/metadata"): return exchange.reply(.ok, "application/json", Self.metadata)
      case (.post, "/login"): return try await login(exchange)
      case (.post, "/alerts/silence"): return try await silence(exchange)
      case (.get, _), (.head, _):
        if let response = try await page(exchange, context, isMaster: isMaster) { return response }
        fallthrough
      case (.post, _):
        if request.method == .post, let response = try await caseChange(exchange) { return response }
        if request.method == .post, let response = try await dashboardChange(exchange) { return response }
        if let endpoint = QueryRequest.Endpoint(rawValue: path), request.method == .post || request.method == .get && endpoint != .management {
          return try await answer(exchange, endpoint, context)
        }
        if request.method == .post, path.hasPrefix(Self.ingestion) { return try await ingest(exchange) }
        return exchange.reply(notFound(path))
      default:
        return exchange.reply(
          .badRequest("the method \(request.method.rawValue) is not supported here", status: 405, name: "method"))
      }
    } catch let error as WireError {
      return exchange.reply(error)
    }
  }

  // MARK: Queries

  private func answer(_ exchange: Exchange, _ endpoint: QueryRequest.Endpoint, _ context: ServerContext) async throws -> Response {
    var request: QueryRequest
    if exchange.request.method == .get {
      let query = exchange.query
      request = try QueryRequest(
        endpoint, text: query["csl"], database: query["db"], properties: query["properties"].map { .string($0) },
        clientRequestID: exchange.clientRequestID)
    } else {
      request = try QueryRequest(
        endpoint, body: try await exchange.body(upTo: service.settings.requestLimit), clientRequestID: exchange.clientRequestID)
    }
    request.activityID = exchange.activityID
    let place = request.isAboutServer ? nil : await service.limiter.place(within: ServerSettings.longestWait)
    if place == nil, !request.isAboutServer { throw WireError.throttled }
    let run = QueryRun(request, service, place)
    let disconnection = await context.disconnection()
    disconnection?.whenClosed { run.abandon() }
    let limit = request.options.hasNoTimeLimit
      ? service.settings.queryTime : min(request.options.timeLimit ?? service.settings.queryTime, service.settings.queryTime)
    let timer = Task {
      try await Task.sleep(for: limit)
      run.stop(.timedOut(limit))
    }
    run.start()
    switch await run.next() {
    case .failure(let error):
      timer.cancel()
      disconnection?.whenClosed(nil)
      return exchange.reply(error)
    case .last(let bytes):
      timer.cancel()
      disconnection?.whenClosed(nil)
      return exchange.reply(.ok, "application/json", bytes, error: run.outcome?.name)
    case .bytes(let first):
      return exchange.reply(streaming: "application/json") { writer in
        defer {
          timer.cancel()
          disconnection?.whenClosed(nil)
        }
        do {
          var bytes = first.count
          try await writer.write(NIOCore.ByteBuffer(bytes: first))
          while true {
            switch await run.next() {
            case .bytes(let more):
              bytes += more.count
              try await writer.write(NIOCore.ByteBuffer(bytes: more))
            case .last(let rest):
              try await writer.write(NIOCore.ByteBuffer(bytes: rest))
              return (bytes + rest.count, run.outcome?.name)
            case .failure(let error): throw error
            }
          }
        } catch {
          run.abandon()
          throw error
        }
      }
    }
  }

  // MARK: Ingestion

  private static let ingestion = "/v1/rest/ingest/"

  /// Adds the rows in the body to the table that the path names.
  private func ingest(_ exchange: Exchange) async throws -> Response {
    let parts = exchange.request.uri.path.dropFirst(Self.ingestion.count).split(separator: "/", omittingEmptySubsequences: false)
      .map { PercentCoding.decoded($0, plusIsSpace: false) }
    guard parts.count == 2 else { throw notFound(exchange.request.uri.path) }
    guard service.settings.isWritable else {
      throw WireError.badRequest("this server is read-only; start it with --writable to allow ingestion", status: 403, name: "read-only")
    }
    let data = try await exchange.body(upTo: service.settings.requestLimit)
    let ingestion = Ingestion(
      service: service, database: parts[0], table: parts[1], format: exchange.query["streamFormat"]?.lowercased() ?? "csv")
    guard let place = await service.limiter.place(within: ServerSettings.longestWait) else { throw WireError.throttled }
    defer { place.giveBack() }
    let outcome = await withCheckedContinuation { (done: CheckedContinuation<Result<Int, WireError>, Never>) in
      let isStarted = startThread(stackBytes: 64 << 20) {
        done.resume(returning: Result { try ingestion.take(data) }.mapError { WireError.from($0, .running, in: "") })
      }
      if !isStarted { done.resume(returning: .failure(.throttled)) }
    }
    let rows = try outcome.get()
    return exchange.reply(
      .ok, "application/json",
      "{\"Tables\":[{\"TableName\":\"Table_0\",\"Columns\":[{\"ColumnName\":\"RowCount\",\"DataType\":\"Int64\",\"ColumnType\":\"long\"}],"
        + "\"Rows\":[[\(rows)]]}]}\n")
  }

  private static let metadata = """
    {"AzureAD":{"LoginEndpoint":"https://login.microsoftonline.com","LoginMfaRequired":false,\
    "KustoClientAppId":"db662dc1-0cfe-4e1c-a843-19a68e65be58","KustoClientRedirectUri":"https://microsoft/kustoclient",\
    "KustoServiceResourceId":"https://kusto.kusto.windows.net",\
    "FirstPartyAuthorityUrl":"https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a"}}

    """

  // MARK: Refusals

  private func notFound(_ path: String) -> WireError {
    .badRequest("there is nothing at \(path); queries go to /v2/rest/query", status: 404, name: "not-found")
  }

  private func sender(_ request: Request) -> Access.Sender {
    Access.Sender(
      host: request.head.authority, origin: request.headers[.origin], fetchSite: request.headers[.fetchSite],
      authorization: request.headers[.authorization], cookie: request.headers[.cookie])
  }

  /// Those that let a page of a named origin read the reply.
  private func sharedHeaders(_ request: Request) -> HTTPFields {
    guard let origin = request.headers[.origin], access.allows(origin: origin) else { return [:] }
    return [
      .accessControlAllowOrigin: origin, .vary: "Origin", .accessControlAllowMethods: "GET, POST, OPTIONS",
      .accessControlAllowHeaders: "Authorization, Content-Type, Accept, x-ms-client-request-id, x-ms-app, x-ms-user, x-ms-version, x-ms-client-version",
      .accessControlExposeHeaders: "x-ms-client-request-id, x-ms-activity-id",
    ]
  }

  private func reply(_ exchange: Exchange, to refusal: Access.Refusal) -> Response {
    switch refusal {
    case .unknownHost(let host):
      exchange.reply(
        .badRequest(
          "this server is not called `\(host)`; use localhost, or start it with --host \(Access.name(ofHost: host))", status: 403, name: "host"))
    case .foreignOrigin(let origin):
      exchange.reply(
        .badRequest("pages of \(origin) may not query this server; allow them with --cors", status: 403, name: "origin"))
    case .master where service.settings.masterToken == nil:
      exchange.reply(notFound(exchange.request.uri.path))
    case .master where !exchange.isForBrowsers || access.settings.token != nil && exchange.request.headers[.cookie] != nil:
      exchange.reply(
        .badRequest("this page is the game master's; sign in at /login with the token of --master-token", status: 403, name: "master-token"))
    case .token where exchange.isForBrowsers, .master:
      exchange.redirect(to: "/login")
    case .token:
      exchange.reply(
        .badRequest("this server requires a token: send `Authorization: Bearer TOKEN`", status: 401, name: "token"))
    }
  }
}
