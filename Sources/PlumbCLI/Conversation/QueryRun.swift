import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit

/// Runs queries so that Ctrl-C stops them within a tenth of a second, and shows on a terminal how far they are.
struct QueryRun {
  let answers: [Answer]
  let milliseconds: Double
  /// What is missing because Ctrl-C stopped the queries; nil if nothing is missing.
  let loss: String?

  /// How long a cancelled query may take to stop before the prompt returns without it.
  private static let patience = 50.0

  /// - Parameters:
  ///   - keepsPartial: whether what had come before Ctrl-C is kept, which `loss` then tells.
  ///   - body: runs statements of the script, and gives each answer away.
  /// - Throws: the query's diagnostics; `cancelled` after Ctrl-C if there is nothing to keep.
  init(
    of script: ScriptRun, keepsPartial: Bool = false,
    _ body: @escaping @Sendable (_ give: (Answer) -> Void) throws -> Void
  ) throws {
    let session = script.session
    session.options.keepsPartialAnswers = keepsPartial
    // When Ctrl-C was pressed.
    let stopped = LockedValue<Double?>(nil)
    let collected = Collected()
    let start = Machine.milliseconds
    let progress = ProgressLine()
    defer {
      progress.clear()
      // The terminal shows the Ctrl-C itself.
      if stopped.withLock({ $0 }) != nil { Console.freshLine() }
    }
    let outcome = try Interrupts.shared.handling(
      repeatable: true,
      {
        stopped.withLock { $0 = $0 ?? Machine.milliseconds }
        session.cancel()
      }
    ) { () throws -> Result<Void, any Error> in
      let run = BackgroundRun { try body { collected.add($0) } }
      while true {
        let isStopped = stopped.withLock { $0 } != nil
        if let result = run.wait(milliseconds: isStopped ? 10 : 30) { return result }
        let now = Machine.milliseconds
        if let since = stopped.withLock({ $0 }) {
          // Releasing gigabytes takes time; the thread does it on its own.
          if now - since > Self.patience { return .failure(Diagnostic("cancelled", "the query was cancelled")) }
        } else {
          progress.show(elapsed: now - start, done: session.progress)
        }
      }
    }.result
    milliseconds = Machine.milliseconds - start
    answers = collected.close()
    switch outcome {
    case .success:
      loss = answers.last.flatMap { $0.isPartial ? "partial: stopped after \(Self.rows($0.rowCount))" : nil }
    case .failure(let error):
      guard Failure.diagnostics(in: error).first?.code == "cancelled" else { throw error }
      guard keepsPartial, !answers.isEmpty else {
        throw keepsPartial ? Diagnostic("cancelled", "the query was cancelled before it returned any rows") : error
      }
      let count = answers.count == 1 ? "1 result" : "\(answers.count) results"
      loss = "partial: stopped after \(count), and the next query had no rows yet"
    }
  }

  private static func rows(_ count: Int) -> String {
    count == 1 ? "1 row" : "\(NumberText.grouped(count)) rows"
  }

  /// The answers so far; none is added once the prompt is back.
  private final class Collected: Sendable {
    private let state = LockedValue<(answers: [Answer], isClosed: Bool)>(([], false))

    func add(_ answer: Answer) { state.withLock { if !$0.isClosed { $0.answers.append(answer) } } }

    func close() -> [Answer] {
      state.withLock {
        $0.isClosed = true
        return $0.answers
      }
    }
  }
}
