import PlumbDatabase
import PlumbEngine
import PlumbPresentation
import PlumbSyntax
import Testing

@testable import PlumbCLI

/// What `.help` shows is there, and its examples run on the simulated world.
struct HelpTests {
  /// Operators that the language has and Plumb does not run.
  private static let missing: Set<String> = ["facet", "fork", "reduce"]

  @Test func everyOperatorThatRunsIsExplained() {
    let named = Set(Guide.operators.map(\.name))
    #expect(Set(OperatorKeyword.allCases.map(\.rawValue)).subtracting(named) == Self.missing)
    #expect(named.isSubset(of: Set(OperatorKeyword.allCases.map(\.rawValue))))
    for guide in Guide.operators + Guide.sources {
      #expect(guide.summary.hasSuffix("."), "\(guide.name)")
      #expect(!guide.examples.isEmpty, "\(guide.name)")
      #expect(guide.usage.hasPrefix(guide.name), "\(guide.name)")
    }
  }

  @Test func examplesRun() throws {
    let session = try DataOptions.parse([]).workspace(nil).session()
    let guides = Guide.operators + Guide.sources
    // A file of the user's own.
    let examples = guides.flatMap(\.examples).filter { !$0.hasPrefix("externaldata") } + ChartKind.allCases.map(\.example)
    #expect(examples.count > 70)
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
