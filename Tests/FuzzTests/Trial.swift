import Foundation
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation
import Synchronization

/// Runs texts that were made to break the engine; each must end in an answer or in diagnostics.
final class Trial {
  /// Queries slower than this are cancelled.
  private static let patienceMilliseconds = Effort.of(1_000, sample: 200)

  let session: Session
  private(set) var answers = 0
  private(set) var refusals = 0
  /// The file with the current input, in case it crashes the process.
  private let journal: URL
  private let watchdog: Watchdog

  init(_ name: String) {
    var options = SessionOptions(
      threads: 2, memoryLimit: 128 << 20, clock: { DateTime.parse("2025-03-06T12:00:00Z") ?? 0 }, seed: 1)
    options.parameters = ["threshold": "3"]
    session = Session(catalog: Catalog(), options: options)
    journal = FileManager.default.temporaryDirectory.appending(path: "plumb-fuzz-\(name)-\(getpid()).txt")
    watchdog = Watchdog(session)
  }

  deinit {
    watchdog.stop()
    try? FileManager.default.removeItem(at: journal)
  }

  /// How many texts were cancelled, and the longest time between the cancel and the end.
  var cancelled: Int { watchdog.cancels }

  func run(_ text: String, format: ResultFormat = .csv) throws {
    note(text)
    watchdog.begin(milliseconds: Self.patienceMilliseconds)
    defer { watchdog.end() }
    do {
      try session.run(text) { answer, _ in
        let writer = format.writer(to: ByteSink { _ in })
        _ = try writer.write(answer)
        try writer.finish()
      }
      answers += 1
    } catch let errors as Diagnostics {
      render(errors.list, text)
    } catch let error as Diagnostic {
      render([error], text)
    }
  }

  /// Remembers what is being tried.
  func note(_ text: String) { try? Data(text.utf8.prefix(1 << 20)).write(to: journal) }

  private func render(_ diagnostics: [Diagnostic], _ text: String) {
    refusals += 1
    let renderer = DiagnosticRenderer()
    for diagnostic in diagnostics.prefix(8) { _ = renderer.render(diagnostic, source: text, palette: .dark) }
  }
}

/// Cancels a session's query that takes too long.
private final class Watchdog: Sendable {
  private struct State {
    var deadline: ContinuousClock.Instant?
    var isStopped = false
    var cancels = 0
  }

  private let state = Mutex(State())
  private let session: Session

  init(_ session: Session) {
    self.session = session
    Thread.detachNewThread { [weak self] in
      while let self, self.look() { usleep(20_000) }
    }
  }

  var cancels: Int { state.withLock { $0.cancels } }

  func begin(milliseconds: Int) {
    state.withLock { $0.deadline = ContinuousClock.now + .milliseconds(milliseconds) }
  }

  func end() { state.withLock { $0.deadline = nil } }

  func stop() { state.withLock { $0.isStopped = true } }

  /// Whether to go on looking.
  private func look() -> Bool {
    let (isLate, isStopped) = state.withLock { state in
      let isLate = state.deadline.map { ContinuousClock.now >= $0 } ?? false
      if isLate { state.cancels += 1 }
      return (isLate, state.isStopped)
    }
    // Again and again while it lasts: a text of several queries has several to cancel.
    if isLate { session.cancel() }
    return !isStopped
  }
}
