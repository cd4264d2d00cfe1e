/// A short stream of random numbers for one step of one entity, so that the order of work does not matter.
///
/// SplitMix64 (Steele, Lea, Flood, 2014); each step starts its own stream from a mixed key.
struct RandomStream {
  private var state: UInt64

  /// The purpose of a stream; different purposes never share numbers.
  enum Purpose: UInt64 {
    case topology = 1, edges, runs, incidents, outages, schemas, deployments, details, samples
    case faults, vendorDays, schedules, flows, texts, scenario
  }

  /// Returns the key of an entity's streams for one purpose.
  static func key(_ seed: UInt64, _ purpose: Purpose, _ entity: Int) -> UInt64 {
    let start = mixed(seed ^ (purpose.rawValue &* 0xA24B_AED4_963E_E407))
    return mixed(start &+ UInt64(bitPattern: Int64(entity)) &* 0x9FB2_1C65_1E98_DF25)
  }

  @inline(__always) init(key: UInt64, step: Int) {
    state = RandomStream.mixed(key &+ UInt64(bitPattern: Int64(step)) &* 0xD1B5_4A32_D192_ED03)
  }

  init(_ seed: UInt64, _ purpose: Purpose, _ entity: Int, step: Int = 0) {
    self.init(key: RandomStream.key(seed, purpose, entity), step: step)
  }

  @inline(__always) static func mixed(_ x: UInt64) -> UInt64 {
    var z = x
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }

  @inline(__always) mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return RandomStream.mixed(state)
  }

  /// Returns a number from 0 to just below 1.
  @inline(__always) mutating func unit() -> Double { Double(next() &>> 11) * 0x1p-53 }

  @inline(__always) mutating func between(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * unit()
  }

  /// Returns a number in 0 ..< `count`, which is at least 1.
  @inline(__always) mutating func below(_ count: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(truncatingIfNeeded: count)).high)
  }

  @inline(__always) mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  /// Returns a bell-shaped number with mean 0 and deviation 1 within ±3.5: the sum of four uniform numbers.
  @inline(__always) mutating func bell() -> Double {
    let bits = next()
    let sum = (bits & 0xFFFF) &+ (bits &>> 16 & 0xFFFF) &+ (bits &>> 32 & 0xFFFF) &+ (bits &>> 48)
    return (Double(sum) * 0x1p-16 - 2.0) * 1.7320508075688772
  }

  /// Returns an index into `weights`, which sum to `total`, with these probabilities.
  mutating func choice(_ weights: [Double], total: Double) -> Int {
    var left = unit() * total
    for (i, weight) in weights.enumerated() {
      left -= weight
      if left < 0 { return i }
    }
    return weights.count - 1
  }
}

/// `exp` from basic arithmetic alone, so that its last bit is the same on every machine.
enum Portable {
  /// Relative error below 1e-7 for |x| < 700, which is plenty for a simulation.
  @inline(__always) static func exp(_ x: Double) -> Double {
    let scaled = x * 1.4426950408889634
    let whole = scaled.rounded(.down)
    // Taylor's series of 2^(f - 1/2) in natural units, within ±0.35.
    let f = (scaled - whole - 0.5) * 0.6931471805599453
    let series =
      1.0 + f * (1.0 + f * (1.0 / 2 + f * (1.0 / 6 + f * (1.0 / 24 + f * (1.0 / 120 + f / 720)))))
    let exponent = Int64(whole) &+ 1023
    guard exponent > 0 && exponent < 2047 else { return x < 0 ? 0 : .greatestFiniteMagnitude }
    return series * 1.4142135623730951 * Double(bitPattern: UInt64(exponent) &<< 52)
  }

  /// Returns a multiplier around 1 with this spread of its logarithm.
  @inline(__always) static func spread(_ deviation: Double, _ random: inout RandomStream) -> Double {
    exp(deviation * random.bell())
  }
}
