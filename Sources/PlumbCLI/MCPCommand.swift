import ArgumentParser
import Glibc
import PlumbAgents
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// `plumb mcp`: the workspace as tools for agents, over standard input and output.
struct MCPCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mcp", abstract: "Serve a workspace to agents, over the Model Context Protocol on standard input and output.",
    discussion: """
      Agents get the tools query, schema, values, risk, why, lineage and changes. They can only read; results are limited in rows, \
      and queries in memory and time. An agent's configuration names the command, such as {"command": "plumb", "args": ["mcp", "work.plumb"]}.
      """)

  @Argument(help: ArgumentHelp("A workspace file (default: a simulated world, or the loaded files).", valueName: "workspace"))
  var workspace: String?

  @Option(help: ArgumentHelp("The maximum number of rows in a reply (default: 1000).", valueName: "n"))
  var maxRows = 1_000

  @Option(help: ArgumentHelp("The memory limit of one query, such as 1GB (default: a quarter of --memory).", valueName: "size"))
  var queryMemory: String?

  @Option(help: ArgumentHelp("The longest time that a query may run, such as 30s or 5m (default: 1m).", valueName: "time"))
  var queryTime: String?

  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws {
    if let workspace { try WorkspacePath.check(workspace, else: "load files with --load") }
    if !(1...100_000).contains(maxRows) { throw ValidationError("--max-rows must be a number from 1 to 100000, not \(maxRows)") }
    _ = try limits()
  }

  private func limits() throws -> AgentLimits {
    var limits = AgentLimits()
    limits.rows = maxRows
    limits.usualRows = min(100, maxRows)
    limits.memory = max(64 << 20, try data.memoryLimit() / 4)
    if let queryMemory {
      guard let size = Machine.memorySize(queryMemory), size > 0 else {
        throw ValidationError("--query-memory must be a size such as 512MB or 2GB, not '\(queryMemory)'")
      }
      limits.memory = size
    }
    if let queryTime {
      guard let ticks = TimeSpan.parse(queryTime), ticks > 0 else {
        throw ValidationError("--query-time must be a time such as 30s or 5m, not '\(queryTime)'")
      }
      limits.milliseconds = Double(ticks) / 10_000
    }
    return limits
  }

  func run() throws {
    let workspace = try Failure.guarding { try data.workspace(self.workspace, for: []) }
    workspace.makeSafe()
    if let current = workspace.openCase, current.isInterview, current.isOpen, !current.settings.isAssisted {
      try Failure.guarding {
        throw Diagnostic("no-assistant", "this interview does not allow an assistant", help: "the interviewer starts it with --assistant to allow one")
      }
    }
    // What an agent asks in a case is part of its route.
    let session = AgentSession(workspace, try limits()) { call in
      do { try workspace.openCase?.add(.query, call.query, rows: call.rows, error: call.error, via: "agent", tool: call.tool) } catch {
        Console.say("note: a query was not added to the case's route")
      }
    }
    let server = MCPServer(
      session, version: Plumb.version, about: "Plumb answers questions about data pipelines from tables of telemetry.")
    try Failure.guarding { try MessageLoop.run(server) }
  }
}

/// Reads messages from standard input and answers them on standard output until the input ends.
enum MessageLoop {
  static func run(_ server: MCPServer) throws {
    let inbox = Inbox()
    let isReading = startThread(stackBytes: 1 << 20) {
      var lines = InputLines(STDIN_FILENO)
      while let next = lines.next() {
        // An overlong line is answered as one that is not JSON.
        let line = next ?? [.openBrace]
        if !server.takeNotice(of: line) { inbox.put(line) }
      }
      inbox.end()
    }
    // Texts of KQL nest.
    let isAnswering = isReading && startThread(stackBytes: 512 << 20) {
      do { try answer(inbox, server) } catch {
        Failure.report(error, source: "")
        Glibc.exit(ExitStatus.failed.rawValue)
      }
      Glibc.exit(ExitStatus.done.rawValue)
    }
    guard isAnswering else { throw Diagnostic("no-thread", "the system cannot start another thread") }
    while true { pause() }
  }

  private static func answer(_ inbox: Inbox, _ server: MCPServer) throws {
    let sink = ByteSink.file(STDOUT_FILENO, name: "standard output")
    do {
      while let line = inbox.next() {
        if line.allSatisfy({ $0 == .space || $0 == .tab || $0 == .carriageReturn }) { continue }
        guard let reply = server.reply(to: line) else { continue }
        sink.buffer.append(reply)
        sink.buffer.append(.newline)
        try sink.flush()
      }
    } catch is ByteSink.Closed {
      // The client has gone.
    }
  }

  /// Lines from the thread that reads to the one that answers.
  private final class Inbox: @unchecked Sendable {
    private let lock = Lock()
    private var lines: [[UInt8]] = []
    private var isOver = false

    func put(_ line: [UInt8]) {
      lock.locked {
        lines.append(line)
        lock.signal()
      }
    }

    func end() {
      lock.locked {
        isOver = true
        lock.signal()
      }
    }

    func next() -> [UInt8]? {
      lock.locked {
        while lines.isEmpty, !isOver { lock.wait() }
        return lines.isEmpty ? nil : lines.removeFirst()
      }
    }
  }
}
