import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbSyntax
import Synchronization

/// Runs the tools of an agent over a workspace, which it cannot change.
package final class AgentSession: Sendable {
  private let workspace: Workspace
  let limits: AgentLimits
  /// Receives each call: its tool, the query, the rows, and the error.
  private let observer: (@Sendable (Call) -> Void)?

  /// A call of a tool, as a log records it.
  package struct Call: Sendable {
    package let tool: String
    package let query: String
    package let rows: Int
    package let milliseconds: Double
    package let error: String?
  }

  /// Whether a call is to stop, and whether it has ended.
  final class Stop: Sendable {
    let isWanted = Atomic<Bool>(false)
    let isOver = Atomic<Bool>(false)
  }

  package init(_ workspace: Workspace, _ limits: AgentLimits, observer: (@Sendable (Call) -> Void)? = nil) {
    self.workspace = workspace
    self.limits = limits
    self.observer = observer
  }

  /// Runs a call and appends the members of its result. Needs a large stack, since texts nest.
  func run(_ tool: AgentTool, _ members: [(key: String, value: Dynamic)], _ stop: Stop, to out: inout ByteBuffer) {
    let began = Machine.milliseconds
    var text = ""
    do {
      let arguments = try ToolArguments(members, of: tool)
      let wanted = tool.parameters.contains { $0.name == "limit" } ? try arguments.count("limit") : nil
      let context = ToolContext(catalog: workspace.catalog) { try self.rows(of: $0) }
      text = try tool.query(arguments, context)
      let answer = try answer(text, wanted: wanted, stop)
      answer.print(query: text, to: &out)
      observer?(
        Call(tool: tool.name, query: text, rows: answer.rowCount, milliseconds: Machine.milliseconds - began, error: nil))
    } catch {
      let problems = Problems(error, in: text)
      let message = problems.list.map(\.description).joined(separator: "\n")
      out.append(#""content":[{"type":"text","text":"#)
      message.withUTF8Bytes { JSONText.printString($0, to: &out) }
      out.append(#"}],"isError":true"#)
      observer?(
        Call(
          tool: tool.name, query: text, rows: 0, milliseconds: Machine.milliseconds - began,
          error: problems.list.first?.message ?? "failed"))
    }
  }

  private func session() -> Session {
    let session = workspace.session()
    session.options.memoryLimit = min(session.options.memoryLimit, limits.memory)
    session.options.readExternal = nil
    session.options.openForeign = { path, _, _, _ in throw Safety.refusal("cannot attach files such as `\(path)`") }
    return session
  }

  private func rows(of query: String) throws -> [[String]] {
    guard let answer = try session().run(query).last else { return [] }
    var rows: [[String]] = []
    for chunk in answer.chunks {
      let columns = chunk.vectors()
      for row in 0..<min(chunk.count, 100) {
        rows.append(
          columns.map { column in
            var text = ByteBuffer()
            column.printText(at: row, to: &text)
            return text.string
          })
      }
    }
    return rows
  }

  private func answer(_ text: String, wanted: Int?, _ stop: Stop) throws -> ToolAnswer {
    try SourceSize.check(text, memoryLimit: limits.memory)
    let parsed = parse(text)
    if parsed.hasErrors { throw Diagnostics(parsed.diagnostics) }
    for statement in parsed.script.statements { try Self.check(statement) }
    let session = session()
    watch(session, stop)
    defer { stop.isOver.store(true, ordering: .relaxed) }
    let began = Machine.milliseconds
    var answer = ToolAnswer(limits, wanted: wanted)
    do {
      try session.stream(parsed.script.statements) { part, _ in
        switch part {
        case .begin(let schema, _, _): answer.begin(schema)
        case .rows(let chunk): answer.add(chunk)
        case .end(let remarks, _): answer.notes += remarks
        }
      }
    } catch {
      if Machine.milliseconds - began >= limits.milliseconds {
        throw Diagnostic(
          "query-time", "the query took longer than \(Machine.durationText(milliseconds: limits.milliseconds))",
          help: "filter by time, such as `where started > ago(1d)`, or summarize earlier")
      }
      throw error
    }
    return answer
  }

  /// Cancels the session's query when its time is over or the client no longer wants it.
  private func watch(_ session: Session, _ stop: Stop) {
    let end = Machine.milliseconds + limits.milliseconds
    _ = startThread(stackBytes: 1 << 18) {
      while !stop.isOver.load(ordering: .relaxed) {
        usleep(10_000)
        if stop.isWanted.load(ordering: .relaxed) || Machine.milliseconds > end { session.cancel() }
      }
    }
  }

  /// - Throws: a diagnostic for a command that changes something or reaches files.
  private static func check(_ statement: StatementSyntax) throws {
    guard case .command(let command) = statement else { return }
    let reaches = command.declaration?.traits.contains(.reachesOut) == true
    if command.name.hasPrefix(".show"), !reaches { return }
    throw Diagnostic(
      "read-only", "`\(command.name)` is refused: agents can only read", at: command.span,
      help: "use a query, or a command that begins with .show")
  }
}
