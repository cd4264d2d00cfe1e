import ArgumentParser
import PlumbCases
import PlumbDiagnostics

/// `plumb case wheel`: picks a case for a group.
struct CaseWheel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wheel", abstract: "Pick a case for a group.", discussion: "The same seed picks the same case and the same world for everybody.")

  @Option(help: "Only cases of this level: easy, medium or hard.")
  var level: Case.Level?

  @Option(help: "The seed (default: a random one).")
  var seed: UInt64?

  func run() throws {
    let seed = seed ?? UInt64.random(in: 1...999_999)
    let cases = Case.all.filter { level == nil || $0.level == level }
    guard !cases.isEmpty else { return }
    let about = cases[Int(seed % UInt64(cases.count))]
    Console.writeOut(
      """
      \(about.title) (\(about.level.rawValue))

      plumb case start \(about.id) --seed \(seed) --into game.plumb
      plumb serve game.plumb --token GROUP --master-token MASTER
      """)
  }
}

extension Case.Level: ExpressibleByArgument {}
