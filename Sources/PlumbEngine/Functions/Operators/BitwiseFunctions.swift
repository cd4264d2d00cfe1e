extension ScalarFunction {
  /// Functions over the bits of whole numbers.
  static let bitwise: [ScalarFunction] = [
    ScalarFunction(
      "binary_and", "Computes the bitwise AND of `a` and `b`.", "a, b",
      examples: [.init("binary_and(12, 10)", is: "8")], overloads: [bits(AndWords.self)]).naming(.firstArgument),
    ScalarFunction(
      "binary_or", "Computes the bitwise OR of `a` and `b`.", "a, b",
      examples: [.init("binary_or(12, 10)", is: "14")], overloads: [bits(OrWords.self)]).naming(.firstArgument),
    ScalarFunction(
      "binary_xor", "Computes the bitwise exclusive OR of `a` and `b`.", "a, b",
      examples: [.init("binary_xor(12, 10)", is: "6")], overloads: [bits(XorWords.self)]).naming(.firstArgument),
    ScalarFunction(
      "binary_not", "Inverts the bits of `number`.", "number",
      examples: [.init("binary_not(100)", is: "-101")],
      overloads: [
        .columns([.long], to: .long) { (arguments: Arguments) in
          arguments.plain(0).mapLanes(Int64.self, to: .long) { (number: Int64) in ~number }
        }
      ]).naming(.firstArgument),
    ScalarFunction(
      "binary_shift_left", "Shifts the bits of `number` left by `count`, modulo 64; null for a negative count.",
      "number, count", examples: [.init("binary_shift_left(1, 2)", is: "4")],
      overloads: [.maybe { (number: Int64, count: Int64) -> Int64? in count < 0 ? nil : number &<< count }])
      .naming(.firstArgument),
    ScalarFunction(
      "binary_shift_right", "Shifts the bits of `number` right by `count`, modulo 64; null for a negative count.",
      "number, count", examples: [.init("binary_shift_right(1, 2)", is: "0"), .init("binary_shift_right(-8, 1)", is: "-4")],
      overloads: [.maybe { (number: Int64, count: Int64) -> Int64? in count < 0 ? nil : number &>> count }])
      .naming(.firstArgument),
    ScalarFunction(
      "bitset_count_ones", "Counts the bits of `number` that are 1.", "number",
      examples: [.init("bitset_count_ones(42)", is: "3")],
      overloads: [
        .columns([.long], to: .long) { (arguments: Arguments) in
          arguments.plain(0).mapLanes(Int64.self, to: .long) { (number: Int64) in Int64(number.nonzeroBitCount) }
        }
      ]).naming(.firstArgument),
  ]

  private static func bits<O: LaneOperation>(_ operation: O.Type) -> Overload where O.Lane == Int64 {
    .columns([.long, .long], to: .long) { (arguments: Arguments) in arithmetic(O.self, arguments) }
  }
}

private enum AndWords: LaneOperation {
  @inline(__always) static func apply(_ lhs: Int64, _ rhs: Int64) -> Int64 { lhs & rhs }
}
private enum OrWords: LaneOperation {
  @inline(__always) static func apply(_ lhs: Int64, _ rhs: Int64) -> Int64 { lhs | rhs }
}
private enum XorWords: LaneOperation {
  @inline(__always) static func apply(_ lhs: Int64, _ rhs: Int64) -> Int64 { lhs ^ rhs }
}
