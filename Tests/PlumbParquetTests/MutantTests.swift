import Foundation
import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbParquet

/// A damaged file is read or ends in a diagnostic; it takes no more memory than there is, and no more than a moment.
///
/// `PLUMB_MUTANTS` says how many there are, and `PLUMB_PARQUET_FILES` names a folder of files of other writers.
@Suite struct ParquetMutationTests {
  private static func originals() throws -> [[UInt8]] {
    var dice = Dice(seed: 1)
    var files = [
      try RoundTripTests.written(RoundTripTests.table(40, seed: 1)), try RoundTripTests.written(RoundTripTests.table(700, seed: 2)),
    ]
    for encoding in [ValueEncoding.plain, .deltaLengths, .deltaBytes] {
      let texts = (0..<60).map { Array("text \($0 / 3)".utf8) }
      let values = encoding == .plain ? Encoding.texts(texts) : encoding == .deltaLengths ? Encoding.deltaLengths(texts) : Encoding.deltaBytes(texts)
      var page = MadeFile.Page(kind: .dataV2, count: 60, encoding: encoding, values: values)
      page.packed = (.snappy, Encoding.snappy)
      files.append(MadeFile(MadeFile.leaf("s", 6, converted: 0), rows: 60, MadeFile.Chunk(pages: [page])).bytes)
    }
    let numbers = (0..<300).map { _ in Int64(bitPattern: dice.next()) >> 20 }
    files.append(
      MadeFile(
        MadeFile.leaf("n", 2), rows: 300,
        MadeFile.Chunk(pages: [MadeFile.Page(count: 300, encoding: .deltaPacked, values: Encoding.delta(numbers))])
      ).bytes)
    if let folder = ProcessInfo.processInfo.environment["PLUMB_PARQUET_FILES"] {
      for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where name.hasSuffix(".parquet") {
        files.append([UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))))
      }
    }
    return files
  }

  /// Bytes are changed mostly where lengths and counts are: in the footer and in heads of pages.
  private static func mutated(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<1 + dice.roll(4) where bytes.count > 16 {
      let footer = min(bytes.count, 400)
      let place =
        switch dice.roll(4) {
        case 0: dice.roll(bytes.count)
        case 1: min(bytes.count - 1, 4 + dice.roll(60))
        default: bytes.count - 1 - dice.roll(footer)
        }
      switch dice.roll(7) {
      case 0: bytes[place] = dice.pick([0, 1, 0x7F, 0x80, 0xFF])
      case 1: bytes[place] ^= 1 << UInt8(dice.roll(8))
      case 2: bytes[place] = UInt8(dice.roll(256))
      case 3: bytes.remove(at: place)
      case 4: bytes.insert(UInt8(dice.roll(256)), at: place)
      case 5: bytes.replaceSubrange(place..<min(bytes.count, place + 5), with: [0xFF, 0xFF, 0xFF, 0xFF, 0x0F])
      default: bytes.removeSubrange(place..<min(bytes.count, place + 1 + dice.roll(30)))
      }
    }
    // A mutant with a wrong end says nothing of the rest; most keep theirs.
    if dice.roll(10) != 0, bytes.count > 12 { bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: Array("PAR1".utf8)) }
    return bytes
  }

  @Test func everyMutantEndsWell() throws {
    let count = ProcessInfo.processInfo.environment["PLUMB_MUTANTS"].flatMap { Int($0) } ?? 2_000
    let originals = try Self.originals()
    for original in originals { #expect(MadeFile.outcome(original) == "read") }
    var dice = Dice(seed: 20_260_101)
    var outcomes: [String: Int] = [:]
    for number in 0..<count {
      let mutant = Self.mutated(originals[number % originals.count], &dice)
      let outcome = MadeFile.outcome(mutant, memory: 256 << 20)
      let code = String(outcome.prefix { $0 != ":" && $0 != " " })
      outcomes[code, default: 0] += 1
      #expect(["read", "bad-parquet", "unsupported-parquet", "memory-limit", "too-many-columns"].contains(code), "mutant \(number): \(outcome)")
    }
    print("mutated Parquet files:", outcomes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
    #expect(outcomes["read", default: 0] > 0 && outcomes["bad-parquet", default: 0] > 0)
  }
}
