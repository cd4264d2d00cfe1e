import PlumbEngine

/// Which runs had started and not ended at a moment, and their rows as they were then.
final class GoingRuns: Sendable {
  /// Columns that only the end of a run determines: null, or empty, while it goes on.
  private static let outcomes: Set<String> = [
    "ended", "duration", "records_in", "records_out", "malformed", "bytes", "error_code", "error_category", "error",
  ]
  /// A day's part of the runs that go on over its beginning, as positions in the rows by start.
  private let carried: [Int64: [Int]]
  private let begins: [Int64]
  private let ends: [Int64]
  private let places: [(group: Int, row: Int)]
  private let status: Int?
  private let nulled: [Bool]
  private static let step = 6 * TimeSpan.hour

  /// - Parameter rows: all runs by start.
  init(_ rows: KnownRows, from start: Int64, until end: Int64) throws {
    let schema = rows.table.schema
    let started = schema.firstIndex { $0.name == "started" } ?? 0
    let ended = schema.firstIndex { $0.name == "ended" } ?? 0
    status = schema.firstIndex { $0.name == "status" }
    nulled = schema.map { Self.outcomes.contains($0.name) }
    var begins: [Int64] = []
    var ends: [Int64] = []
    var places: [(group: Int, row: Int)] = []
    var carried: [Int64: [Int]] = [:]
    for (index, group) in rows.table.groups.enumerated() {
      let (from, to) = (try group.column(started), try group.column(ended))
      for row in 0..<group.count {
        let begin = KnownRows.moment(from, row)
        let stop = to.isEmptyCell(at: row) ? Int64.max : KnownRows.moment(to, row)
        if begin > end || stop < start - Self.step || begin == .min { continue }
        // Boundaries that the run goes on over.
        var boundary = (Swift.max(begin, start - Self.step) / Self.step + 1) * Self.step
        while boundary < Swift.min(stop, end + Self.step) {
          carried[boundary, default: []].append(begins.count)
          boundary += Self.step
        }
        begins.append(begin)
        ends.append(stop)
        places.append((index, row))
      }
    }
    self.begins = begins
    self.ends = ends
    self.places = places
    self.carried = carried
  }

  /// The runs that go on at a moment, as a group; nil if none do.
  func group(at moment: Int64, _ rows: KnownRows) throws -> RowGroup? {
    let boundary = moment / Self.step * Self.step
    var going = (carried[boundary] ?? []).filter { ends[$0] > moment }
    var index = lowerBound(boundary)
    while index < begins.count, begins[index] <= moment {
      if ends[index] > moment && begins[index] >= boundary { going.append(index) }
      index += 1
    }
    if going.isEmpty { return nil }
    let schema = rows.table.schema
    let vectors = try schema.indices.map { column in
      let builder = VectorBuilder(schema[column].type, capacity: going.count)
      var vector: (group: Int, column: Vector)?
      for number in going {
        let place = places[number]
        if column == status {
          builder.append(.string("running"))
        } else if nulled[column] {
          builder.append(schema[column].type == .string ? .string("") : .null(schema[column].type))
        } else {
          if vector?.group != place.group { vector = (place.group, try rows.table.groups[place.group].column(column)) }
          builder.append(vector?.column.value(at: place.row) ?? .null(schema[column].type))
        }
      }
      return builder.finish()
    }
    return RowGroup(vectors, count: going.count)
  }

  private func lowerBound(_ moment: Int64) -> Int {
    var (low, high) = (0, begins.count)
    while low < high {
      let middle = (low + high) / 2
      if begins[middle] < moment { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// The edges as they were at any moment.
final class EdgeHistory: Sendable {
  private let base: Table
  private let rows: [[Value]]
  private let since: Int
  private let until: Int
  /// When something changes, in order.
  private let changes: [Int64]
  private let kept = LockedValue<[Int: Table]>([:])

  init(_ table: Table) throws {
    base = table
    since = table.schema.firstIndex { $0.name == "since" } ?? 0
    until = table.schema.firstIndex { $0.name == "until" } ?? 0
    var rows: [[Value]] = []
    var changes: Set<Int64> = []
    for group in table.groups {
      let columns = try group.columns
      for row in 0..<group.count { rows.append(columns.map { $0.value(at: row) }) }
    }
    for row in rows {
      for place in [since, until] { if let moment = row[place].number { changes.insert(moment) } }
    }
    self.rows = rows
    self.changes = changes.sorted()
  }

  func table(at moment: Int64) throws -> Table {
    var (low, high) = (0, changes.count)
    while low < high {
      let middle = (low + high) / 2
      if changes[middle] <= moment { low = middle + 1 } else { high = middle }
    }
    if let known = kept.withLock({ $0[low] }) { return known }
    let known = rows.filter { ($0[since].number ?? .min) <= moment }.map { row in
      var row = row
      if let end = row[until].number, end > moment { row[until] = .null(.datetime) }
      return row
    }
    let table = Table(name: base.name, schema: base.schema, rows: known)
    kept.withLock { $0[low] = table }
    return table
  }
}
