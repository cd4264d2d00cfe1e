import PlumbDatabase
import PlumbDiagnostics

/// Runs the queries of the shell: Ctrl-C stops them within a tenth of a second and never ends the shell.
struct QueryRun {
  let answers: [Answer]
  let milliseconds: Double

  /// How long a cancelled query may take to stop before the prompt comes back without it.
  private static let patience = 70.0

  /// - Throws: the query's diagnostics; `cancelled` after Ctrl-C.
  init(_ text: String, in workspace: Workspace) throws {
    let session = workspace.session()
    let stop = StopFlag()
    let start = Machine.milliseconds
    let progress = ProgressLine()
    defer { progress.clear() }
    answers = try Interrupts.shared.handling(
      repeatable: true,
      {
        stop.set()
        session.cancel()
      }
    ) {
      let run = BackgroundRun { try session.run(text) }
      var stopped: Double?
      while true {
        if let result = run.wait(milliseconds: stop.isSet ? 10 : 40) { return try result.get() }
        let now = Machine.milliseconds
        if stop.isSet {
          let since = stopped ?? now
          stopped = since
          // Giving gigabytes back takes time; the thread does it on its own.
          if now - since > Self.patience { throw Diagnostic("cancelled", "the query was cancelled") }
        } else {
          progress.show(elapsed: now - start, done: session.progress)
        }
      }
    }.result
    milliseconds = Machine.milliseconds - start
  }
}
