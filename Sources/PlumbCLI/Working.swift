import PlumbEngine
import PlumbKit

extension Console {
  /// Performs work of the library: shows its reports on standard error, and lets Ctrl-C stop it.
  ///
  /// - Throws: what `body` throws.
  static func working<Result>(_ body: (Work) throws -> Result) throws -> Result {
    let report = WorkReport()
    let work = Work { report.show($0) }
    defer { report.end() }
    return try Interrupts.shared.handling(repeatable: work.stopsInOrder, { work.cancel() }) { try body(work) }.result
  }
}

/// Events of work as lines on standard error, with a bar for the current stage.
private final class WorkReport: Sendable {
  private let bars = Guarded<[String: ProgressBar]>([:])

  func show(_ event: Event) {
    switch event {
    case .began(let stage, let unit): bars.withLock { if $0[stage] == nil { $0[stage] = ProgressBar(stage, unit: unit) } }
    case .progress(let progress):
      bars.withLock { $0[progress.stage] }?.show(share: progress.share, count: progress.count)
    case .ended(let stage): bars.withLock { $0[stage] }?.finish()
    case .saved(let text):
      // On a terminal the bar shows it.
      if !ProgressBar.isShown { Console.say(text) }
    case .note(let text): say("note: \(text)")
    case .message(let text): say(text)
    case .problem(let problem):
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
