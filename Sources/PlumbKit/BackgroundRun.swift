import Glibc
import PlumbEngine

/// Work on its own thread, for which another thread waits as long as the user does.
package final class BackgroundRun<Value: Sendable>: Sendable {
  private let outcome = LockedValue<Result<Value, any Error>?>(nil)
  private let body: @Sendable () throws -> Value

  /// Starts at once; if no thread can be started, does the work here.
  package init(_ body: @escaping @Sendable () throws -> Value) {
    self.body = body
    if !startThread({ self.work() }) { work() }
  }

  private func work() {
    let result = Result { try body() }
    outcome.withLock { $0 = result }
  }

  /// The value, once there is one.
  package func result() throws -> Value {
    while true {
      if let result = wait(milliseconds: 60_000) { return try result.get() }
    }
  }

  /// The result, once there is one, or nil after this time.
  package func wait(milliseconds: Int) -> Result<Value, any Error>? {
    let end = Machine.milliseconds + Double(milliseconds)
    // Short queries end within the first, shorter waits.
    var pause: UInt32 = 50
    while true {
      if let result = outcome.withLock({ $0 }) { return result }
      let left = end - Machine.milliseconds
      if left <= 0 { return nil }
      usleep(min(pause, UInt32(left * 1000) + 1))
      pause = min(pause * 2, 4000)
    }
  }
}
