import Glibc
import PlumbEngine
import PlumbKit
import ReadlineShim

/// What Ctrl-C does at each moment.
///
/// Every thread blocks the signals that end a process, and one thread waits for them, so that they are
/// handled in ordinary code and not in a signal handler.
final class Interrupts: Sendable {
  static let shared = Interrupts()

  private struct State {
    /// The action of the next interrupt; nil ends the process.
    var action: (@Sendable () -> Void)?
    /// Whether the action was performed, so that a second interrupt ends the process.
    var wasTaken = false
    /// Whether the action is performed each time.
    var isRepeatable: @Sendable () -> Bool = { false }
    /// Whether the process continues whatever Ctrl-C interrupts, as a shell does.
    var staysAlive = false
    /// The number of interrupts.
    var count = 0
    /// What the first of any signals does in place of ending the process, for a server.
    var ending: (@Sendable () -> Void)?
  }

  private let state = LockedValue(State())

  /// Call before any other thread starts.
  func start() {
    var signals = Self.endingSignals()
    if signals.isEmpty { return }
    pthread_sigmask(SIG_BLOCK, &signals.set, nil)
    if !startThread({ Interrupts.shared.watch() }) { pthread_sigmask(SIG_UNBLOCK, &signals.set, nil) }
  }

  /// The signals that end the process. What our parent ignores, as `nohup` does, stays ignored.
  private static func endingSignals() -> (set: sigset_t, isEmpty: Bool) {
    var signals = sigset_t()
    sigemptyset(&signals)
    var isEmpty = true
    for number in [SIGINT, SIGTERM, SIGHUP] {
      if plumb_signal_is_ignored(number) { continue }
      sigaddset(&signals, number)
      isEmpty = false
    }
    return (signals, isEmpty)
  }

  /// Runs `body`; an interrupt meanwhile calls `action` on another thread. A second one ends the process
  /// unless the action is `repeatable`.
  ///
  /// Calls may nest: the inner action temporarily replaces the outer one.
  ///
  /// - Returns: the result, and whether there was an interrupt.
  @discardableResult
  func handling<Result>(
    repeatable: @autoclosure @escaping @Sendable () -> Bool = false, _ action: @escaping @Sendable () -> Void,
    _ body: () throws -> Result
  ) rethrows -> (result: Result, wasInterrupted: Bool) {
    let outer = state.withLock { state in
      defer {
        state.action = action
        state.isRepeatable = repeatable
        state.wasTaken = false
      }
      return state
    }
    defer {
      state.withLock {
        $0.action = outer.action
        $0.isRepeatable = outer.isRepeatable
      }
    }
    let result = try body()
    return (result, wasTaken)
  }

  /// Keeps Ctrl-C from ending the process from now on: if nothing can be interrupted, it does nothing.
  func stayAlive() { state.withLock { $0.staysAlive = true } }

  /// From now on the first signal calls `action`, which ends the process in order; the second one ends it.
  func stopInOrder(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.ending = action } }

  /// Whether the action of the latest `handling` was performed.
  var wasTaken: Bool { state.withLock { $0.wasTaken } }

  /// The number of times Ctrl-C was pressed: work that it stops compares two counts.
  var count: Int { state.withLock { $0.count } }

  private func watch() {
    var all = sigset_t()
    sigfillset(&all)
    var awaited = Self.endingSignals().set
    pthread_sigmask(SIG_SETMASK, &all, nil)
    while true {
      var number: Int32 = 0
      guard sigwait(&awaited, &number) == 0 else { continue }
      let ending = state.withLock { now in
        defer { now.ending = nil }
        return now.ending
      }
      if let ending {
        ending()
        continue
      }
      let isInterrupt = number == SIGINT
      let nothing: @Sendable () -> Void = {}
      let action: (@Sendable () -> Void)? = state.withLock { (now: inout State) -> (@Sendable () -> Void)? in
        guard isInterrupt else { return nil }
        now.count += 1
        guard let action = now.action, !now.wasTaken || now.isRepeatable() || now.staysAlive else {
          return now.staysAlive ? nothing : nil
        }
        now.wasTaken = true
        return action
      }
      guard let action else { end(number) }
      action()
      endUnlessSoon(number)
    }
  }

  /// Ends the process if interrupted work that cannot be interrupted again continues for longer than a
  /// person waits: releasing gigabytes takes time that ending the process does not need.
  private func endUnlessSoon(_ number: Int32) {
    if state.withLock({ $0.isRepeatable() || $0.staysAlive }) { return }
    usleep(60_000)
    guard state.withLock({ $0.action != nil }) else { return }
    Console.say("error[cancelled]: the query was cancelled")
    end(number)
  }

  private func end(_ number: Int32) -> Never {
    for path in Destination.unfinished.withLock({ $0 }) { unlink(path) }
    plumb_readline_restore_terminal()
    if number == SIGINT { _exit(ExitStatus.interrupted.rawValue) }
    _exit(128 + number)
  }
}
