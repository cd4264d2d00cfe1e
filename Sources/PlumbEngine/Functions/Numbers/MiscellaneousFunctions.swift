import PlumbDiagnostics
import Synchronization

extension ScalarFunction {
  /// Functions of chance, of checks and of storage.
  static let miscellaneous: [ScalarFunction] = [
    ScalarFunction(
      "rand", "Returns a random number from 0 to 1, or a whole number below `bound`.", "[bound]",
      examples: [.init("rand() < 1", is: "true"), .init("rand(1)", is: "0")],
      overloads: [
        .columns([], to: .real) { (arguments: Arguments) in
          var generator = nextGenerator(arguments)
          return mapRows(arguments) { (_: Int, _: ByteArena) -> Double in generator.unit() }
        },
        .columns([.long], to: .real) { (arguments: Arguments) in
          var generator = nextGenerator(arguments)
          let bounds = Input<Int64>(arguments, 0)
          return mapRows(arguments) { (row: Int, _: ByteArena) -> Double in
            Double(generator.below(UInt64(Swift.max(bounds[row], 0))))
          }
        },
      ], traits: FunctionTraits(isVolatile: true)).naming(.firstArgument),
    ScalarFunction(
      "new_guid", "Returns a new random identifier.", "", examples: [.init("isnotempty(tostring(new_guid()))", is: "true")],
      overloads: [
        .columns([], to: .guid) { (arguments: Arguments) in
          var generator = nextGenerator(arguments)
          return mapRows(arguments) { (_: Int, _: ByteArena) -> GUID in
            // RFC 9562, version 4.
            GUID(
              high: generator.next() & ~0xF000 | 0x4000, low: generator.next() & ~(3 &<< 62) | 2 &<< 62)
          }
        }
      ], traits: FunctionTraits(isVolatile: true)),
    ScalarFunction(
      "assert", "Ends the query with `message` unless `condition` is true.", "condition, message",
      examples: [.init("assert(1 < 2, \"numbers are broken\")", is: "true")],
      overloads: [
        .columns([.bool, .string], to: .bool) { (arguments: Arguments) in
          let conditions = arguments.plain(0), messages = arguments.plain(1)
          for row in 0..<arguments.count where !conditions.isTrue(row) {
            let message = messages.bytes(at: messages.isConstant ? 0 : row)
            throw Diagnostic("assertion-failed", String(message), at: arguments.span)
          }
          return conditions
        }
      ]),
    ScalarFunction(
      "estimate_data_size", "Estimates how many bytes the values of `column` take.", "column, ...",
      examples: [.init("estimate_data_size(1, 'four')", is: "12")],
      overloads: [
        .columns([], rest: .any, minimumRest: 1, result: { _ in .long }) { (arguments: Arguments) in
          dataSizes(arguments)
        }
      ]),
  ]
}

/// Counts the chunks that a call with randomness has processed, so that each gets different numbers.
private final class ChunkCounter: Sendable {
  private let count = Atomic<UInt64>(0)
  func next() -> UInt64 { count.wrappingAdd(1, ordering: .relaxed).oldValue }
}

private func nextGenerator(_ arguments: Arguments) -> RandomGenerator {
  let counter = arguments.prepared.value { ChunkCounter() }
  // The position of the call is part of the seed: two calls in one query differ.
  let seed = arguments.context.seed ^ (UInt64(truncatingIfNeeded: arguments.span.lower) &+ 1) &* 0x9E37_79B9_7F4A_7C15
  return RandomGenerator.part(counter.next(), of: seed)
}

private func dataSizes(_ arguments: Arguments) -> Vector {
  let n = arguments.count
  let result = Buffer(of: Int64.self, count: n)
  let out = result.values(Int64.self)
  var fixed: Int64 = 0
  out.update(repeating: 0, count: n)
  for index in arguments.vectors.indices {
    switch arguments[index].type {
    case .bool: fixed &+= 1
    case .int: fixed &+= 4
    case .long, .real, .datetime, .timespan: fixed &+= 8
    case .decimal, .guid: fixed &+= 16
    case .string, .dynamic:
      let vector = arguments.plain(index)
      let texts = vector.lanes(Bytes.self)
      let step = vector.isConstant ? 0 : 1
      for i in 0..<n { out[i] &+= Int64(texts[i &* step].count) }
    }
  }
  for i in 0..<n { out[i] &+= fixed }
  return Vector(.long, count: n, buffer: result)
}
