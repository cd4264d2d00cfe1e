import ArgumentParser
import Glibc
import PlumbAlerts
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit

extension Severity: ExpressibleByArgument {}

/// `plumb alert`: rules whose rows are what is wrong.
struct AlertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alert", abstract: "Evaluate, check and test the rules of alerts.",
    discussion: """
      A rule is a query whose rows are what is wrong, in a .kql file with a header or in the workspace. Without rules, the \
      shipped ones are used.
      """,
    subcommands: [
      AlertRunCommand.self, AlertCheckCommand.self, AlertTestCommand.self, AlertSuggestCommand.self, AlertAuditCommand.self,
      AlertImportCommand.self, AlertExportCommand.self,
    ])
}

/// The arguments that name rules and the workspace.
struct RuleInputs {
  let files: [String]
  let workspace: String?

  /// - Throws: a usage error if several workspaces are named.
  init(_ arguments: [String], folders: [String] = []) throws {
    let workspaces = arguments.filter { $0.hasSuffix(WorkspacePath.ending) }
    if workspaces.count > 1 { throw ValidationError("only one workspace can be open; unexpected '\(workspaces[1])'") }
    workspace = workspaces.first
    files = arguments.filter { !$0.hasSuffix(WorkspacePath.ending) } + folders
  }

  /// Opens the workspace, or a simulated world if none is named.
  ///
  /// - Throws: a diagnostic if the file does not exist: rules over a mistyped name would never fire.
  func open(_ data: DataOptions) throws -> Workspace {
    if let workspace, access(workspace, F_OK) != 0 {
      throw Diagnostic(
        "no-file", "cannot open `\(VisibleText.string(workspace))`: \(String(cString: strerror(errno)))",
        help: "rules need a workspace that has tables; `plumb import` or `plumb simulate --into \(VisibleText.string(workspace))` makes one")
    }
    return try data.workspace(workspace)
  }
}

extension Failure {
  /// Reports what is wrong with a rule, in its file if it has one.
  static func report(_ problems: [Diagnostic], of rule: AlertRule, in entry: RuleFiles.Entry?) {
    Console.report(problems, source: entry?.text ?? rule.query, name: entry?.path ?? "alert \(rule.name)")
  }
}

/// `plumb alert run`: evaluates rules once or continuously, and sends messages.
struct AlertRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Evaluate rules and send messages about what fires.",
    discussion: """
      Exit status: 0 nothing fires, 1 a rule or a delivery failed, 2 usage error, 3 something fires at or above --fail-on, \
      130 interrupted.
      """)

  @Argument(help: ArgumentHelp("Rule files, folders of them, and a workspace `FILE.plumb`.", valueName: "rules"))
  var inputs: [String] = []

  @Flag(help: "Evaluate once and exit; without it, each rule is evaluated at its interval until Ctrl-C.")
  var once = false

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp(
      "Send to stdout, file, command, webhook, slack or alertmanager; the address is in PLUMB_ALERT_<TARGET> (default: stdout).",
      valueName: "target"))
  var targets: [String] = []

  @Option(help: ArgumentHelp("The severity from which on something that fires makes the exit status 3 (default: info).", valueName: "severity"))
  var failOn = Severity.info

  @Option(name: .customLong("alerts"), help: ArgumentHelp("A folder of rules.", valueName: "folder"))
  var folders: [String] = []

  @Flag(help: "Write nothing to standard error about what fires.")
  var quiet = false

  @Flag(help: "Report how long each round took, without deliveries, and how old the baselines are that rules compare with.")
  var timing = false

  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws {
    _ = try RuleInputs(inputs, folders: folders)
    do { _ = try targets.map { try Target($0, environment: Target.environment) } } catch let problem as Diagnostic {
      throw ValidationError("--to: \(problem.message)\(problem.help.map { "; \($0)" } ?? "")")
    }
  }

  func run() throws {
    let (files, runner, rules) = try Failure.guarding {
      let inputs = try RuleInputs(inputs, folders: folders)
      let files = try RuleFiles(inputs.files)
      let workspace = try inputs.open(data)
      let rules = try workspace.alertRules(files.rules)
      return (files, try makeRunner(workspace, rules), rules)
    }
    if once {
      let report = try Failure.guarding { try runner.round(rules, attempts: 3) }
      show(report, files, rules)
      if !report.failures.isEmpty || !report.undelivered.isEmpty { throw ExitStatus.failed }
      if report.fires(atLeast: failOn) { throw ExitStatus.foundRows }
      return
    }
    try Failure.guarding { try loop(files, runner, rules) }
  }

  private func makeRunner(_ workspace: Workspace, _ rules: [AlertRule]) throws -> AlertRunner {
    var named: [String: Target] = [:]
    if targets.isEmpty {
      for name in Set(rules.flatMap(\.targets)) { named[name] = try Target(name, environment: Target.environment) }
    }
    let given = try (targets.isEmpty ? ["stdout"] : targets).map { try Target($0, environment: Target.environment) }
    return AlertRunner(
      workspace.catalog, { workspace.sessionOptions }, targets: named, defaults: given, overridesTargets: !targets.isEmpty,
      write: { Console.writeOut($0) })
  }

  private func loop(_ files: RuleFiles, _ runner: AlertRunner, _ rules: [AlertRule]) throws {
    let loop = AlertLoop()
    if !quiet { Console.say("evaluating \(counted(rules.count, "rule")) (Ctrl-C stops)") }
    Interrupts.shared.handling({ loop.stop() }) {
      loop.run(rules, runner) { show($0, files, $1) } failed: { Failure.report($0, source: "") }
    }
    throw ExitStatus.interrupted
  }

  /// Reports a round on standard error.
  private func show(_ report: RoundReport, _ files: RuleFiles, _ rules: [AlertRule]) {
    for failure in report.failures {
      guard let rule = rules.first(where: { $0.name == failure.rule }) else { continue }
      Failure.report(failure.problems, of: rule, in: files.entries.first { $0.rule.name == rule.name })
    }
    for delivery in report.undelivered { Console.say("warning: a message to \(delivery.target) has not arrived: \(delivery.reason)") }
    if timing {
      Console.say(
        "round: \(Machine.durationText(milliseconds: Double(report.took) / 10_000))"
          + (report.baselinesAge.map { "; the baselines are \(TimeSpan.text($0 - $0 % TimeSpan.second)) old" } ?? ""))
    }
    if quiet { return }
    for rule in report.stale { Console.say("note: \(rule.rule) is unknown: \(rule.reason)") }
    let silenced = report.standings.count { $0.isSilenced && ($0.state == .firing || $0.state == .recovering) }
    let firing = report.count(.firing) + report.count(.recovering)
    Console.say(
      "\(counted(report.rules, "rule")): \(firing) firing, \(report.count(.pending)) pending"
        + (silenced > 0 ? ", \(silenced) of them silenced" : "")
        + (report.failures.isEmpty ? "" : ", \(counted(report.failures.count, "failure"))"))
  }
}

