import ArgumentParser
import Glibc
import PlumbCases
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbStorage

/// `plumb case`: faulty worlds to investigate, and a way to tell how well somebody did.
struct CaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "case", abstract: "Practise and examine the investigation of faulty pipelines.",
    discussion: """
      `plumb case start critical-feed --seed 42` makes a world in which something is wrong, and opens the shell on a terminal. \
      `plumb manual cases` explains cases, scores and interviews.
      """,
    subcommands: [
      CaseList.self, CaseStart.self, CaseStatus.self, CaseHint.self, CaseAnswerCommand.self, CaseMitigate.self, CaseReplay.self,
      CaseReportCommand.self, CaseTranscript.self, CaseSheetCommand.self, CaseInterject.self, CaseNote.self, CaseDebrief.self, CaseVerify.self,
      CaseBench.self, CaseWheel.self,
    ])
}

struct CaseList: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the cases.")

  func run() throws { Console.writeOut(CaseDesk.list) }
}

/// The file of a case that a command is about.
struct CaseFileOptions: ParsableArguments {
  @Option(name: .customLong("file"), help: ArgumentHelp("The file of the case (default: the one started last).", valueName: "FILE.plumb"))
  var path: String?

  @Option(help: ArgumentHelp("A file that contains the passphrase of an interview (default: the variable PLUMB_PASSPHRASE).", valueName: "path"))
  var passphraseFile: String?

  /// The file that remembers which case was started last.
  static var pointer: String? { StateFolder.path.map { $0 + "/case" } }

  static func passphrase(_ path: String?) throws -> String? {
    if let path {
      let text = String(try QueryText.file(path).trimmed)
      if text.isEmpty { throw Diagnostic("empty-passphrase", "`\(path)` contains no passphrase") }
      return text
    }
    return Environment.take("PLUMB_PASSPHRASE")
  }

  /// Writes what the case answers to standard output, wrapped at spaces on a terminal.
  func tell(_ answer: (CaseDesk) throws -> String) throws {
    try Failure.guarding { Console.writeOut(Console.folded(try answer(desk()))) }
  }

  func desk() throws -> CaseDesk {
    var path = path
    if path == nil, let pointer = Self.pointer, access(pointer, R_OK) == 0 { path = String(try QueryText.file(pointer).trimmed) }
    guard let path, access(path, F_OK) == 0 else {
      throw Diagnostic(
        "no-case", self.path.map { "`\($0)` does not exist" } ?? "no case was started", help: "`plumb case start critical-feed` starts one")
    }
    let workspace = try Console.working { try Workspace(.file(path), try DataOptions.parse([]).workspaceOptions(), $0) }
    let desk = try CaseDesk(workspace, via: "script")
    if desk.current.isInterview, let passphrase = try Self.passphrase(passphraseFile) { try desk.current.unlock(passphrase) }
    return desk
  }
}

