import Foundation
import TestSupport
import Testing

/// How much the tests try: a sample, a larger one with the long tests, or all of it where `PLUMB_FULL` is set, as
/// `Tests/figures/fuzz.sh` does.
enum Effort {
  static let isFull = ProcessInfo.processInfo.environment["PLUMB_FULL"] != nil

  static func of(_ full: Int, sample: Int) -> Int { isFull ? full : sample }

  static func of(_ full: Int, long: Int, sample: Int) -> Int { isFull ? full : LongTests.areRun ? long : sample }
}

extension TimeLimitTrait.Duration {
  /// Longer than anything takes that ends, on the busiest of machines.
  static let hang = minutes(60)
}
