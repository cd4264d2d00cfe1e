import Synchronization

/// How many of its rows a running query has read; counted once a chunk, safe from any thread.
package final class QueryProgress: Sendable {
  private let expected = Atomic<Int>(0)
  private let read = Atomic<Int>(0)
  /// More rows than these are an estimate of nothing, as of a source without an end.
  private static let largest = 1 << 50

  /// Rows that a source is about to give, at most.
  func expect(_ rows: Int) { expected.wrappingAdd(min(max(rows, 0), Self.largest), ordering: .relaxed) }

  @inline(__always) func add(_ rows: Int) { read.wrappingAdd(rows, ordering: .relaxed) }

  /// The part that is read, 0...1; nil when the sources do not say how much there is.
  package var fraction: Double? {
    let whole = expected.load(ordering: .relaxed)
    guard whole > 0, whole < Self.largest else { return nil }
    return min(1, Double(read.load(ordering: .relaxed)) / Double(whole))
  }
}
