import PlumbDiagnostics
import Testing

@testable import PlumbEngine
@testable import PlumbParquet

/// Every encoding of every type reads back as the values that were encoded, with nulls and without, in pages of both versions.
@Suite struct EncodingTests {
  private struct Column: Sendable {
    let element: SchemaElement
    /// A value as PLAIN has it, and as text; made from a number.
    let value: @Sendable (Int64) -> (bytes: [UInt8], text: String)
    let encodings: [ValueEncoding]
  }

  private static let columns: [Column] = [
    Column(element: MadeFile.leaf("i", 1), value: { (MadeFile.little(Int32(truncatingIfNeeded: $0)), "\(Int32(truncatingIfNeeded: $0))") },
      encodings: [.plain, .deltaPacked, .splitBytes, .dictionary]),
    Column(element: MadeFile.leaf("l", 2), value: { (MadeFile.little($0), "\($0)") }, encodings: [.plain, .deltaPacked, .splitBytes, .plainDictionary]),
    Column(element: MadeFile.leaf("u", 1, converted: 13), value: { (MadeFile.little(UInt32(truncatingIfNeeded: $0)), "\(UInt32(truncatingIfNeeded: $0))") },
      encodings: [.plain, .deltaPacked, .dictionary]),
    Column(element: MadeFile.leaf("w", 2, converted: 14), value: { (MadeFile.little(UInt64(bitPattern: $0)), "\(UInt64(bitPattern: $0))") },
      encodings: [.plain, .deltaPacked, .dictionary]),
    Column(element: MadeFile.leaf("f", 4), value: { (MadeFile.little((Float($0 % 1000) / 4).bitPattern), real(Double($0 % 1000) / 4)) },
      encodings: [.plain, .splitBytes, .dictionary]),
    Column(element: MadeFile.leaf("d", 5), value: { (MadeFile.little((Double($0) / 8).bitPattern), real(Double($0) / 8)) },
      encodings: [.plain, .splitBytes, .dictionary]),
    Column(element: MadeFile.leaf("b", 0), value: { ([UInt8($0 & 1)], $0 & 1 == 1 ? "true" : "false") }, encodings: [.plain, .runs]),
    Column(element: MadeFile.leaf("s", 6, converted: 0), value: { text in
        let text = String(repeating: "prefix ", count: Int(text & 3)) + "é\(text)"
        return (MadeFile.little(UInt32(text.utf8.count)) + Array(text.utf8), text)
      }, encodings: [.plain, .deltaLengths, .deltaBytes, .dictionary]),
    Column(element: MadeFile.leaf("g", 7, length: 3), value: { number in
        let bytes = [UInt8(0x61) + UInt8(number & 7), 0x2D, UInt8(0x30) + UInt8(number >> 3 & 7)]
        return (bytes, String(decoding: bytes, as: UTF8.self))
      }, encodings: [.plain, .deltaBytes, .splitBytes, .dictionary]),
  ]

  private static func real(_ number: Double) -> String {
    var text = ByteBuffer()
    NumberText.print(number, to: &text)
    return text.string
  }

  private static func numbers(_ count: Int, _ dice: inout Dice) -> [Int64] {
    switch dice.roll(4) {
    case 0: (0..<count).map { _ in Int64(bitPattern: dice.next()) }
    case 1: (0..<count).map { _ in Int64(dice.roll(5)) }
    case 2: (0..<count).map { Int64($0) * 1_000_003 }
    default: (0..<count).map { _ in dice.pick([Int64.min, .max, 0, -1]) }
    }
  }

