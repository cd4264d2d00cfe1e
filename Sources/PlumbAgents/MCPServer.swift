import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbKit

/// A server of the Model Context Protocol: JSON-RPC messages, one per line.
///
/// Two forms of the protocol are in use. Until 2025-11-25 a client begins with `initialize`; from 2026-07-28 on each request
/// says its version, and `server/discover` describes the server. Both are answered at any time.
///
/// Requests are answered in order. Whoever reads the lines may call `cancel` meanwhile.
package final class MCPServer: Sendable {
  private let session: AgentSession
  private let version: String
  private let about: String
  private let running = LockedValue<(id: Dynamic, stop: AgentSession.Stop)?>(nil)
  /// Requests that were cancelled before they began.
  private let cancelled = LockedValue<[Dynamic]>([])

  /// Versions that begin with `initialize`, and those that do not; the newest is the last.
  static let earlierVersions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
  static let currentVersions = ["2026-07-28"]

  /// - Parameters:
  ///   - version: of Plumb.
  ///   - about: a sentence about the data.
  package init(_ session: AgentSession, version: String, about: String) {
    self.session = session
    self.version = version
    self.about = about
  }

  /// An error of the protocol.
  private struct Refusal: Error {
    let code: Int64
    let message: String
    var data: Dynamic?
  }

  // MARK: Messages

  /// Answers one line.
  ///
  /// - Returns: the reply without a line feed; nil if none is due.
  package func reply(to line: [UInt8]) -> [UInt8]? {
    guard let text = String(validating: line, as: UTF8.self), let message = JSONText.parseTree(text) else {
      return finished(refusing: .null, Refusal(code: -32700, message: "Parse error: a message must be one line of JSON"))
    }
    if case .array(let messages) = message {
      if messages.isEmpty { return finished(refusing: .null, Refusal(code: -32600, message: "Invalid request: an empty batch")) }
      let replies = messages.compactMap { reply(to: $0) }
      return replies.isEmpty ? nil : [.openBracket] + replies.joined(separator: [.comma]) + [.closeBracket]
    }
    return reply(to: message)
  }

  /// Notes a notification that must not wait for the requests before it.
  ///
  /// - Returns: whether the line is dealt with.
  package func takeNotice(of line: [UInt8]) -> Bool {
    guard line.count < 4_096, let text = String(validating: line, as: UTF8.self), text.contains("notifications/cancelled"),
      let message = JSONText.parseTree(text), message["method"] == .string("notifications/cancelled"),
      let id = message["params"]?["requestId"]
    else { return false }
    let isRunning = running.withLock { running in
      guard let current = running, current.id == id else { return false }
      current.stop.isWanted.store(true, ordering: .relaxed)
      return true
    }
    if !isRunning { cancelled.withLock { $0 = $0.suffix(99) + [id] } }
    return true
  }

  private func reply(to message: Dynamic) -> [UInt8]? {
    guard case .object = message, case .string(let method)? = message["method"] else {
      // Replies to requests that this server never makes.
      if message["result"] != nil || message["error"] != nil { return nil }
      return finished(refusing: message["id"] ?? .null, Refusal(code: -32600, message: "Invalid request: `method` is missing"))
    }
    // A notification is not answered.
    guard let id = message["id"] else { return nil }
    switch id {
    case .string, .long, .real: break
    case .null, .bool, .datetime, .timespan, .guid, .decimal, .array, .object:
      return finished(refusing: .null, Refusal(code: -32600, message: "Invalid request: `id` must be a string or a number"))
    }
    let params = message["params"] ?? .object([])
    do {
      var out = ByteBuffer()
      out.append(#"{"jsonrpc":"2.0","id":"#)
      out.append(id.json)
      out.append(#","result":{"#)
      try result(of: method, params, id: id, to: &out)
      out.append("}}")
      return out.bytes
    } catch let refusal as Refusal {
      return finished(refusing: id, refusal)
    } catch {
      return finished(refusing: id, Refusal(code: -32603, message: "Internal error: \(error)"))
    }
  }

  private func finished(refusing id: Dynamic, _ refusal: Refusal) -> [UInt8] {
    var error: [(key: String, value: Dynamic)] = [("code", .long(refusal.code)), ("message", .string(refusal.message))]
    if let data = refusal.data { error.append(("data", data)) }
    return Array(Dynamic.object([("jsonrpc", .string("2.0")), ("id", id), ("error", .object(error))]).json.utf8)
  }

  // MARK: Methods

  private func result(of method: String, _ params: Dynamic, id: Dynamic, to out: inout ByteBuffer) throws {
    var isCurrent = method == "server/discover"
    if case .string(let asked)? = params["_meta"]?["io.modelcontextprotocol/protocolVersion"] {
      isCurrent = isCurrent || Self.currentVersions.contains(asked)
      if !(Self.currentVersions + Self.earlierVersions).contains(asked) { throw unsupported(asked) }
    }
    if isCurrent { out.append(#""resultType":"complete","#) }
    switch method {
    case "initialize":
      guard case .string(let asked)? = params["protocolVersion"] else {
        throw Refusal(code: -32602, message: "Invalid params: `protocolVersion` is missing")
      }
      let chosen = Self.earlierVersions.contains(asked) ? asked : Self.earlierVersions.last ?? asked
      append([
        ("protocolVersion", .string(chosen)), ("capabilities", capabilities), ("serverInfo", implementation),
        ("instructions", .string(instructions)),
      ], to: &out)
    case "server/discover":
      append([
        ("supportedVersions", .array((Self.earlierVersions + Self.currentVersions).reversed().map { .string($0) })),
        ("capabilities", capabilities), ("instructions", .string(instructions)), ("ttlMs", .long(300_000)),
        ("cacheScope", .string("private")), ("_meta", .object([("io.modelcontextprotocol/serverInfo", implementation)])),
      ], to: &out)
    case "ping" where !isCurrent: break
    case "tools/list":
      append([("tools", .array(AgentTool.all.map(\.listing)))], to: &out)
      if isCurrent { out.append(#","ttlMs":300000,"cacheScope":"private""#) }
    case "tools/call": try call(params, id: id, to: &out)
    default:
      let known = "server/discover, initialize, tools/list and tools/call"
      throw Refusal(code: -32601, message: "Method not found: `\(VisibleText.string(method))`; this server knows \(known)")
    }
  }

  private func append(_ members: [(key: String, value: Dynamic)], to out: inout ByteBuffer) {
    let json = Dynamic.object(members).json
    out.append(String(json.dropFirst().dropLast()))
  }

  private func unsupported(_ version: String) -> Refusal {
    Refusal(
      code: -32022, message: "Unsupported protocol version `\(VisibleText.string(version))`",
      data: .object([
        ("supported", .array((Self.earlierVersions + Self.currentVersions).map { .string($0) })), ("requested", .string(version)),
      ]))
  }

  private func call(_ params: Dynamic, id: Dynamic, to out: inout ByteBuffer) throws {
    guard case .string(let name)? = params["name"] else {
      throw Refusal(code: -32602, message: "Invalid params: `name` of the tool is missing")
    }
    guard let tool = AgentTool.all.first(where: { $0.name == name }) else {
      let names = AgentTool.all.map(\.name).joined(separator: ", ")
      throw Refusal(code: -32602, message: "Unknown tool: `\(VisibleText.string(name))`; the tools are \(names)")
    }
    var members: [(key: String, value: Dynamic)] = []
    switch params["arguments"] {
    case .object(let given)?: members = given
    case nil, .null?: break
    default: throw Refusal(code: -32602, message: "Invalid params: `arguments` must be an object")
    }
    let stop = AgentSession.Stop()
    running.withLock { $0 = (id, stop) }
    defer { running.withLock { $0 = nil } }
    let isCancelled = cancelled.withLock { list in
      guard let place = list.firstIndex(of: id) else { return false }
      list.remove(at: place)
      return true
    }
    if isCancelled { stop.isWanted.store(true, ordering: .relaxed) }
    session.run(tool, members, stop, to: &out)
  }

  // MARK: What the server says of itself

  private var capabilities: Dynamic { .object([("tools", .object([("listChanged", .bool(false))]))]) }

  private var implementation: Dynamic {
    .object([("name", .string("plumb")), ("title", .string("Plumb")), ("version", .string(version))])
  }

  private var instructions: String {
    """
    \(about) Call `schema` for the tables, `values` for the exact names in a column, and `query` for anything in KQL. `why`, `lineage`, \
    `changes` and `risk` answer common questions about pipelines; they show the query they ran. Everything is read-only. Results have at \
    most \(session.limits.rows) rows; `truncated` says when there are more.
    """
  }
}
