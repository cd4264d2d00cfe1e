import PlumbEngine
import Synchronization

/// Bytes in Swift arrays, counted against the memory limit while training needs them, as buffers are.
final class HeldMemory: Sendable {
  private let bytes = Atomic<Int>(0)
  private let account = MemoryAccount.current

  func add(_ count: Int) {
    bytes.wrappingAdd(count, ordering: .relaxed)
    account.charge(count)
  }

  deinit { account.charge(-bytes.load(ordering: .relaxed)) }

  /// Returns the size of a tree's nodes.
  static func bytes(ofNodes count: Int, classes: Int) -> Int {
    count * (MemoryLayout<DecisionTree.Node>.stride + classes * MemoryLayout<Double>.stride)
  }
}
