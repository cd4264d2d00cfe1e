import ArgumentParser
import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbStorage

/// `plumb pipe`: a JSON request per line on standard input, a JSON reply per line on standard output.
///
/// - `{"load": {"runs": "path", ...}, "threads": 2}` → `{"ok":true,"ms":12.5}`
/// - `{"query": "runs | count", "repeat": 5, "data": false}` → `{"ms":[...],"cpu_ms":[...],"rows":1,"columns":["Count"],"data":[[9]]}`
/// - A reply has at most 20,000 rows; `"truncated":true` after them says that there are more, and `rows` how many.
/// - A failure is answered with `{"error": "..."}`, and the next line is read.
struct PipeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipe", abstract: "Answer JSON requests, one per line, for programs and benchmarks.",
    discussion: """
      Each line of standard input is a request, answered by one line:

      {"load": {"runs": "runs.csv"}, "threads": 2}
      {"query": "runs | count", "repeat": 5, "data": false}

      A reply to a query has ms, cpu_ms, rows, columns and, unless data is false, the rows in data: \
      at most 20,000, with "truncated": true if there are more. A failure is answered with {"error": "..."}.
      """)

  @OptionGroup(title: "Data and limits") var data: DataOptions

  func run() throws {
    let workspace = try Failure.guarding { try data.workspace(nil, simulates: false) }
    if data.threads == nil, let text = getenv("PLUMB_THREADS"), let threads = Int(String(cString: text)), threads > 0 {
      workspace.setThreads(threads)
    }
    let sink = ByteSink.file(STDOUT_FILENO, name: "standard output")
    var lines = InputLines(STDIN_FILENO)
    do {
      while let next = lines.next() {
        guard let line = next else {
          sink.buffer.append("{\"error\":\"text-too-long: a request is longer than 64 MB\"}\n")
          try sink.flush()
          continue
        }
        if line.allSatisfy({ $0 == .space || $0 == .tab || $0 == .carriageReturn }) { continue }
        do {
          let request = try PipeRequest(line)
          if data.safe, case .load = request { throw Safety.refusal("cannot load files") }
          try request.answer(in: workspace, to: &sink.buffer)
        } catch {
          let messages = Failure.diagnostics(in: error).map { "\($0.code): \($0.message)" }
          sink.buffer.append("{\"error\":")
          messages.joined(separator: "; ").withUTF8Bytes { JSONText.printString($0, to: &sink.buffer) }
          sink.buffer.append(.closeBrace)
        }
        sink.buffer.append(.newline)
        try sink.flush()
      }
    } catch is ByteSink.Closed {
      // The requester has gone.
    } catch {
      Failure.report(error, source: "")
      throw ExitStatus.failed
    }
  }
}

/// One request of `plumb pipe`.
private enum PipeRequest {
  case load(tables: [(name: String, path: String)], threads: Int?)
  case query(text: String, repeats: Int, wantsRows: Bool)

  /// The maximum number of rows in a reply.
  static let rowLimit = 20_000

  init(_ line: [UInt8]) throws {
    guard let text = String(validating: line, as: UTF8.self), let json = JSONText.parseTree(text),
      case .object(let members) = json
    else { throw Diagnostic("bad-request", "a request must be a JSON object on one line") }
    func member(_ key: String) -> Dynamic? { members.first { $0.key == key }?.value }

    if let load = member("load") {
      guard case .object(let tables) = load else {
        throw Diagnostic("bad-request", "`load` must be an object of table names and paths")
      }
      let pairs = try tables.map { table in
        guard case .string(let path) = table.value else {
          throw Diagnostic("bad-request", "the path of `\(table.key)` must be a string")
        }
        return (name: table.key, path: path)
      }
      var threads: Int?
      if case .long(let count) = member("threads") { threads = Int(clamping: count) }
      self = .load(tables: pairs, threads: threads)
      return
    }
    if let query = member("query") {
      guard case .string(let text) = query else { throw Diagnostic("bad-request", "`query` must be a string") }
      var repeats = 1
      if case .long(let count) = member("repeat") { repeats = Int(clamping: min(max(count, 1), 1_000_000)) }
      var wantsRows = true
      if case .bool(let flag) = member("data") { wantsRows = flag }
      self = .query(text: text, repeats: repeats, wantsRows: wantsRows)
      return
    }
    throw Diagnostic("bad-request", "a request must have `load` or `query`")
  }

  func answer(in workspace: Workspace, to out: inout ByteBuffer) throws {
    switch self {
    case .load(let tables, let threads):
      let start = Machine.milliseconds
      if let threads, threads > 0 { workspace.setThreads(threads) }
      try workspace.load(tables.map { ($0.name, $0.path) }, Work())
      out.append("{\"ok\":true,\"ms\":")
      NumberText.print(Machine.milliseconds - start, to: &out)
      out.append(.closeBrace)

    case .query(let text, let repeats, let wantsRows):
      var times: [Double] = []
      var processorTimes: [Double] = []
      var answer: Answer?
      for _ in 0..<repeats {
        answer = nil
        let session = workspace.session()
        let start = Machine.milliseconds
        let processorStart = Machine.processorMilliseconds
        answer = try session.run(text).last
        times.append(Machine.milliseconds - start)
        processorTimes.append(Machine.processorMilliseconds - processorStart)
      }
      out.append("{\"ms\":")
      print(times, to: &out)
      out.append(",\"cpu_ms\":")
      print(processorTimes, to: &out)
      out.append(",\"rows\":")
      out.append(decimal: Int64(answer?.rowCount ?? 0))
      out.append(",\"columns\":[")
      for (i, column) in (answer?.schema ?? []).enumerated() {
        if i > 0 { out.append(.comma) }
        column.name.withUTF8Bytes { JSONText.printString($0, to: &out) }
      }
      out.append(.closeBracket)
      if wantsRows {
        out.append(",\"data\":")
        answer?.printRows(limit: Self.rowLimit, to: &out)
        if answer == nil { out.append("[]") }
        if let answer, answer.rowCount > Self.rowLimit { out.append(",\"truncated\":true") }
      }
      out.append(.closeBrace)
    }
  }

  private func print(_ numbers: [Double], to out: inout ByteBuffer) {
    out.append(.openBracket)
    for (i, number) in numbers.enumerated() {
      if i > 0 { out.append(.comma) }
      NumberText.print((number * 1000).rounded() / 1000, to: &out)
    }
    out.append(.closeBracket)
  }
}