/// `plumb alert check`: validates rules and runs their unit tests.
struct AlertCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check rules, and run the unit tests next to them.",
    discussion: "The test of late.kql is late.test.kql. Exit status: 0 all is well, 1 a rule or a test is wrong, 2 usage error.")

  @Argument(help: ArgumentHelp("Rule files, folders of them, and a workspace `FILE.plumb` (default: the rules of the workspace).", valueName: "rules"))
  var inputs: [String] = []

  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws { _ = try RuleInputs(inputs) }

  func run() throws {
    let (workspace, files, rules) = try Failure.guarding {
      let inputs = try RuleInputs(inputs)
      let files = try RuleFiles(inputs.files)
      let workspace = try inputs.open(data)
      return (workspace, files, try workspace.alertRules(files.rules))
    }
    var wrong = 0
    for rule in rules {
      let entry = files.entries.first { $0.rule.name == rule.name }
      let problems = RuleCheck.problems(rule, in: workspace.catalog, workspace.sessionOptions)
      guard !problems.isEmpty else { continue }
      wrong += 1
      Failure.report(problems, of: rule, in: entry)
    }
    var failed = 0
    for path in files.tests { if try !test(path, files, workspace) { failed += 1 } }
    Console.say(
      "\(counted(rules.count, "rule")) checked\(wrong > 0 ? ", \(wrong) wrong" : "")"
        + (files.tests.isEmpty ? "" : "; \(counted(files.tests.count, "test")) run\(failed > 0 ? ", \(failed) failed" : "")"))
    if wrong + failed > 0 { throw ExitStatus.failed }
  }

  /// Runs a test and reports what fails.
  private func test(_ path: String, _ files: RuleFiles, _ workspace: Workspace) throws -> Bool {
    var text = ""
    do {
      text = try QueryText.file(path)
      let own = String(path.dropLast(RuleFiles.testEnding.count)) + RuleFiles.ending
      let entry: RuleFiles.Entry
      if let known = files.entries.first(where: { $0.path == own }) {
        entry = known
      } else if let found = try? RuleFiles([own]), let first = found.entries.first {
        entry = first
      } else {
        throw Diagnostic("no-rule", "`\(own)`, the rule of this test, does not exist")
      }
      let failures = try RuleTest(text).run(entry.rule, functions: workspace.catalog, workspace.sessionOptions)
      Console.report(failures, source: text, name: path)
      return failures.isEmpty
    } catch {
      Failure.report(error, source: text, name: path)
      return false
    }
  }
}

/// `plumb alert test`: replays rules over history and scores them.
struct AlertTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Replay rules over history, and score them against its incidents.",
    discussion: "Every evaluation sees the tables as they were known at its moment.")

  @Argument(help: ArgumentHelp("A rule's name or file, and a workspace `FILE.plumb` (default: a simulated world).", valueName: "rule"))
  var inputs: [String] = []

  @Flag(help: "Test all rules; the last row is of the rules together.")
  var all = false

  @Flag(help: "List the alerts, with the incidents that explain them, in place of scores.")
  var instances = false

  @OptionGroup var replay: ReplayOptions
  @OptionGroup(title: "Result") var output: OutputOptions
  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws {
    if try RuleInputs(inputs).files.isEmpty && !all && replay.folders.isEmpty { throw ValidationError("name a rule, or use --all") }
  }

  func run() throws {
    let answer = try Failure.guarding {
      let (workspace, rules) = try replay.open(inputs, all: all || inputs.allSatisfy { $0.hasSuffix(WorkspacePath.ending) }, data)
      let options = workspace.sessionOptions
      return try ReplayOptions.working { isCancelled, progress in
        if instances {
          let rows = try AlertTest.instances(
            of: rules, in: workspace.catalog, options, over: replay.ticks, now: options.clock(), isCancelled: isCancelled,
            progress: progress)
          return try Answer(AlertTest.instanceSchema, rows: rows)
        }
        let scores = try AlertTest.scores(
          of: rules, in: workspace.catalog, options, over: replay.ticks, now: options.clock(), withAll: all || rules.count > 1,
          isCancelled: isCancelled, progress: progress)
        return try Answer(Score.schema, rows: scores.map(\.row))
      }
    }
    try ScriptHost(output, goesOn: false).write(answer)
  }
}
