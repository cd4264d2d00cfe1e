import PlumbEngine

/// What a server counts, in the text format of Prometheus.
final class Metrics: Sendable {
  /// The upper bounds of the histogram's buckets, in seconds.
  private static let bounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 240]

  private struct Counts {
    var queries: [String: Int] = [:]
    var buckets = [Int](repeating: 0, count: Metrics.bounds.count)
    var seconds = 0.0
    var rows = 0
    var requests: [Int: Int] = [:]
    var bytes = 0
  }

  private let counts = LockedValue(Counts())

  /// Counts a query that has ended.
  func count(_ statistics: QueryStatistics, _ failure: WireError?) {
    let seconds = statistics.milliseconds / 1000
    counts.withLock { counts in
      counts.queries[failure?.name ?? "success", default: 0] += 1
      counts.rows += statistics.rows
      counts.seconds += seconds
      for (i, bound) in Self.bounds.enumerated() where seconds <= bound { counts.buckets[i] += 1 }
    }
  }

  /// Counts a reply that was sent.
  func count(status: Int, bytes: Int) {
    counts.withLock {
      $0.requests[status, default: 0] += 1
      $0.bytes += bytes
    }
  }

  /// All figures.
  ///
  /// - Parameters:
  ///   - running: queries that run now.
  ///   - waiting: queries that wait for their turn.
  ///   - memory: the bytes that tables and queries hold.
  func text(running: Int, waiting: Int, memory: Int) -> String {
    let counts = counts.withLock { $0 }
    var lines: [String] = []
    func metric(_ name: String, _ kind: String, _ help: String, _ values: [(labels: String, value: String)]) {
      lines.append("# HELP \(name) \(help)")
      lines.append("# TYPE \(name) \(kind)")
      for (labels, value) in values { lines.append("\(name)\(labels) \(value)") }
    }
    metric(
      "plumb_queries_total", "counter", "Queries that ended, by outcome.",
      counts.queries.sorted { $0.key < $1.key }.map { ("{outcome=\"\($0.key)\"}", "\($0.value)") })
    let total = counts.queries.values.reduce(0, +)
    lines.append("# HELP plumb_query_duration_seconds The time that queries took.")
    lines.append("# TYPE plumb_query_duration_seconds histogram")
    for (bound, count) in zip(Self.bounds, counts.buckets) {
      lines.append("plumb_query_duration_seconds_bucket{le=\"\(bound)\"} \(count)")
    }
    lines.append("plumb_query_duration_seconds_bucket{le=\"+Inf\"} \(total)")
    lines.append("plumb_query_duration_seconds_sum \(counts.seconds)")
    lines.append("plumb_query_duration_seconds_count \(total)")
    metric("plumb_rows_total", "counter", "Rows sent in answers.", [("", "\(counts.rows)")])
    metric(
      "plumb_http_requests_total", "counter", "Replies by status.",
      counts.requests.sorted { $0.key < $1.key }.map { ("{status=\"\($0.key)\"}", "\($0.value)") })
    metric("plumb_http_response_bytes_total", "counter", "Bytes of replies before compression.", [("", "\(counts.bytes)")])
    metric("plumb_queries_running", "gauge", "Queries that run now.", [("", "\(running)")])
    metric("plumb_queries_waiting", "gauge", "Queries that wait for their turn.", [("", "\(waiting)")])
    metric("plumb_memory_bytes", "gauge", "Memory of tables and running queries.", [("", "\(memory)")])
    return lines.joined(separator: "\n") + "\n"
  }
}
