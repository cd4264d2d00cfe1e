/// A value that threads share by a promise made elsewhere: it is only read, each works on a part of its own, or one at a time
/// has it.
package struct UncheckedBox<Value>: @unchecked Sendable {
  package let value: Value

  @inlinable package init(_ value: Value) { self.value = value }
}
