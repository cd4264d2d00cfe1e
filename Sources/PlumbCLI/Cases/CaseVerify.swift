import ArgumentParser
import PlumbCases
import PlumbDiagnostics
import PlumbEngine
import PlumbKit

/// `plumb case verify`: whether each case can be solved by care, and not without.
struct CaseVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that cases can be solved by care, and not without it.",
    discussion: """
      For each seed, a careful solver written in KQL and naive ones (most errors, slowest now, random, `why` alone) try to name the \
      culprits and causes from what everybody can read. Exit status 1 if the careful one solves less than 95 % of a case, or a naive one more than 40 %.
      """)

  @Argument(help: ArgumentHelp("The cases (or --all).", valueName: "case"))
  var ids: [String] = []

  @Flag(help: "Check all cases.")
  var all = false

  @Option(help: "The number of seeds (default: 10).")
  var seeds = 10

  @Option(help: ArgumentHelp("The first seed (default: 1).", valueName: "seed"))
  var from: UInt64 = 1

  @Option(help: "text or json (default: text).")
  var format: Format = .text

  @Option(help: ArgumentHelp("The number of threads (default: one per processor).", valueName: "n"))
  var threads: Int?

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  func validate() throws {
    if ids.isEmpty && !all { throw ValidationError("name cases, or use --all; the cases are \(Case.all.map(\.id).joined(separator: ", "))") }
    if !ids.isEmpty && all { throw ValidationError("--all cannot be combined with names of cases") }
    if !(1...100_000).contains(seeds) { throw ValidationError("--seeds must be a number from 1 to 100000, not \(seeds)") }
    if from == 0 || from > 1 << 60 { throw ValidationError("--from must be a seed from 1 on, not \(from)") }
    for id in ids where Case.named(id) == nil {
      throw ValidationError("'\(id)' is not a case; the cases are \(Case.all.map(\.id).joined(separator: ", "))")
    }
  }

  func run() throws {
    try Failure.guarding {
      let cases = all ? Case.all : ids.compactMap { Case.named($0) }
      var results: [Verification] = []
      for about in cases {
        let result = try Verification(about, seeds: Array(from..<from + UInt64(seeds)), threads: threads ?? Machine.processors) { _ in !Interrupts.shared.wasTaken }
        if Interrupts.shared.wasTaken { throw ExitStatus.interrupted }
        results.append(result)
        if format == .text { Console.writeOut(Self.line(result)) }
      }
      if format == .json {
        let objects = results.map { result in
          Dynamic.object([
            ("case", .string(result.id)), ("seeds", .long(Int64(result.seeds))), ("careful", .real(result.carefulShare)), ("naive", .real(result.naiveShare)),
            ("start", .real(Double(result.sinceRight) / Double(max(result.seeds, 1)))),
            ("naive_solvers", .object(result.naive.map { ($0.name, .real(Double($0.solved) / Double(max(result.seeds, 1)))) })),
          ])
        }
        Console.writeOut(Dynamic.array(objects).json)
      }
      let isGood = results.allSatisfy { $0.carefulShare >= 0.95 && $0.naiveShare <= 0.4 }
      if !isGood { throw ExitStatus.failed }
    }
  }

  private static func line(_ result: Verification) -> String {
    func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
    let best = result.naive.max { $0.solved < $1.solved }
    var line = "\(result.id): careful \(percent(result.carefulShare)), naive \(percent(result.naiveShare))"
    if let best, best.solved > 0 { line += " (\(best.name))" }
    for miss in result.misses.prefix(5) { line += "\n  seed \(miss.seed): \(miss.answer)" }
    return line
  }
}