struct CaseStart: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Make the world of a case, and investigate it.",
    discussion: "On a terminal the shell opens on the case. With --interview the world follows from the seed and a passphrase.")

  @Argument(help: ArgumentHelp("The case, as `plumb case list` names it.", valueName: "case"))
  var id: String

  @Option(help: "The seed of culprit, time and decoys (default: a random one).")
  var seed: UInt64?

  @Option(help: ArgumentHelp("The workspace file to write the case to (default: in the state folder).", valueName: "FILE.plumb"))
  var into: String?

  @Option(help: "The words that may be used: easy allows all, normal not `why`, hard none that judges (default: normal).")
  var difficulty: CaseDifficulty = .normal

  @Flag(help: "Examine a candidate: the world needs the passphrase, and answers are judged in the report.")
  var interview = false

  @Option(help: ArgumentHelp("A file that contains the passphrase of an interview (default: the variable PLUMB_PASSPHRASE).", valueName: "path"))
  var passphraseFile: String?

  @Option(help: ArgumentHelp("Write what was done, with times, to a file when the shell ends.", valueName: "out.md"))
  var transcript: String?

  @Option(help: "The time for the investigation, such as 45m; later answers are marked (default: as long as it takes).")
  var timer: String?

  @Option(help: ArgumentHelp("When interjections come after the start: a question, a wrong lead and a second fault, such as 10m,20m,35m (default: none).", valueName: "times"))
  var interject: String?

  @Flag(help: "Allow an assistant through `plumb mcp`; the score covers what was asked of it and what was verified.")
  var assistant = false

  private func span(_ text: String, _ option: String) throws -> Int64 {
    guard let ticks = TimeSpan.parse(text), ticks > 0, ticks <= 24 * TimeSpan.hour else {
      throw ValidationError("\(option) must be a time of at most a day, such as 45m, not '\(text)'")
    }
    return ticks
  }

  private func settings() throws -> CaseSettings {
    var settings = CaseSettings()
    settings.difficulty = difficulty
    settings.limit = try timer.map { try span($0, "--timer") }
    settings.moments = try interject?.split(separator: ",").map { try span(String($0.trimmed), "--interject") } ?? []
    settings.isAssisted = assistant
    if settings.moments.count > Interjection.Kind.allCases.count || settings.moments != settings.moments.sorted() {
      throw ValidationError("--interject must list at most \(Interjection.Kind.allCases.count) times, the earliest first, such as 10m,20m,35m")
    }
    return settings
  }

  func validate() throws {
    _ = try settings()
    if let into { try WorkspacePath.check(into, else: "--into must name a file that ends in .plumb") }
    if passphraseFile != nil && !interview { throw ValidationError("--passphrase-file needs --interview") }
  }

  func run() throws {
    try Failure.guarding {
      guard let about = Case.named(id) else {
        throw Diagnostic("unknown-case", "`\(VisibleText.string(id))` is not a case", help: Suggestion.nearest(to: id, in: Case.all.map(\.id)) ?? "`plumb case list` shows all")
      }
      var settings = try settings()
      if interview {
        settings.passphrase = try CaseFileOptions.passphrase(passphraseFile)
        if settings.passphrase == nil {
          throw Diagnostic("no-passphrase", "an interview needs a passphrase", help: "set PLUMB_PASSPHRASE, or name a file with --passphrase-file")
        }
      }
      let seed = seed ?? UInt64.random(in: 1...999_999)
      let path = try into ?? Self.usualPath(about, seed)
      let options = try DataOptions.parse([]).workspaceOptions()
      try Console.working { work in
        var fileOptions = WorkspaceFile.Options()
        fileOptions.threads = options.threads
        let file = try WorkspaceFile(path, fileOptions)
        try CaseFile.start(about, seed: seed, settings, in: file, threads: options.threads, work)
      }
      try Self.remember(path)
      let workspace = try Console.working { try Workspace(.file(path), options, $0) }
      let desk = try CaseDesk(workspace, via: "shell")
      if let passphrase = settings.passphrase { try desk.current.unlock(passphrase) }
      Console.writeOut(Console.folded(try desk.brief()))
      if interview { Console.say("(Everything in this interview is recorded with its time: queries, hints, notes, answers. What was pasted is marked.)") }
      if assistant { Console.say("(An assistant may be asked through `plumb mcp \(path)`. What was asked of it and what was verified counts.)") }
      if let left = desk.timeLeft { Console.say("(There is a timer: \(left).)") }
      guard isatty(STDIN_FILENO) != 0, isatty(STDOUT_FILENO) != 0 else {
        return Console.say("The case is in \(path); open it with `plumb \(path)`.")
      }
      // A candidate investigates; files and programs of the machine are not part of it.
      Shell(workspace: workspace, output: try OutputOptions.parse([]), isSafe: interview).run()
      if let transcript { try CaseDesk.write(desk.transcript(), to: transcript) }
    }
  }

  private static func usualPath(_ about: Case, _ seed: UInt64) throws -> String {
    guard let folder = StateFolder.path else { throw Diagnostic("no-state-folder", "no folder is known to store the case in", help: "name a file with --into FILE.plumb") }
    mkdir(folder + "/cases", 0o700)
    let path = "\(folder)/cases/\(about.id)-\(seed).plumb"
    // A learner may begin again.
    for ending in ["", "-wal", "-shm"] { unlink(path + ending) }
    return path
  }

  private static func remember(_ path: String) throws {
    guard let pointer = CaseFileOptions.pointer else { return }
    var whole = path
    if !path.hasPrefix("/"), let folder = getcwd(nil, 0) {
      whole = String(cString: folder) + "/" + path
      free(folder)
    }
    let descriptor = open(pointer, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    Console.write(whole + "\n", to: descriptor)
    close(descriptor)
  }
}

extension CaseDifficulty: ExpressibleByArgument {}

struct CaseStatus: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "status", abstract: "Show what was done in a case.")

  @OptionGroup var file: CaseFileOptions
  @Flag(help: "Show the brief as well.")
  var brief = false

  func run() throws {
    try Failure.guarding {
      let desk = try file.desk()
      Console.writeOut(Console.folded(try (brief ? desk.brief() + "\n\n" : "") + desk.status()))
    }
  }
}

struct CaseHint: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "hint", abstract: "Take the next hint, which costs points.")

  @OptionGroup var file: CaseFileOptions

  func run() throws { try file.tell { try $0.hint() } }
}

struct CaseAnswerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "answer", abstract: "Answer a case.", discussion: "Such as: plumb case answer pipeline=a cause=schema-drift since=14:05 blast=b,c")

  @OptionGroup var file: CaseFileOptions
  @Argument(help: ArgumentHelp("The parts of the answer.", valueName: "part"))
  var parts: [String]

  func run() throws { try file.tell { try $0.answer(parts.joined(separator: " ")) } }
}

struct CaseMitigate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mitigate", abstract: "Let another pipeline stand in.", discussion: "Such as: plumb case mitigate failover X to Y")

  @OptionGroup var file: CaseFileOptions
  @Argument(help: ArgumentHelp("failover X to Y", valueName: "word"))
  var words: [String]

  func run() throws { try file.tell { try $0.mitigate(words.joined(separator: " ")) } }
}

struct CaseReplay: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "replay", abstract: "Show an expert's route, after an answer.")

  @OptionGroup var file: CaseFileOptions

  func run() throws { try file.tell { try $0.replay() } }
}

struct CaseReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Close a case, and show the score with the queries that earned it.")

  @OptionGroup var file: CaseFileOptions
  @Argument(help: ArgumentHelp("Where to write it, as .md or .html (default: standard output).", valueName: "path"))
  var path: String?

  func run() throws { try file.tell { try $0.report(to: path) } }
}
