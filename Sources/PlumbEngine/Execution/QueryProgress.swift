import Synchronization

/// How many of its rows a running query has read; counted once a chunk, safe from any thread.
package final class QueryProgress: Sendable {
  private let expected = Atomic<Int>(0)
  private let read = Atomic<Int>(0)
  /// A larger number of rows is not a useful estimate, as for a source without an end.
  private static let largest = 1 << 50

  /// The maximum number of rows that a source is about to produce.
  func expect(_ rows: Int) { expected.wrappingAdd(min(max(rows, 0), Self.largest), ordering: .relaxed) }

  @inline(__always) func add(_ rows: Int) { read.wrappingAdd(rows, ordering: .relaxed) }

  /// The fraction that has been read, 0...1; nil if the sources do not say how many rows there are.
  package var fraction: Double? {
    let whole = expected.load(ordering: .relaxed)
    guard whole > 0, whole < Self.largest else { return nil }
    return min(1, Double(read.load(ordering: .relaxed)) / Double(whole))
  }
}
