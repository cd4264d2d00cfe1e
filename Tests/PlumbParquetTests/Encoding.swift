import PlumbEngine

@testable import PlumbParquet

/// Encoders of the plainest kind, one number after the other, to hold the readers against.
enum Encoding {
  static func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var out: [UInt8] = []
    while rest >= 0x80 {
      out.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return out + [UInt8(rest)]
  }

  static func zigzag(_ value: Int64) -> [UInt8] { varint(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  /// Numbers of `width` bits, the lowest bit first.
  static func packed(_ values: [UInt64], width: Int) -> [UInt8] {
    var bits: [Bool] = []
    for value in values { for bit in 0..<width { bits.append(value >> UInt64(bit) & 1 == 1) } }
    return stride(from: 0, to: bits.count, by: 8).map { start in
      (0..<8).reduce(UInt8(0)) { start + $1 < bits.count && bits[start + $1] ? $0 | 1 << UInt8($1) : $0 }
    }
  }

  /// Runs and packed groups, cut as the dice fall where that is possible.
  static func hybrid(_ values: [UInt64], width: Int, _ dice: inout some RandomNumberGenerator) -> [UInt8] {
    var out: [UInt8] = []
    var at = 0
    while at < values.count {
      var run = 1
      while at + run < values.count, values[at + run] == values[at] { run += 1 }
      if run >= 8 || (at + 8 > values.count && run == values.count - at) || Bool.random(using: &dice) && run > 3 {
        out += varint(UInt64(run) << 1)
        out += MadeFile.little(values[at]).prefix((width + 7) / 8)
        at += run
      } else {
        let groups = max(1, min(Int.random(in: 1...4, using: &dice), (values.count - at) / 8))
        var part = Array(values[at..<min(values.count, at + groups * 8)])
        at += part.count
        while part.count < groups * 8 { part.append(0) }
        out += varint(UInt64(groups) << 1 | 1) + packed(part, width: width)
      }
    }
    return out
  }

  static func delta(_ values: [Int64], blockSize: Int = 128, parts: Int = 4) -> [UInt8] {
    var out = varint(UInt64(blockSize)) + varint(UInt64(parts)) + varint(UInt64(values.count)) + zigzag(values.first ?? 0)
    let steps = zip(values, values.dropFirst()).map { $1 &- $0 }
    for start in stride(from: 0, to: steps.count, by: blockSize) {
      let block = Array(steps[start..<min(steps.count, start + blockSize)])
      let least = block.min() ?? 0
      let size = blockSize / parts
      var widths: [UInt8] = [], bodies: [UInt8] = []
      for part in 0..<parts {
        var numbers = block.dropFirst(part * size).prefix(size).map { UInt64(bitPattern: $0 &- least) }
        let width = numbers.map { 64 - $0.leadingZeroBitCount }.max() ?? 0
        widths.append(UInt8(width))
        if numbers.isEmpty { continue }
        while numbers.count < size { numbers.append(0) }
        bodies += packed(numbers, width: width)
      }
      out += zigzag(least) + widths + bodies
    }
    return out
  }

  static func texts(_ texts: [[UInt8]]) -> [UInt8] { texts.flatMap { MadeFile.little(UInt32($0.count)) + $0 } }

  static func deltaLengths(_ texts: [[UInt8]]) -> [UInt8] { delta(texts.map { Int64($0.count) }) + texts.flatMap { $0 } }

  static func deltaBytes(_ texts: [[UInt8]]) -> [UInt8] {
    var shared: [Int] = []
    for (number, text) in texts.enumerated() {
      shared.append(number == 0 ? 0 : zip(text, texts[number - 1]).prefix { $0 == $1 }.count)
    }
    return delta(shared.map { Int64($0) }) + deltaLengths(zip(texts, shared).map { Array($0.dropFirst($1)) })
  }

  /// All first bytes, then all second ones.
  static func split(_ values: [UInt8], width: Int) -> [UInt8] {
    (0..<width).flatMap { place in stride(from: place, to: values.count, by: width).map { values[$0] } }
  }

  /// Snappy of literals and of copies of what came before.
  static func snappy(_ bytes: [UInt8]) -> [UInt8] {
    var out = varint(UInt64(bytes.count))
    var at = 0, literal: [UInt8] = []
    func flushed() -> [UInt8] {
      if literal.isEmpty { return [] }
      let count = literal.count - 1
      let head: [UInt8] = count < 60 ? [UInt8(count) << 2] : count < 256 ? [60 << 2, UInt8(count)] : [61 << 2] + MadeFile.little(UInt16(count))
      defer { literal = [] }
      return head + literal
    }
    while at < bytes.count {
      // The longest copy from a little before.
      var best = (length: 0, distance: 0)
      for distance in 1...max(1, min(at, 70)) where distance <= at {
        var length = 0
        while length < 64, at + length < bytes.count, bytes[at + length] == bytes[at + length - distance] { length += 1 }
        if length > best.length { best = (length, distance) }
      }
      if best.length >= 4 {
        out += flushed()
        if best.length <= 11, best.distance < 2048 {
          out += [UInt8(best.length - 4) << 2 | 1 | UInt8(best.distance >> 8) << 5, UInt8(best.distance & 255)]
        } else {
          out += [UInt8(best.length - 1) << 2 | 2] + MadeFile.little(UInt16(best.distance))
        }
        at += best.length
      } else {
        literal.append(bytes[at])
        at += 1
        if literal.count == 60_000 { out += flushed() }
      }
    }
    return out + flushed()
  }
}
