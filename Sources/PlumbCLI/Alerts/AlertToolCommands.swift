import ArgumentParser
import Glibc
import PlumbAlerts
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit

/// What the commands that replay rules have in common.
struct ReplayOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The time to replay, up to now (default: 30d).", valueName: "time"))
  var over = "30d"

  @Option(name: .customLong("alerts"), help: ArgumentHelp("A folder of rules.", valueName: "folder"))
  var folders: [String] = []

  var ticks: Int64 { TimeSpan.parse(over) ?? 0 }

  func validate() throws {
    guard let ticks = TimeSpan.parse(over), ticks > 0 else { throw ValidationError("--over must be a time such as 30d, not '\(over)'") }
  }

  /// Opens the workspace and finds the rules that the arguments name.
  ///
  /// - Parameter all: whether to take every rule.
  /// - Throws: `ExitStatus.failed` after reporting what is wrong with a rule.
  func open(_ arguments: [String], all: Bool, _ data: DataOptions) throws -> (workspace: Workspace, rules: [AlertRule]) {
    let inputs = try RuleInputs(arguments)
    // Names are those of rules that exist, paths those of files.
    let paths = inputs.files.filter { $0.contains("/") || $0.hasSuffix(RuleFiles.ending) }
    let files = try RuleFiles(paths + folders)
    let workspace = try inputs.open(data)
    var rules: [AlertRule]
    if all {
      rules = try workspace.alertRules(files.rules)
    } else {
      rules = paths.isEmpty ? [] : files.rules
      for name in inputs.files where !paths.contains(name) {
        rules.append(try RuleBook.rule(named: name, in: workspace.catalog, files: files.rules))
      }
    }
    if rules.isEmpty { throw Diagnostic("no-rules", "no rule was found to test") }
    for rule in rules {
      let problems = RuleCheck.problems(rule, in: workspace.catalog, workspace.sessionOptions)
      guard problems.isEmpty else {
        Failure.report(problems, of: rule, in: files.entries.first { $0.rule.name == rule.name })
        throw ExitStatus.failed
      }
    }
    return (workspace, rules)
  }

  /// Performs a replay with a bar; Ctrl-C stops it.
  static func working<Result>(
    _ body: (_ isCancelled: @escaping @Sendable () -> Bool, _ progress: @escaping @Sendable (Double) -> Void) throws -> Result
  ) throws -> Result {
    try Console.working { work in
      let stage = work.stage("replaying", unit: "evaluations")
      defer { stage.end() }
      do {
        return try body({ work.isCancelled }, { share in _ = stage.show(share: share, count: 0) })
      } catch is ReplayStopped { throw ExitStatus.interrupted }
    }
  }
}

/// `plumb alert suggest`: chooses a threshold from history.
struct AlertSuggestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest", abstract: "Choose a rule's threshold from history.",
    discussion: """
      Shows the alarms and the recall of thresholds for all keys, for each key and for each hour of the week, and the KQL of the one that fits the budget \
      and detects most incidents. The rule's query needs a condition such as `age > 2h` or `age > 1.5 * usual`.
      """)

  @Argument(help: ArgumentHelp("A rule's name or file, and a workspace `FILE.plumb` (default: a simulated world).", valueName: "rule"))
  var inputs: [String] = []

  @Option(help: ArgumentHelp("The messages that are acceptable, such as '1 a week' or '3 a day'.", valueName: "budget"))
  var budget = "1 a week"

  @OptionGroup var replay: ReplayOptions
  @OptionGroup(title: "Result") var output: OutputOptions
  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws {
    if AlarmBudget(budget) == nil { throw ValidationError("--budget must be a number and a time such as '1 a week', not '\(budget)'") }
    if try RuleInputs(inputs).files.count != 1 { throw ValidationError("name one rule") }
  }

  func run() throws {
    guard let budget = AlarmBudget(budget) else { throw ExitStatus.usage }
    let choices = try Failure.guarding {
      let (workspace, rules) = try replay.open(inputs, all: false, data)
      let options = workspace.sessionOptions
      return try ReplayOptions.working { isCancelled, progress in
        try ThresholdCurve.choices(
          of: rules[0], in: workspace.catalog, options, budget: budget, over: replay.ticks, now: options.clock(),
          isCancelled: isCancelled, progress: progress)
      }
    }
    try Failure.guarding { try ScriptHost(output, goesOn: false).write(try Answer(ThresholdChoice.schema, rows: choices.map(\.row))) }
    if let best = choices.first(where: \.isSuggested) {
      Console.say("Suggested query:")
      for line in RuleFile.body(of: best.query).split(separator: "\n") { Console.sayUnwrapped(String(line)) }
    } else {
      Console.say("No threshold stays within \(self.budget); allow more messages, or add conditions to the rule.")
    }
  }
}

