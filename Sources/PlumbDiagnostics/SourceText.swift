/// Which text a span is in: what the user wrote, or a text that is used on the way, such as the body of a function.
package struct SourceText: Hashable, Sendable {
  private let number: UInt32

  /// What the user wrote.
  package static let script = SourceText(number: 0)

  /// - Parameter number: another one than 0 for each text.
  package init(number: UInt32) { self.number = number }
}
