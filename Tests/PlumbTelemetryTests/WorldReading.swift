import PlumbEngine
import PlumbTelemetry
import Testing

extension World {
  /// A world for tests; sizes are small unless told otherwise.
  static func made(pipelines: Int = 40, days: Int = 6, seed: UInt64 = 3, threads: Int = 2) throws -> World {
    try World(WorldOptions(pipelines: pipelines, days: days, seed: seed, threads: threads))
  }

  /// A hash of every cell of every table, in order.
  func digest() throws -> UInt64 {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for name in World.tableNames {
      let table = try table(named: name)
      var text = ByteBuffer()
      for group in table.groups {
        let columns = try group.columns
        for row in 0..<group.count {
          text.removeAll()
          for column in columns {
            column.printText(at: row, to: &text)
            text.append(UInt8(ascii: "\t"))
          }
          text.withBytes { bytes in
            for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
          }
        }
      }
    }
    return state
  }
}

extension Table {
  /// The cells of a column, in the order of rows.
  func cells(_ name: String) throws -> [Value] {
    let index = try #require(schema.firstIndex { $0.name == name })
    return try groups.flatMap { group in
      let column = try group.column(index)
      return (0..<group.count).map { column.value(at: $0) }
    }
  }

  func texts(_ name: String) throws -> [String] {
    try cells(name).map { if case .string(let text) = $0 { text } else { "" } }
  }

  /// Numbers of a long, datetime or timespan column; nil for null.
  func words(_ name: String) throws -> [Int64?] {
    try cells(name).map {
      switch $0 {
      case .long(let word), .datetime(let word), .timespan(let word): word
      default: nil
      }
    }
  }
}