/// `plumb alert audit`: rules and silences that do more harm than good.
struct AlertAuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Find rules that never fired, were never true or fire together, and old silences.")

  @Argument(help: ArgumentHelp("Rule files, folders of them, and a workspace `FILE.plumb` (default: a simulated world).", valueName: "rules"))
  var inputs: [String] = []

  @OptionGroup var replay: ReplayOptions
  @OptionGroup(title: "Result") var output: OutputOptions
  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws { _ = try RuleInputs(inputs) }

  func run() throws {
    let rows = try Failure.guarding {
      var replay = replay
      replay.folders += try RuleInputs(inputs).files
      let (workspace, rules) = try replay.open(inputs.filter { $0.hasSuffix(WorkspacePath.ending) }, all: true, data)
      let options = workspace.sessionOptions
      return try ReplayOptions.working { isCancelled, progress in
        try AlertAudit.rows(
          of: rules, in: workspace.catalog, options, over: replay.ticks, now: options.clock(), isCancelled: isCancelled,
          progress: progress)
      }
    }
    try Failure.guarding { try ScriptHost(output, goesOn: false).write(try Answer(AlertAudit.schema, rows: rows)) }
    if rows.isEmpty { Console.say("Nothing to report.") }
  }
}

/// `plumb alert import`: rules of other systems as rules of Plumb.
struct AlertImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Convert rules of Sentinel, or YAML like that of Prometheus, whose query is KQL.",
    discussion: "Writes the rules to standard output, to files in a folder (--into), or into a workspace.")

  @Argument(help: ArgumentHelp("YAML files, and a workspace `FILE.plumb` that will store the rules.", valueName: "rule.yaml"))
  var inputs: [String]

  @Option(help: ArgumentHelp("The folder for the files.", valueName: "folder"))
  var into: String?

  @Flag(help: "Replace rules that exist.")
  var overwrite = false

  func validate() throws {
    let inputs = try RuleInputs(inputs)
    if inputs.files.isEmpty { throw ValidationError("no YAML file to import") }
    if inputs.workspace != nil && into != nil { throw ValidationError("--into and a workspace cannot be combined") }
  }

  func run() throws {
    try Failure.guarding {
      let inputs = try RuleInputs(inputs)
      var rules: [AlertRule] = []
      for path in inputs.files {
        let text = try QueryText.file(path)
        do {
          let imported = try ImportedRules(text)
          rules += imported.rules
          for note in imported.notes { Console.say("note: \(VisibleText.string(path)):\(note.line): \(note.text)") }
        } catch let problems as Diagnostics {
          throw SourcedDiagnostics(list: problems.list, source: text, name: path)
        }
      }
      var names: Set<String> = []
      for rule in rules where !names.insert(rule.name).inserted {
        throw Diagnostic("repeated-rule", "two rules are called `\(rule.name)`", help: "rename one of them")
      }
      if let path = inputs.workspace { return try store(rules, in: path) }
      guard let into else {
        Console.writeOut(rules.map(\.text).joined(separator: "\n"))
        return
      }
      if mkdir(into, 0o755) != 0, errno != EEXIST { throw Diagnostic("write-failed", "cannot create `\(into)`: \(String(cString: strerror(errno)))") }
      for rule in rules { try write(rule, to: "\(into)/\(rule.name)\(RuleFiles.ending)") }
      Console.say("\(counted(rules.count, "rule")) written to \(into)")
    }
  }

  private func store(_ rules: [AlertRule], in path: String) throws {
    try Console.working { work in
      let workspace = try Workspace(.file(path), WorkspaceOptions(), work)
      try RuleBook.add(rules, to: workspace.catalog, replacing: overwrite, now: workspace.sessionOptions.clock())
    }
    Console.say("\(counted(rules.count, "rule")) stored in \(path)")
  }

  private func write(_ rule: AlertRule, to path: String) throws {
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (overwrite ? O_TRUNC : O_EXCL)
    let descriptor = open(path, flags, 0o644)
    guard descriptor >= 0 else {
      throw Diagnostic(
        "write-failed", "cannot write to `\(path)`: \(String(cString: strerror(errno)))",
        help: errno == EEXIST ? "use --overwrite to replace it" : nil)
    }
    defer { close(descriptor) }
    Console.write(rule.text, to: descriptor)
  }
}

/// `plumb alert export`: a rule for other systems.
struct AlertExportCommand: ParsableCommand {
  enum Form: String, ExpressibleByArgument, CaseIterable { case sentinel, kql }

  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a rule as YAML of Sentinel.")

  @Argument(help: ArgumentHelp("A rule's name or file, and a workspace `FILE.plumb`.", valueName: "rule"))
  var inputs: [String]

  @Option(help: ArgumentHelp("The form: sentinel or kql (default: sentinel).", valueName: "form"))
  var form = Form.sentinel

  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws { if try RuleInputs(inputs).files.count != 1 { throw ValidationError("name one rule") } }

  func run() throws {
    try Failure.guarding {
      let inputs = try RuleInputs(inputs)
      let name = inputs.files[0]
      let rule: AlertRule
      if name.contains("/") || name.hasSuffix(RuleFiles.ending) {
        guard let first = try RuleFiles([name]).rules.first else { throw Diagnostic("no-rules", "`\(name)` contains no rule") }
        rule = first
      } else {
        rule = try RuleBook.rule(named: name, in: try inputs.open(data).catalog)
      }
      Console.writeOut(form == .kql ? rule.text : rule.sentinelYAML)
    }
  }
}
