import ArgumentParser
import Glibc
import PlumbCases
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbProcess
import PlumbStorage

/// `plumb case bench`: examines an agent on several seeds.
struct CaseBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Examine an agent on cases of several seeds.",
    discussion: """
      COMMAND is run for each case and seed, by the system's shell. PLUMB_CASE names the file of the case and PLUMB_BRIEF contains the brief. \
      The agent asks with `plumb mcp "$PLUMB_CASE"` and answers with `plumb case answer --file "$PLUMB_CASE" pipeline=... cause=...`. \
      Its score is that of a person with the same route.
      """)

  @Option(name: .customLong("case"), help: ArgumentHelp("A case; can be repeated (default: all).", valueName: "case"))
  var ids: [String] = []

  @Option(help: "The number of seeds of each case, from 1 on (default: 3).")
  var seeds = 3

  @Option(help: "The words that may be used: easy, normal or hard (default: normal).")
  var difficulty: CaseDifficulty = .normal

  @Option(help: ArgumentHelp("A folder for the score sheets, as CASE-SEED.md.", valueName: "folder"))
  var sheets: String?

  @Option(help: "text or json (default: text).")
  var format: CaseVerify.Format = .text

  @Argument(parsing: .postTerminator, help: ArgumentHelp("The agent, after --.", valueName: "command"))
  var command: [String]

  func validate() throws {
    if command.isEmpty { throw ValidationError("name the agent's command after --, such as: plumb case bench -- python3 agent.py") }
    if !(1...10_000).contains(seeds) { throw ValidationError("--seeds must be a number from 1 to 10000, not \(seeds)") }
    for id in ids where Case.named(id) == nil {
      throw ValidationError("'\(id)' is not a case; the cases are \(Case.all.map(\.id).joined(separator: ", "))")
    }
  }

  /// How an agent fared on one case.
  private struct Result {
    let id: String
    let seed: UInt64
    let sheet: ScoreSheet
    let queries: Int
    let status: Int32
  }

  func run() throws {
    try Failure.guarding {
      let options = try DataOptions.parse([]).workspaceOptions()
      var results: [Result] = []
      for about in ids.isEmpty ? Case.all : ids.compactMap({ Case.named($0) }) {
        for seed in 1...UInt64(seeds) {
          if Interrupts.shared.wasTaken { throw ExitStatus.interrupted }
          let result = try examine(about, seed, options)
          results.append(result)
          if format == .text { Console.writeOut(Self.line(result)) }
        }
      }
      if format == .json { return Console.writeOut(Dynamic.array(results.map(Self.object)).json) }
      let mean = results.reduce(0) { $0 + $1.sheet.points } / max(results.count, 1)
      Console.writeOut("\(counted(results.count, "case")), \(results.count { $0.sheet.verdict?.isSolved == true }) solved, \(mean) points on average")
    }
  }

  private func examine(_ about: Case, _ seed: UInt64, _ options: WorkspaceOptions) throws -> Result {
    let folder = "/tmp/plumb-bench-\(String(UInt64.random(in: .min ... .max), radix: 16))"
    guard mkdir(folder, 0o700) == 0 else { throw Diagnostic("cannot-write", "cannot create a folder in /tmp") }
    let path = "\(folder)/\(about.id)-\(seed).plumb"
    defer {
      for ending in ["", "-wal", "-shm"] { unlink(path + ending) }
      rmdir(folder)
    }
    try Console.working { work in
      var settings = CaseSettings()
      settings.difficulty = difficulty
      try CaseFile.start(about, seed: seed, settings, in: try WorkspaceFile(path), threads: options.threads, work)
    }
    let brief = try CaseDesk(try Workspace(.file(path), options, Work()), via: "agent").brief()
    setenv("PLUMB_CASE", path, 1)
    setenv("PLUMB_BRIEF", brief, 1)
    let status = try ChildProcess(command.map { "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'" }.joined(separator: " "), hasInput: false).finish()
    let desk = try CaseDesk(try Workspace(.file(path), options, Work()), via: "agent")
    let sheet = try desk.current.scoreSheet(desk.workspace.session())
    if let sheets {
      mkdir(sheets, 0o755)
      let destination = try Destination(path: "\(sheets)/\(about.id)-\(seed).md", namedBy: .user)
      destination.sink.buffer.append(CaseReport(try desk.current.world(), desk.current.route, sheet).markdown())
      try destination.commit()
    }
    return Result(id: about.id, seed: seed, sheet: sheet, queries: desk.current.route.count { $0.kind == .query }, status: status)
  }

  private static func line(_ result: Result) -> String {
    let verdict = result.sheet.verdict
    var line = "\(result.id) \(result.seed): \(result.sheet.points) points, \(counted(result.queries, "query")), "
    line += verdict == nil ? "no answer" : verdict?.isSolved == true ? "solved" : verdict?.hops.map { counted($0, "hop") + " off" } ?? "wrong"
    return result.status == 0 ? line : line + ", exit status \(result.status)"
  }

  private static func object(_ result: Result) -> Dynamic {
    var members: [(key: String, value: Dynamic)] = [
      ("case", .string(result.id)), ("seed", .long(Int64(result.seed))), ("points", .long(Int64(result.sheet.points))),
      ("solved", .bool(result.sheet.verdict?.isSolved == true)), ("queries", .long(Int64(result.queries))), ("status", .long(Int64(result.status))),
    ]
    if let verdict = result.sheet.verdict {
      if let hops = verdict.hops { members.append(("hops", .long(Int64(hops)))) }
      if let precision = verdict.precision, let recall = verdict.recall { members += [("precision", .real(precision)), ("recall", .real(recall))] }
    }
    return .object(members)
  }
}
