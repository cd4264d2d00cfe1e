/// A value that threads share without a lock. Its users promise safety: it is only read, each thread works on a part of its
/// own, or only one thread at a time has it.
public struct UncheckedBox<Value>: @unchecked Sendable {
  public let value: Value

  @inlinable public init(_ value: Value) { self.value = value }
}
