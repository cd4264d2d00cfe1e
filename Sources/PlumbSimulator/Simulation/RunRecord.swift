import PlumbEngine

/// One attempt to run. Times and durations are milliseconds.
struct RunRecord: BitwiseCopyable {
  var started: Int64
  var bytes: Int64
  var duration: Int32
  var queueDelay: Int32
  var upstreamDelay: Int32
  var recordsIn: Int32
  var recordsOut: Int32
  var malformed: Int32
  var backlog: Int32
  var memory: Int32
  /// The probability that this attempt would fail, before the random draw.
  var hazard: Float
  /// The incident that made it fail, or -1.
  var incident: Int32
  var pipeline: Int32
  /// Thousandths.
  var cpu: UInt16
  var ioWait: UInt16
  var schemaVersion: UInt16
  /// An index in `ErrorKind.all` plus 1; 0 for no error.
  var error: UInt8
  var status: RunStatus
  var attempt: UInt8

  @inline(__always) var ended: Int64 { started &+ Int64(duration) }
}

/// How an attempt ended, or that it has not ended yet.
enum RunStatus: UInt8, CaseIterable, Sendable {
  case succeeded, failed, running, skipped, cancelled

  /// The name in `runs.status`.
  var name: String {
    switch self {
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .running: "running"
    case .skipped: "skipped"
    case .cancelled: "cancelled"
    }
  }
}

/// A growing array of plain values, for one writer at a time. Copies share their memory.
struct PlainList<Element: BitwiseCopyable> {
  private(set) var values: BufferView<Element>
  private(set) var count = 0

  init(capacity: Int = 32) { values = BufferView(count: capacity) }

  @inline(__always) mutating func append(_ element: Element) {
    if count == values.count { grow() }
    values[count] = element
    count &+= 1
  }

  private mutating func grow() {
    let larger = BufferView<Element>(count: values.count &* 2)
    larger.copy(values, count: count)
    values = larger
  }

  mutating func removeAll() { count = 0 }

  /// Forgets the first `dropped` elements.
  mutating func removeFirst(_ dropped: Int) {
    guard dropped > 0 else { return }
    count &-= dropped
    values.copy(values + dropped, count: count)
  }
}
