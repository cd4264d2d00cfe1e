import PlumbDatabase
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSimulator
import PlumbSyntax
import Testing

@testable import PlumbCLI

/// What `.help` shows is there, and its examples run on the simulated world.
struct HelpTests {
  /// What a declaration says to users.
  private static let declared: [(name: String, usage: String, summary: String, examples: [String])] =
    OperatorDeclaration.all.filter(\.isSupported).map { ($0.keyword, $0.usage, $0.summary, $0.examples) }
    + SourceDeclaration.all.filter(\.isSupported).map { ($0.keyword, $0.usage, $0.summary, $0.examples) }
    + StatementDeclaration.all.filter(\.isSupported).map { ($0.keyword, $0.usage, $0.summary, $0.examples) }

  @Test func declarationsExplainThemselves() throws {
    for (name, usage, summary, examples) in Self.declared {
      #expect(summary.hasSuffix(".") && summary.first?.isUppercase == true, "\(name)")
      #expect(summary.prefix { $0.isLetter }.hasSuffix("s"), "\(name): begins with a verb in the third person")
      #expect(!examples.isEmpty, "\(name)")
      #expect(usage.hasPrefix(name), "\(name)")
      for example in examples { #expect(example.contains(name), "\(name): \(example)") }
      #expect(try Help.text(for: name, in: Catalog()).contains(summary.prefix(20)), "\(name)")
    }
  }

  @Test func examplesRun() throws {
    // Ten days of the default world, whose month takes minutes in a debug build.
    let workspace = try Workspace(.empty)
    let world = SimulatedWorld(try World(WorldOptions(days: 10)))
    world.attach(to: workspace.catalog)
    let session = workspace.session()
    session.options.clock = { world.world.clock }
    // A file of the user's own.
    let examples =
      Self.declared.flatMap(\.examples).filter { !$0.hasPrefix("externaldata") } + ChartDeclaration.all.map(\.example)
    #expect(examples.count > 80)
    for example in examples {
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

  /// Each command shows itself at work, and its lines run one after the other.
  @Test func examplesOfCommandsRun() throws {
    var session = try DataOptions.parse([]).workspace(nil).session()
    for command in DatabaseCommand.all {
      #expect(command.examples.contains { $0.hasPrefix(command.firstWord) }, "\(command.usage)")
      // A file of the user's own.
      if command.examples.contains(where: { $0.contains(".sqlite") }) { continue }
      // A world goes on as it was made, not as the examples before have left it.
      if command.firstWord == ".advance" { session = try DataOptions.parse([]).workspace(nil).session() }
      for example in command.examples {
        do {
          let answers = try session.run(example)
          if example == command.examples.last { #expect(answers.last != nil, "\(example)") }
        } catch {
          Issue.record("\(example): \(error)")
        }
      }
    }
  }
}
