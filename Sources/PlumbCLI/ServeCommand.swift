import ArgumentParser
import Glibc
import PlumbAlerts
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbServer
import PlumbStorage

/// `plumb serve`: the workspace over HTTP, for clients of Kusto and for browsers.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve a workspace over HTTP, for browsers and clients of Kusto.",
    discussion: """
      Shows pages at /, and answers at /v2/rest/query, /v1/rest/query and /v1/rest/mgmt as Kusto does. Only programs on this machine can connect, \
      unless --bind is given together with --token or --token-file. SIGTERM and Ctrl-C stop the server.
      """)

  @Argument(help: ArgumentHelp("A workspace file (default: a simulated world, or the loaded files).", valueName: "workspace"))
  var workspace: String?

  @Option(help: ArgumentHelp("The port; 0 for any free one.", valueName: "n"))
  var port = 8080

  @Option(help: ArgumentHelp("The address to listen on (default: 127.0.0.1); others than loopback need a token.", valueName: "address"))
  var bind = "127.0.0.1"

  @Option(help: ArgumentHelp("The token that clients must send.", valueName: "text"))
  var token: String?

  @Option(help: ArgumentHelp("A file that contains the token.", valueName: "path"))
  var tokenFile: String?

  @Option(help: ArgumentHelp("The token of a case's game master, who sees its answer sheet, score and transcript at /game.", valueName: "text"))
  var masterToken: String?

  @Option(help: ArgumentHelp("A file that contains the game master's token.", valueName: "path"))
  var masterTokenFile: String?

  @Option(help: ArgumentHelp("Write the pages into a folder as files that need no server, and end.", valueName: "folder"))
  var snapshot: String?

  @Option(help: ArgumentHelp("Serve https with the certificates in a PEM file, the server's own first.", valueName: "path"))
  var tlsCert: String?

  @Option(help: ArgumentHelp("The PEM file with the certificate's private key.", valueName: "path"))
  var tlsKey: String?

  @Option(name: .customLong("host"), help: ArgumentHelp("Another name by which clients may call the server.", valueName: "name"))
  var hostNames: [String] = []

  @Option(name: .customLong("cors"), help: ArgumentHelp("An origin whose pages may query, such as http://localhost:3000.", valueName: "origin"))
  var origins: [String] = []

  @Option(name: .customLong("alerts"), help: ArgumentHelp("Evaluate the rules in a folder and those of the workspace file, which is needed.", valueName: "folder"))
  var alerts: String?

  @Option(name: .customLong("dashboard"), help: ArgumentHelp("Show a dashboard in the JSON format of Azure Data Explorer.", valueName: "path"))
  var dashboards: [String] = []

  @Flag(help: "Let clients change tables, functions and dashboards.")
  var writable = false

  @Option(help: ArgumentHelp("The memory limit of one query, such as 1GB (default: a quarter of --memory).", valueName: "size"))
  var queryMemory: String?

  @Option(help: ArgumentHelp("The longest time that a query may run, such as 30s or 5m (default: 4m).", valueName: "time"))
  var queryTime: String?

  @Option(help: ArgumentHelp("The number of queries that run at the same time (default: two per thread, at least 4).", valueName: "n"))
  var maxQueries: Int?

  @Option(help: ArgumentHelp("Write the access log to a file (default: standard error).", valueName: "path"))
  var accessLog: String?

  @Flag(help: "Write no access log.")
  var quiet = false

  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws {
    if let workspace { try WorkspacePath.check(workspace, else: "load files with --load") }
    if !(0...65_535).contains(port) { throw ValidationError("--port must be a number from 0 to 65535, not \(port)") }
    if token != nil && tokenFile != nil { throw ValidationError("--token and --token-file cannot be combined") }
    if token?.isEmpty == true { throw ValidationError("--token must not be empty") }
    if masterToken != nil && masterTokenFile != nil { throw ValidationError("--master-token and --master-token-file cannot be combined") }
    if masterToken?.isEmpty == true { throw ValidationError("--master-token must not be empty") }
    if masterToken != nil && masterToken == token { throw ValidationError("--master-token must differ from --token, which the group knows") }
    if (tlsCert == nil) != (tlsKey == nil) { throw ValidationError("--tls-cert and --tls-key are needed together") }
    if snapshot != nil, alerts != nil || masterToken != nil || masterTokenFile != nil || tlsCert != nil {
      throw ValidationError("--snapshot serves nothing, so --alerts, --tls-cert and --master-token cannot be combined with it")
    }
    if accessLog != nil && quiet { throw ValidationError("--access-log and --quiet cannot be combined") }
    if let maxQueries, !(1...10_000).contains(maxQueries) {
      throw ValidationError("--max-queries must be a number from 1 to 10000, not \(maxQueries)")
    }
    for origin in origins where !origin.hasPrefix("http://") && !origin.hasPrefix("https://") {
      throw ValidationError("--cors must be an origin such as http://localhost:3000, not '\(origin)'")
    }
    if alerts != nil && workspace == nil {
      throw ValidationError("--alerts needs a workspace file, which keeps the states: plumb serve --alerts FOLDER FILE.plumb")
    }
    if !isLoopback && token == nil && tokenFile == nil {
      throw ValidationError("--bind \(bind) lets other machines connect, so it needs --token or --token-file")
    }
    _ = try queryTimeLimit()
    _ = try queryMemoryLimit()
  }

  private var isLoopback: Bool { bind == "localhost" || bind == "::1" || bind.hasPrefix("127.") }

  private func queryTimeLimit() throws -> Duration {
    guard let queryTime else { return .seconds(240) }
    guard let ticks = TimeSpan.parse(queryTime), ticks > 0 else {
      throw ValidationError("--query-time must be a time such as 30s or 5m, not '\(queryTime)'")
    }
    return .microseconds(ticks / 10)
  }

  private func queryMemoryLimit() throws -> Int {
    guard let queryMemory else { return max(64 << 20, try data.memoryLimit() / 4) }
    guard let size = Machine.memorySize(queryMemory), size > 0 else {
      throw ValidationError("--query-memory must be a size such as 512MB or 2GB, not '\(queryMemory)'")
    }
    return size
  }

  func run() throws {
    try Failure.guarding {
      let settings = try settings()
      let log = try log()
      let loads = try assignmentsThatLast()
      let states = FileStates(loads.map(\.path))
      let workspace = try data.workspace(workspace)
      if let snapshot {
        let pages = try Snapshot(workspace, settings, folder: snapshot).write()
        Console.say("\(pages) pages in \(snapshot); open \(snapshot)/index.html")
        return
      }
      try prepareCase(workspace, settings)
      let server = Server(workspace, settings, log)
      let loop = try startAlerts(workspace)
      watch(loads, since: states, for: workspace)
      Interrupts.shared.stopInOrder {
        Console.say("stopping; running queries may finish")
        loop?.stop()
        server.stop { Glibc.exit(ExitStatus.done.rawValue) }
      }
      try server.run { port in
        let host = bind.contains(":") ? "[\(bind)]" : bind == "127.0.0.1" ? "localhost" : bind
        Console.say("Serving \(settings.database) at \(tlsCert == nil ? "http" : "https")://\(host):\(port) (Ctrl-C stops)")
      }
    }
  }

  /// - Throws: a diagnostic if a game master has no case, or the passphrase of an interview is wrong.
  private func prepareCase(_ workspace: Workspace, _ settings: ServerSettings) throws {
    guard settings.masterToken != nil else { return }
    guard let current = workspace.openCase else {
      throw Diagnostic(
        "no-case", "--master-token needs a workspace file that contains a case", help: "`plumb case start critical-feed --into case.plumb` makes one")
    }
    if settings.masterToken == settings.token { throw Diagnostic("usage", "the game master's token must differ from the group's") }
    if current.isInterview, let passphrase = try CaseFileOptions.passphrase(nil) { try current.unlock(passphrase) }
  }

  /// Evaluates rules on a thread of its own.
  ///
  /// - Throws: what is wrong with a rule or its targets.
  private func startAlerts(_ workspace: Workspace) throws -> AlertLoop? {
    guard let alerts else { return nil }
    let files = try RuleFiles([alerts])
    let rules = try workspace.alertRules(files.rules)
    for rule in rules {
      let problems = RuleCheck.problems(rule, in: workspace.catalog, workspace.sessionOptions)
      guard problems.isEmpty else {
        Failure.report(problems, of: rule, in: files.entries.first { $0.rule.name == rule.name })
        throw ExitStatus.failed
      }
    }
    var targets: [String: Target] = [:]
    for name in Set(rules.flatMap(\.targets)) { targets[name] = try Target(name, environment: Target.environment) }
    let known = targets
    let loop = AlertLoop()
    let isStarted = startThread(stackBytes: 512 << 20) {
      let runner = AlertRunner(
        workspace.catalog, { workspace.sessionOptions }, targets: known, defaults: [], write: { Console.writeOut($0) })
      loop.run(rules, runner) { report, _ in
        for failure in report.failures { Console.say("warning: the rule \(failure.rule) failed: \(failure.problems.first?.message ?? "")") }
        for delivery in report.undelivered { Console.say("warning: a message to \(delivery.target) has not arrived: \(delivery.reason)") }
      } failed: { Failure.report($0, source: "") }
    }
    if !isStarted { throw Diagnostic("no-thread", "cannot start a thread for the rules") }
    return loop
  }

  /// What `--load` names, without what can be read only once.
  private func assignmentsThatLast() throws -> [(name: String?, path: String)] {
    try data.assignments(data.loads, option: "--load", allowsPathAlone: true).filter { $0.value != "-" && !Folder.isPipe($0.value) }
      .map { ($0.name, $0.value) }
  }

  /// Reads files again when they have changed and then stayed the same for a second. What is wrong with one is reported, and the
  /// tables stay as they were.
  private func watch(_ files: [(name: String?, path: String)], since states: FileStates, for workspace: Workspace) {
    guard !files.isEmpty else { return }
    let paths = files.map(\.path)
    _ = startThread(stackBytes: 512 << 20) {
      var (loaded, before) = (states, states)
      while true {
        sleep(1)
        let now = FileStates(paths)
        defer { before = now }
        guard now != loaded, now == before else { continue }
        loaded = now
        do {
          try workspace.reload(files, Work { if case .problem(let problem) = $0 { Console.report(problem.diagnostic) } })
          Console.say("read again: \(paths.joined(separator: ", "))")
        } catch { Failure.report(error, source: "") }
      }
    }
  }

  private func settings() throws -> ServerSettings {
    var settings = ServerSettings()
    settings.address = bind
    settings.port = port
    settings.token = try secret(token, tokenFile)
    settings.masterToken = try secret(masterToken, masterTokenFile)
    if let tlsCert, let tlsKey { settings.certificate = (tlsCert, tlsKey) }
    settings.hostNames = hostNames
    settings.origins = origins.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    settings.isWritable = writable
    if let workspace, let name = workspace.split(separator: "/").last?.split(separator: ".").first { settings.database = String(name) }
    settings.dashboards = try DashboardFiles(dashboards, database: settings.database, mayBeMissing: writable)
    settings.queryMemory = try queryMemoryLimit()
    settings.queryTime = try queryTimeLimit()
    settings.threads = data.threads ?? Machine.processors
    settings.mostQueries = maxQueries ?? max(4, 2 * settings.threads)
    settings.version = Plumb.version
    return settings
  }

  private func secret(_ text: String?, _ path: String?) throws -> String? {
    guard let path else { return text }
    let secret = String(try QueryText.file(path).trimmed)
    if secret.isEmpty { throw Diagnostic("empty-token", "`\(path)` contains no token") }
    return secret
  }

  private func log() throws -> AccessLog {
    if quiet { return AccessLog(nil) }
    guard let accessLog else { return AccessLog(STDERR_FILENO) }
    let descriptor = open(accessLog, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    if descriptor < 0 {
      throw Diagnostic("cannot-open", "cannot write to `\(accessLog)`: \(String(cString: strerror(errno)))")
    }
    return AccessLog(descriptor)
  }
}
