import Foundation
import PlumbEngine

/// A thread that a test starts and waits for.
final class Thread: Sendable {
  private let done = LockedValue(false)

  static func running(_ body: @escaping @Sendable () -> Void) -> Thread {
    let thread = Thread()
    let started = startThread(stackBytes: 8 << 20) {
      body()
      thread.done.withLock { $0 = true }
    }
    if !started { thread.done.withLock { $0 = true } }
    return thread
  }

  var isDone: Bool { done.withLock { $0 } }

  func wait() { while !isDone { usleep(1_000) } }
}

/// What threads found.
final class Outcomes: Sendable {
  private let found = LockedValue<[String]>([])

  var list: [String] { found.withLock { $0 } }

  func add(_ text: String) { found.withLock { $0.append(text) } }
}

/// A folder that goes with the test.
final class Folder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/plumb-kit-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    return path + "/" + name
  }
}
