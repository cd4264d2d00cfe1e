import PlumbDiagnostics
import PlumbEngine

/// A row of `plumb_tables` with its columns.
struct TableRow {
  var id: Int64
  var name: String
  var columns: [ColumnRow]
  var rowCount: Int64 = 0
  var groupCount: Int64 = 0
  var groupChecksums: Int64 = 0

  var schema: Schema { columns.map { ColumnInfo($0.name, $0.type) } }

  var checksum: Int64 {
    RecordChecksum().adding(id).adding(name).adding(Int64(columns.count)).adding(rowCount).adding(groupCount)
      .adding(groupChecksums).value(2)
  }

  /// Changes with every change to the table's rows or columns.
  var version: Int64 {
    columns.reduce(RecordChecksum().adding(checksum)) { $0.adding($1.checksum(ofTable: id)) }.value(0)
  }
}

/// A row of `plumb_columns`.
struct ColumnRow {
  var name: String
  var type: ScalarType
  /// The number of entries in the column's dictionary.
  var textCount: Int64 = 0
  var place: Int64

  func checksum(ofTable id: Int64) -> Int64 {
    RecordChecksum().adding(id).adding(place).adding(name).adding(type.name).adding(textCount).value(3)
  }
}

/// A row of `plumb_groups`: the number of rows, and what is known about each column.
struct GroupRow {
  var id: Int64
  var tableID: Int64
  var place: Int64
  var rowCount: Int
  var bounds: [ColumnBounds]
  /// The columns for which a salvaged file has no undamaged values.
  private(set) var lost: Set<Int> = []

  init(id: Int64, tableID: Int64, place: Int64, rowCount: Int, bounds: [ColumnBounds]) {
    self.id = id
    self.tableID = tableID
    self.place = place
    self.rowCount = rowCount
    self.bounds = bounds
  }

  /// Makes a column null in all rows.
  mutating func lose(_ column: Int, _ type: ScalarType) {
    lost.insert(column)
    bounds[column] = ColumnBounds(
      zone: ZoneRange(words: nil, floats: nil, hasNulls: type != .string), dictionaryCount: 0, segmentChecksum: 0)
  }

  /// What is known about a group's column without reading it.
  struct ColumnBounds {
    var zone: ZoneRange
    /// The number of entries that the dictionary must have; 0 without codes.
    var dictionaryCount: Int
    var segmentChecksum: Int64
  }

  /// Twenty-nine bytes per column.
  var packedBounds: ByteBuffer {
    var out = ByteBuffer(capacity: bounds.count * 29)
    for bounds in bounds {
      var flags: UInt8 = bounds.zone.hasNulls ? 4 : 0
      var low: Int64 = 0, high: Int64 = 0
      if let words = bounds.zone.words {
        flags |= 1
        (low, high) = (words.lowerBound, words.upperBound)
      } else if let floats = bounds.zone.floats {
        flags |= 2
        (low, high) = (
          Int64(bitPattern: floats.lowerBound.bitPattern), Int64(bitPattern: floats.upperBound.bitPattern)
        )
      }
      out.append(flags)
      out.append(littleEndian: low)
      out.append(littleEndian: high)
      out.append(littleEndian: UInt32(truncatingIfNeeded: bounds.dictionaryCount))
      out.append(littleEndian: bounds.segmentChecksum)
    }
    return out
  }

  static func bounds(_ bytes: Bytes, columns: Int) -> [ColumnBounds]? {
    guard bytes.count == columns * 29 else { return nil }
    var result: [ColumnBounds] = []
    result.reserveCapacity(columns)
    for column in 0..<columns {
      let at = column * 29
      let flags = bytes[at]
      let low = bytes.littleEndian(Int64.self, at: at + 1)
      let high = bytes.littleEndian(Int64.self, at: at + 9)
      var zone = ZoneRange(words: nil, floats: nil, hasNulls: flags & 4 != 0)
      if flags & 1 != 0 {
        guard low <= high else { return nil }
        zone.words = low...high
      } else if flags & 2 != 0 {
        let bounds = (Double(bitPattern: UInt64(bitPattern: low)), Double(bitPattern: UInt64(bitPattern: high)))
        guard bounds.0 <= bounds.1 else { return nil }
        zone.floats = bounds.0...bounds.1
      }
      let count = bytes.littleEndian(UInt32.self, at: at + 17)
      let checksum = bytes.littleEndian(Int64.self, at: at + 21)
      result.append(ColumnBounds(zone: zone, dictionaryCount: Int(count), segmentChecksum: checksum))
    }
    return result
  }

  func checksum(_ packed: ByteBuffer) -> Int64 {
    packed.withBytes {
      RecordChecksum().adding(id).adding(tableID).adding(place).adding(Int64(rowCount)).adding($0).value(4)
    }
  }

  /// The number of a column's segment.
  static func segmentID(_ group: Int64, _ column: Int) -> Int64 { group &* 16_384 &+ Int64(column) }
}

/// A function stored in a workspace, as `.create function` wrote it.
package struct StoredFunction: Hashable, Sendable {
  package var name: String
  /// With its brackets: `(since: timespan = 1h)`.
  package var parameters: String
  /// With its braces.
  package var body: String
  package var folder: String
  package var summary: String

  package init(name: String, parameters: String, body: String, folder: String = "", summary: String = "") {
    self.name = name
    self.parameters = parameters
    self.body = body
    self.folder = folder
    self.summary = summary
  }

  var checksum: Int64 {
    RecordChecksum().adding(name).adding(parameters).adding(body).adding(folder).adding(summary).value(5)
  }
}
