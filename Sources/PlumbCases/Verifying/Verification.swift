import PlumbDiagnostics
import PlumbEngine

/// How solvers fare on a case over several seeds.
package struct Verification: Sendable {
  package let id: String
  package let seeds: Int
  /// Seeds that the careful solver solved, and when it also found the start.
  package var careful = 0
  package var sinceRight = 0
  package var naive: [(name: String, solved: Int)]
  /// Seeds that the careful solver did not solve, and what it answered.
  package var misses: [(seed: UInt64, answer: String)] = []

  package var carefulShare: Double { Double(careful) / Double(max(seeds, 1)) }
  package var naiveShare: Double { Double(naive.map(\.solved).max() ?? 0) / Double(max(seeds, 1)) }

  /// Runs all solvers on a case.
  ///
  /// - Parameter report: called after each seed; returning false stops.
  package init(_ about: Case, seeds: [UInt64], threads: Int, _ report: (UInt64) -> Bool = { _ in true }) throws {
    id = about.id
    self.seeds = seeds.count
    naive = Solver.naive.map { ($0.name, 0) }
    for seed in seeds {
      let case_ = try CaseWorld(about, seed: seed, threads: threads)
      let world = try case_.world()
      let session = case_.session(world, threads: threads)
      let answer = try Solver.careful.solve(case_, session)
      let verdict = try case_.judge(answer, firstRun: CaseWorld.firstRun(session))
      if verdict.isSolved { careful += 1 } else { misses.append((seed, "\(answer.pipelines) \(answer.causes) instead of \(verdict.truth.map { "\($0.pipeline) \($0.cause)" })")) }
      if verdict.isSinceRight == true { sinceRight += 1 }
      for (place, solver) in Solver.naive.enumerated() {
        let guess = try solver.solve(case_, session)
        if try case_.judge(guess, firstRun: CaseWorld.firstRun(session)).isSolved { naive[place].solved += 1 }
      }
      if !report(seed) { return }
    }
  }
}
