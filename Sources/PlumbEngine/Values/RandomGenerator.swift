/// A seeded generator of random numbers: the same seed gives the same numbers everywhere.
// Blackman and Vigna, xoshiro256** 1.0, its state filled by SplitMix64.
package struct RandomGenerator: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  package init(seed: UInt64) {
    var mixer = seed
    func next() -> UInt64 {
      mixer &+= 0x9E37_79B9_7F4A_7C15
      var z = mixer
      z = (z ^ z &>> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z &>> 27) &* 0x94D0_49BB_1331_11EB
      return z ^ z &>> 31
    }
    state = (next(), next(), next(), next())
  }

  package mutating func next() -> UInt64 {
    let product = state.1 &* 5
    let result = (product &<< 7 | product &>> 57) &* 9
    let shifted = state.1 &<< 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = state.3 &<< 45 | state.3 &>> 19
    return result
  }

  /// A real in 0..<1.
  package mutating func unit() -> Double { Double(next() &>> 11) * 0x1p-53 }

  /// A whole number in 0..<bound, or 0 if that range is empty.
  package mutating func below(_ bound: UInt64) -> UInt64 {
    if bound == 0 { return 0 }
    // Lemire (2019), without its rare rejection: the bias is below bound / 2^64.
    return next().multipliedFullWidth(by: bound).high
  }

  /// A generator for a part of the work, such as a morsel, that does not depend on the order of the parts.
  package static func part(_ index: UInt64, of seed: UInt64) -> RandomGenerator {
    RandomGenerator(seed: seed ^ (index &+ 1) &* 0xD6E8_FEB8_6659_FD93)
  }
}
