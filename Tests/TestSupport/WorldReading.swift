import PlumbEngine
import PlumbSimulator

extension World {
  /// A world for tests; sizes are small unless told otherwise.
  package static func made(
    pipelines: Int = 40, days: Int = 6, seed: UInt64 = 3, difficulty: Difficulty = .normal, threads: Int = 2
  ) throws -> World {
    try World(WorldOptions(pipelines: pipelines, days: days, seed: seed, difficulty: difficulty, threads: threads))
  }

  /// A hash of every cell of every table, in order.
  package func digest() throws -> UInt64 {
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
