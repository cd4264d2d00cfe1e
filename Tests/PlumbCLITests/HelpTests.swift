import PlumbDatabase
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSimulator
import PlumbSyntax
import PlumbTelemetry
import TestSupport
import Testing

@testable import PlumbCLI

/// What `.help` shows is there, and its examples run on the simulated world.
struct HelpTests {
  /// What a declaration says to users.
  private static let declared: [(name: String, usage: String, summary: String, examples: [String])] =
    OperatorDeclaration.all.filter(\.isSupported).map { ($0.keyword, $0.usage, $0.summary, $0.examples) }
    + SourceDeclaration.all.filter(\.isSupported).map { ($0.keyword, $0.usage, $0.summary, $0.examples) }
    + StatementDeclaration.all.filter(\.isSupported).map { ($0.keyword, $0.usage, $0.summary, $0.examples) }
    + functions.map { ($0.name, "\($0.name)(\($0.parameters))", $0.summary, $0.examples) }

  private static let functions = TableFunction.telemetry(Predictor()) { nil }

  @Test func declarationsExplainThemselves() throws {
    let catalog = Catalog()
    catalog.add(Self.functions)
    for (name, usage, summary, examples) in Self.declared {
      #expect(summary.hasSuffix(".") && summary.first?.isUppercase == true, "\(name)")
      #expect(summary.prefix { $0.isLetter }.hasSuffix("s"), "\(name): begins with a verb in the third person")
      #expect(!examples.isEmpty, "\(name)")
      #expect(usage.hasPrefix(name), "\(name)")
      let help = try Help.text(for: name, in: catalog)
      #expect(help.contains(summary.prefix(20)), "\(name)")
      for example in examples {
        #expect(example.contains(name), "\(name): \(example)")
        #expect(!parse(example).hasErrors, "\(name): \(example)")
        #expect(help.contains(example.prefix(20)), "\(name): \(example)")
      }
    }
  }

  /// Queries that help shows; those that read a file of the user's own are left out.
  private static let examples =
    declared.flatMap(\.examples).filter { !$0.hasPrefix("externaldata") && !$0.hasPrefix("inline_external_table") }
    + ChartDeclaration.all.map(\.example)

  /// Ten days of a world in which every question has an answer at the end; a month takes minutes in a debug build.
  private func worldSession() throws -> Session {
    let workspace = try Workspace(.empty)
    let world = SimulatedWorld(try World(WorldOptions(days: 10, seed: 173, difficulty: .easy)))
    world.attach(to: workspace.catalog)
    let session = workspace.session()
    session.options.clock = { world.world.clock }
    return session
  }

  /// Names and types are right; `examplesRun` shows that there are rows.
  @Test func examplesBind() throws {
    let session = try worldSession()
    #expect(Self.examples.count > 80)
    for example in Self.examples { #expect(session.check(example) == [], "\(example)") }
  }

  @Test(.enabled(if: LongTests.areRun)) func examplesRun() throws {
    let session = try worldSession()
    for example in Self.examples {
      do {
        let answers = try session.run(example)
        let hasRows = example.hasSuffix("| consume") || answers.contains { $0.rowCount > 0 }
        #expect(hasRows, "\(example)")
        if example.contains("| render ") { #expect(answers.last?.undrawnChart == nil, "\(example)") }
      } catch {
        Issue.record("\(example): \(error)")
      }
    }
  }

  /// Each command is declared once, and one module does it.
  @Test func everyCommandHasOneAction() throws {
    let catalog = try DataOptions.parse([]).workspace(nil).catalog
    let actions = CommandAction.all.map(\.name) + catalog.commandNames + ConsoleAction.all.map(\.name)
    #expect(Set(actions).count == actions.count)
    #expect(Set(actions) == Set(CommandDeclaration.all.map(\.name)))
    let names = CommandDeclaration.all.flatMap { [$0.name] + $0.aliases }
    #expect(Set(names).count == names.count)
    for command in CommandDeclaration.all {
      #expect(command.summary.hasSuffix(".") && command.summary.prefix { $0.isLetter }.hasSuffix("s"), "\(command.name)")
      #expect(command.examples.contains { $0.hasPrefix(command.firstWord) }, "\(command.name)")
      for name in [command.firstWord, command.name] {
        #expect(try Help.text(for: name, in: catalog).contains(command.usage), "\(name)")
        #expect(!parse(".help \(name)").hasErrors, "\(name)")
      }
    }
  }

  /// Each command shows itself at work, and its lines run one after the other.
  @Test(.enabled(if: LongTests.areRun)) func examplesOfCommandsRun() throws {
    let folder = try TemporaryFolder()
    try folder.write("runs.csv", "pipeline,status,duration\na,failed,00:00:10\nb,succeeded,00:01:00\n")
    try folder.write("jobs.ndjson", "{\"job\":\"a\",\"began\":\"2026-01-01T00:00:00Z\",\"result\":\"failed\"}\n")
    try folder.write("jobs.kql", "let runs = input | project pipeline = job, started = began, status = result;\n")
    try folder.write("morning.kql", ".mode json\nprint 1\n")
    let world = try PlumbProcess(["simulate", "--pipelines", "12", "--days", "6", "--into", "world.plumb"], folder: folder)
    #expect(world.status == 0, "\(world.messages)")
    for command in CommandDeclaration.all where command.place == .everywhere {
      // These need files of other programs.
      if [".sqlite", "run_results", "damaged"].contains(where: { name in command.examples.contains { $0.contains(name) } }) { continue }
      let script = try folder.write("example.kql", command.examples.joined(separator: "\n\n") + "\n")
      try folder.copy("world.plumb", to: "example.plumb")
      let run = try PlumbProcess(["run", "example.plumb", script], folder: folder)
      #expect(run.status == 0, "\(command.name): \(run.messages)")
    }
  }
}
