/// How `hash_many` makes one hash of several.
enum HashCombination {
  /// Folds `next` into `hash`; the order of the values counts.
  // The mixing of Boost's hash_combine, with the 64-bit golden ratio.
  static func combine(_ hash: UInt64, _ next: UInt64) -> UInt64 {
    hash ^ (next &+ 0x9E37_79B9_7F4A_7C15 &+ hash &<< 6 &+ hash &>> 2)
  }

  /// The remainder that `hash(x, mod)` gives, in 0..<mod; nil unless `divisor` is positive.
  static func remainder(_ hash: UInt64, _ divisor: Int64) -> Int64? {
    divisor > 0 ? Int64(hash % UInt64(divisor)) : nil
  }
}
