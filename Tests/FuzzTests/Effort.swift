import Foundation
import Testing

/// How much the long tests try: a sample, or all of it where `PLUMB_FULL` is set, as `Tests/figures/fuzz.sh` does.
enum Effort {
  static let isFull = ProcessInfo.processInfo.environment["PLUMB_FULL"] != nil

  static func of(_ full: Int, sample: Int) -> Int { isFull ? full : sample }
}

extension TimeLimitTrait.Duration {
  /// Longer than anything takes that ends, on the busiest of machines.
  static let hang = minutes(60)
}