  private static func encoded(_ values: [(bytes: [UInt8], text: String)], _ column: Column, _ encoding: ValueEncoding, _ dice: inout Dice) -> (dictionary: MadeFile.Page?, values: [UInt8]) {
    let plain = values.flatMap(\.bytes)
    switch encoding {
    case .plain: return (nil, column.element.type == 0 ? Encoding.packed(values.map { UInt64($0.bytes[0]) }, width: 1) : plain)
    case .runs:
      let runs = Encoding.hybrid(values.map { UInt64($0.bytes[0]) }, width: 1, &dice)
      return (nil, MadeFile.little(UInt32(runs.count)) + runs)
    case .deltaPacked:
      let numbers = values.map { value in
        value.bytes.count == 4
          ? Int64(Int32(bitPattern: value.bytes.enumerated().reduce(0) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) }))
          : Int64(bitPattern: value.bytes.enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) })
      }
      return (nil, Encoding.delta(numbers, blockSize: dice.pick([128, 256]), parts: dice.pick([1, 2, 4])))
    case .deltaLengths: return (nil, Encoding.deltaLengths(values.map { Array($0.bytes.dropFirst(4)) }))
    case .deltaBytes:
      return (nil, Encoding.deltaBytes(values.map { Array($0.bytes.dropFirst(column.element.type == 6 ? 4 : 0)) }))
    case .splitBytes: return (nil, Encoding.split(plain, width: values.first?.bytes.count ?? 1))
    case .dictionary, .plainDictionary:
      var entries: [[UInt8]] = [], numbers: [UInt64] = []
      for value in values {
        let place = entries.firstIndex(of: value.bytes) ?? entries.count
        if place == entries.count { entries.append(value.bytes) }
        numbers.append(UInt64(place))
      }
      let width = max(0, Int.bitWidth - (max(1, entries.count) - 1).leadingZeroBitCount) + dice.roll(3)
      let page = MadeFile.Page(kind: .dictionary, count: entries.count, values: entries.flatMap { $0 })
      return (page, [UInt8(width)] + Encoding.hybrid(numbers, width: width, &dice))
    case .packedLevels: preconditionFailure("values are never encoded so")
    }
  }

  @Test func everyEncodingOfEveryType() throws {
    var dice = Dice(seed: 17)
    for column in Self.columns {
      for encoding in column.encodings {
        for hasNulls in [false, true] {
          for count in [0, 1, 7, 8, 9, 130, 1000] {
            var pages: [MadeFile.Page] = [], expected: [String] = []
            // Two pages share a dictionary.
            let all = Self.numbers(2 * count, &dice).map(column.value)
            let marks = all.map { _ in hasNulls && dice.roll(3) == 0 }
            let present = zip(all, marks).filter { !$1 }.map(\.0)
            let dictionary = Self.encoded(present, column, encoding, &dice).dictionary
            if let dictionary { pages.append(dictionary) }
            for half in 0..<2 where count > 0 {
              let range = half * count..<(half + 1) * count
              let values = range.filter { !marks[$0] }.map { all[$0] }
              var page = MadeFile.Page(kind: dice.pick([.data, .dataV2]), count: count, encoding: encoding, hasDefinition: hasNulls)
              if hasNulls { page.definition = Encoding.hybrid(range.map { marks[$0] ? 0 : 1 }, width: 1, &dice) }
              page.values = Self.encoded(values, column, encoding, &dice).values
              if let dictionary {
                // The numbers of the shared dictionary.
                let entries = Self.entries(dictionary.values, column, dictionary.count)
                let numbers = values.map { value in UInt64(entries.firstIndex(of: value.bytes) ?? 0) }
                let width = max(1, Int.bitWidth - (max(1, entries.count) - 1).leadingZeroBitCount)
                page.values = [UInt8(width)] + Encoding.hybrid(numbers, width: width, &dice)
              }
              if dice.roll(2) == 0 { page.packed = (.snappy, Encoding.snappy) }
              pages.append(page)
              expected += range.map { marks[$0] ? (column.element.type == 6 || column.element.type == 7 ? "-" : "-") : all[$0].text }
            }
            // A chunk has one codec, which pages of version 1 cannot leave out.
            if pages.contains(where: { $0.packed != nil }) {
              for place in pages.indices where pages[place].packed == nil && pages[place].kind != .dataV2 {
                pages[place].packed = (.snappy, Encoding.snappy)
              }
            }
            var element = column.element
            element.repetition = hasNulls ? .optional : .required
            let file = MadeFile(element, rows: count * 2, MadeFile.Chunk(pages: pages))
            let cells = try MadeFile.cells(file.bytes)[0].map { $0.isEmpty ? "-" : $0 }
            #expect(cells == expected, "\(element.name) \(encoding.name), \(count) rows")
          }
        }
      }
    }
  }

  private static func entries(_ plain: [UInt8], _ column: Column, _ count: Int) -> [[UInt8]] {
    var at = 0
    return (0..<count).map { _ in
      let size: Int
      switch column.element.type {
      case 1, 4: size = 4
      case 2, 5: size = 8
      case 7: size = Int(column.element.length)
      default: size = 4 + Int(plain[at]) + Int(plain[at + 1]) << 8
      }
      defer { at += size }
      return Array(plain[at..<at + size])
    }
  }

  /// Numbers of every width in any mixture of runs, read in pieces of any size.
  @Test func runsOfEveryWidth() throws {
    var dice = Dice(seed: 3)
    for width in 0...32 {
      let most = width == 0 ? 0 : UInt64.max >> UInt64(64 - width)
      let values: [UInt64] = (0..<300).flatMap { _ in [UInt64](repeating: dice.next() & most, count: 1 + dice.roll(12)) }
      let bytes = Encoding.hybrid(values, width: width, &dice)
      let buffer = Buffer(byteCount: bytes.count + 16)
      bytes.withUnsafeBytes { if let base = $0.baseAddress { buffer.base.copyMemory(from: base, byteCount: $0.count) } }
      var reader = HybridReader(Bytes(start: UnsafePointer(buffer.values(UInt8.self)), count: bytes.count), width: width)
      var found: [UInt64] = []
      while found.count < values.count {
        var room = [UInt32](repeating: 0, count: min(values.count - found.count, 1 + dice.roll(70)))
        let count = room.count
        try room.withUnsafeMutableBufferPointer { try reader.read(count, into: $0.baseAddress!) }
        found += room.map { UInt64($0) }
      }
      #expect(found == values, "width \(width)")
      #expect(throws: ParquetFault.self) {
        var one: UInt32 = 0
        if width == 0 { throw ParquetFault("has no end") }
        // Nothing is left but what fills the last group up.
        for _ in 0..<9 { try reader.read(1, into: &one) }
      }
    }
  }

  /// Differences wrap around, as those of the extremes must.
  @Test func deltasOfExtremes() throws {
    var dice = Dice(seed: 4)
    for count in [1, 2, 31, 33, 128, 129, 700] {
      let values = (0..<count).map { _ in dice.pick([Int64.min, .max, 0, 1, -1, Int64(bitPattern: dice.next())]) }
      let page = MadeFile.Page(count: count, encoding: .deltaPacked, values: Encoding.delta(values))
      let file = MadeFile(MadeFile.leaf("l", 2), rows: count, MadeFile.Chunk(pages: [page]))
      #expect(try MadeFile.cells(file.bytes) == [values.map { "\($0)" }])
    }
  }

  @Test func snappyOfEveryShape() {
    var dice = Dice(seed: 5)
    for round in 0..<200 {
      var bytes: [UInt8] = []
      for _ in 0..<dice.roll(40) {
        let piece = (0..<1 + dice.roll(90)).map { _ in UInt8(dice.roll(round % 2 == 0 ? 3 : 256)) }
        for _ in 0..<1 + dice.roll(5) { bytes += piece }
      }
      let packed = Encoding.snappy(bytes)
      let source = Buffer(byteCount: packed.count + 16), target = Buffer(byteCount: bytes.count + 16)
      packed.withUnsafeBytes { source.base.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
      let isWhole = Snappy.unpack(
        Bytes(start: UnsafePointer(source.values(UInt8.self)), count: packed.count), into: target.values(), size: bytes.count)
      #expect(isWhole && Array(UnsafeBufferPointer(start: target.values(UInt8.self), count: bytes.count)) == bytes)
    }
  }
}
