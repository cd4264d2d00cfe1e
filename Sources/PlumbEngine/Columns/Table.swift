/// A column's name and type.
package struct ColumnInfo: Hashable, Sendable {
  package var name: String
  package var type: ScalarType

  package init(_ name: String, _ type: ScalarType) {
    self.name = name
    self.type = type
  }
}

/// The columns of a table or of a result, in order.
package typealias Schema = [ColumnInfo]

/// The smallest and largest number of a column in a row group, for skipping groups in a scan.
package struct ZoneRange: Sendable {
  /// Bounds of the non-null values, in the column's own lane; nil when unknown or all null.
  package var words: ClosedRange<Int64>?
  package var floats: ClosedRange<Double>?
  package var hasNulls: Bool

  package init(words: ClosedRange<Int64>?, floats: ClosedRange<Double>?, hasNulls: Bool) {
    self.words = words
    self.floats = floats
    self.hasNulls = hasNulls
  }
}

/// The source of a row group's columns if they are not in memory; safe to use from any thread.
package protocol ColumnSource: AnyObject, Sendable {
  /// The column's values; read again each time unless the source caches them.
  func column(_ index: Int) throws -> Vector
  /// The dictionary of the column's codes, nil if it has none; reads no rows.
  func dictionary(_ index: Int) throws -> StringDictionary?
}

/// Up to `RowGroup.capacity` rows of a table, in columns that are in memory or read on demand.
package final class RowGroup: @unchecked Sendable {
  /// The number of rows in a full group; also the unit of work that a worker takes.
  package static let capacity = 65_536

  package let count: Int
  package let zones: [ZoneRange]
  private let vectors: [Vector]
  private let source: (any ColumnSource)?
  private let knownCodeCounts = LockedValue<[Int: CodeCounts?]>([:])

  package init(_ columns: [Vector], count: Int) {
    self.count = count
    vectors = columns
    zones = columns.map { $0.zoneRange() }
    source = nil
  }

  /// A group of which only the bounds are known; `zones` has one for each column.
  package init(count: Int, zones: [ZoneRange], source: any ColumnSource) {
    self.count = count
    self.zones = zones
    vectors = []
    self.source = source
  }

  /// Whether asking for a column costs nothing and cannot fail.
  package var isInMemory: Bool { source == nil }

  /// - Throws: what the source throws, such as a damaged file.
  package func column(_ index: Int) throws -> Vector {
    if let source { return try source.column(index) }
    return vectors[index]
  }

  /// All columns.
  package var columns: [Vector] {
    get throws {
      guard source != nil else { return vectors }
      return try zones.indices.map { try column($0) }
    }
  }

  /// The dictionary of a column's codes; nil if it has none.
  func dictionary(_ index: Int) throws -> StringDictionary? {
    if let source { return try source.dictionary(index) }
    return vectors[index].dictionary
  }

  /// The counts of a column's texts, computed on first use; nil unless the column has few distinct texts.
  func codeCounts(_ index: Int) throws -> CodeCounts? {
    if let known = knownCodeCounts.withLock({ $0[index] }) { return known }
    let made = CodeCounts(try column(index))
    knownCodeCounts.withLock { $0[index] = .some(made) }
    return made
  }
}

/// A named, typed, append-only set of rows: an immutable snapshot of row groups.
package final class Table: @unchecked Sendable {
  package let name: String
  package let schema: Schema
  package let groups: [RowGroup]
  /// The rows in `groups`; 0 if another program stores the rows.
  package let rowCount: Int
  /// The source of the rows if they are not in `groups`: a database of another program.
  package let external: (any ExternalRows)?
  private let known = LockedValue<[Int: ColumnStatistics]>([:])

  package init(name: String, schema: Schema, groups: [RowGroup]) {
    self.name = name
    self.schema = schema
    self.groups = groups
    external = nil
    rowCount = groups.reduce(0) { $0 &+ $1.count }
  }

  /// A table whose rows are read elsewhere, each time a query scans it.
  package init(name: String, external: any ExternalRows) {
    self.name = name
    schema = external.schema
    groups = []
    self.external = external
    rowCount = 0
  }

  /// The table with its rows in memory, which are read now if another program stores them.
  ///
  /// - Throws: what reading throws.
  package func fetched(_ context: ExecutionContext) throws -> Table {
    guard let external else { return self }
    let cursor = try external.open(ExternalRequest(columns: Array(schema.indices)), context)
    var groups: [RowGroup] = []
    while let group = try cursor.next(rows: RowGroup.capacity) {
      try context.checkpoint()
      groups.append(group)
    }
    return Table(name: name, schema: schema, groups: groups)
  }

  /// The number of rows, as far as it is known without reading.
  var rowEstimate: Int { external?.rowEstimate ?? rowCount }

  /// The same table with more rows at its end.
  package func appending(_ more: [RowGroup]) -> Table {
    Table(name: name, schema: schema, groups: groups + more)
  }

  /// The statistics of a column, without its rows.
  func facts(_ column: Int) -> ColumnStatistics {
    known.withLock { known in
      if let facts = known[column] { return facts }
      let facts = ColumnStatistics(groups, column: column, hasTexts: schema[column].type.lane == .bytes)
      known[column] = facts
      return facts
    }
  }
}

extension Vector {
  /// The bounds of the values, one pass.
  func zoneRange() -> ZoneRange {
    var zone = ZoneRange(words: nil, floats: nil, hasNulls: false)
    let n = isConstant ? Swift.min(count, 1) : count
    if let nulls {
      var any: UInt8 = 0
      for i in 0..<n { any |= nulls[i] }
      zone.hasNulls = any != 0
    }
    guard n > 0 else { return zone }
    switch (type.lane, encoding) {
    case (.word, .plain):
      let values = lanes(Int64.self)
      var low = Int64.max, high = Int64.min
      if zone.hasNulls, let nulls {
        for i in 0..<n where nulls[i] == 0 {
          low = Swift.min(low, values[i])
          high = Swift.max(high, values[i])
        }
      } else {
        for i in 0..<n {
          low = Swift.min(low, values[i])
          high = Swift.max(high, values[i])
        }
      }
      if low <= high { zone.words = low...high }
    case (.word, .narrow):
      let values = lanes(Int32.self)
      var low = Int32.max, high = Int32.min
      for i in 0..<n where nulls.map({ $0[i] == 0 }) ?? true {
        low = Swift.min(low, values[i])
        high = Swift.max(high, values[i])
      }
      if low <= high { zone.words = Int64(low)...Int64(high) }
    case (.float, .plain):
      let values = lanes(Double.self)
      var low = Double.infinity, high = -Double.infinity
      for i in 0..<n where nulls.map({ $0[i] == 0 }) ?? true {
        // A NaN leaves the bounds unknown, so that no filter skips its group.
        if values[i].isNaN { return zone }
        low = Swift.min(low, values[i])
        high = Swift.max(high, values[i])
      }
      if low <= high { zone.floats = low...high }
    default: break
    }
    return zone
  }
}
