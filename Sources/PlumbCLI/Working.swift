import PlumbEngine
import PlumbKit

extension Console {
  /// Performs work of the library: shows its reports on standard error, and lets Ctrl-C stop it.
  ///
  /// - Throws: what `body` throws.
  ///
  /// - Parameter earlier: what rounds before this one reported, which is not repeated; nil for work that is done once.
  static func working<Result>(after earlier: ReportedTexts? = nil, _ body: (Work) throws -> Result) throws -> Result {
    let report = WorkReport(earlier)
    let work = Work { report.show($0) }
    defer { report.end() }
    return try Interrupts.shared.handling(repeatable: work.stopsInOrder, { work.cancel() }) { try body(work) }.result
  }
}

/// The notes and problems that rounds of the same work reported.
final class ReportedTexts: Sendable {
  private let texts = LockedValue<Set<String>>([])
  private let isRepeating = LockedValue(false)

  /// From now on what was reported is not repeated.
  func beginNextRound() { isRepeating.withLock { $0 = true } }

  /// Whether a note is the first of its kind.
  func isNew(_ text: String) -> Bool { texts.withLock { $0.insert(text).inserted } }

  /// Whether to report that there was nothing to do.
  var showsUnchanged: Bool { isRepeating.withLock { !$0 } }
}

/// Events of work as lines on standard error, with a bar for the current stage.
private final class WorkReport: Sendable {
  private let bars = LockedValue<[String: ProgressBar]>([:])
  private let earlier: ReportedTexts?

  init(_ earlier: ReportedTexts?) { self.earlier = earlier }

  func show(_ event: Event) {
    switch event {
    case .began(let stage, let unit): bars.withLock { if $0[stage] == nil { $0[stage] = ProgressBar(stage, unit: unit) } }
    case .progress(let progress):
      bars.withLock { $0[progress.stage] }?.show(share: progress.share, count: progress.count)
    case .ended(let stage): bars.withLock { $0[stage] }?.finish()
    case .saved(let text):
      // On a terminal the bar shows it.
      if !ProgressBar.isShown { Console.say(text) }
    case .note(let text): if earlier?.isNew(text) ?? true { say("note: \(text)") }
    case .message(let text): say(text)
    case .unchanged(let text): if earlier?.showsUnchanged ?? true { say(text) }
    case .problem(let problem):
      guard earlier?.isNew(problem.diagnostic.message) ?? true else { return }
      end()
      Console.report(problem.diagnostic)
    }
  }

  /// Erases the bars.
  func end() { for bar in bars.withLock({ Array($0.values) }) { bar.finish() } }

  private func say(_ text: String) {
    end()
    Console.say(text)
  }
}
