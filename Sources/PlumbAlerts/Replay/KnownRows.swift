import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// A table whose rows become known one after the other, in the order of their arrival.
///
/// What is known at a moment is a prefix: whole small groups, and a part of one more, which copies no values.
final class KnownRows: Sendable {
  /// The rows of a group: small, so that cutting one costs little.
  private static let groupSize = 2_048

  let table: Table
  private let arrival: Int
  /// The first arrival of each group; the least number where it is null, which counts as always known.
  private let starts: [Int64]

  /// - Parameter sorted: its rows by arrival, those without one first.
  init(_ sorted: Table, arrival: Int) throws {
    var groups: [RowGroup] = []
    for group in sorted.groups {
      let columns = try group.columns
      for start in stride(from: 0, to: group.count, by: Self.groupSize) {
        let count = Swift.min(Self.groupSize, group.count - start)
        groups.append(RowGroup(columns.map { $0.slice(start, count) }, count: count))
      }
    }
    table = Table(name: sorted.name, schema: sorted.schema, groups: groups)
    self.arrival = arrival
    starts = try groups.map { try KnownRows.moment($0.column(arrival), 0) }
  }

  /// The groups of the rows that had arrived by `moment`.
  func groups(until moment: Int64) throws -> [RowGroup] {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= moment { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return [] }
    let last = table.groups[low - 1]
    let moments = try last.column(arrival)
    var (from, end) = (0, last.count)
    while from < end {
      let middle = (from + end) / 2
      if KnownRows.moment(moments, middle) <= moment { from = middle + 1 } else { end = middle }
    }
    let whole = Array(table.groups[..<(low - 1)])
    if from == last.count { return whole + [last] }
    return whole + [RowGroup(try last.columns.map { $0.slice(0, from) }, count: from)]
  }

  /// The latest arrival by `moment`; nil if none exists.
  func latest(until moment: Int64) throws -> Int64? {
    guard let last = try groups(until: moment).last, last.count > 0 else { return nil }
    let found = KnownRows.moment(try last.column(arrival), last.count - 1)
    return found == .min ? nil : found
  }

  /// The arrivals after `start` and until `end`, in order.
  func arrivals(after start: Int64, until end: Int64) throws -> [Int64] {
    var result: [Int64] = []
    for (index, group) in table.groups.enumerated() {
      if starts[index] > end { break }
      if index + 1 < starts.count, starts[index + 1] <= start { continue }
      let moments = try group.column(arrival)
      for row in 0..<group.count {
        let moment = KnownRows.moment(moments, row)
        if moment > end { break }
        if moment > start { result.append(moment) }
      }
    }
    return result
  }

  /// The first arrival; nil if no row has one.
  var earliest: Int64? {
    get throws {
      for group in table.groups {
        let moments = try group.column(arrival)
        for row in 0..<group.count where !moments.isEmptyCell(at: row) { return KnownRows.moment(moments, row) }
      }
      return nil
    }
  }

  static func moment(_ vector: Vector, _ row: Int) -> Int64 {
    vector.isEmptyCell(at: row) ? .min : vector.word(at: vector.isConstant ? 0 : row)
  }
}

/// When the rows of a table become known.
enum Arrival: Hashable, Sendable {
  /// They are known at all times.
  case always
  /// At the time in a column.
  case column(String)
  /// As runs: they are going on from `started`, and their outcome is known when they have ended.
  case run
  /// As edges: known from `since`, and without an end before it has come.
  case edge
  /// As pipelines: what their runs say of them is recomputed.
  case pipeline

  /// The names of columns that say when a row arrived, the best first.
  private static let names = [
    "arrived", "ingested", "ingestion_time", "seen", "at", "ended", "timestamp", "time", "ts", "created", "created_at", "started",
  ]

  init(table: String, _ schema: Schema) {
    func has(_ name: String, _ type: ScalarType) -> Bool { schema.contains { $0.name == name && $0.type == type } }
    if table == "runs", has("started", .datetime), has("ended", .datetime), has("pipeline", .string), has("status", .string) {
      self = .run
      return
    }
    if table == "edges", has("since", .datetime), has("until", .datetime) {
      self = .edge
      return
    }
    if table == "pipelines", has("name", .string) {
      self = .pipeline
      return
    }
    let times = schema.filter { $0.type == .datetime }.map(\.name)
    let best = Arrival.names.lazy.compactMap { name in times.first { $0.lowercased() == name } }.first
    self = (best ?? times.first).map { .column($0) } ?? .always
  }
}
