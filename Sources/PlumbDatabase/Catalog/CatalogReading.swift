import Synchronization

/// A catalog as it was at one moment: its tables and functions stay so until `end`, whatever is changed meanwhile.
package final class CatalogReading: Sendable {
  /// For reading only; changes go to the catalog that this one is of.
  package let catalog: Catalog
  private let onEnd: @Sendable () -> Void
  private let isEnded = Atomic<Bool>(false)

  package init(_ catalog: Catalog, onEnd: @escaping @Sendable () -> Void = {}) {
    self.catalog = catalog
    self.onEnd = onEnd
  }

  deinit { end() }

  /// Says that nothing more is read of it; calls after the first do nothing.
  package func end() { if !isEnded.exchange(true, ordering: .relaxed) { onEnd() } }
}

extension Catalog {
  /// The catalog as it is now, in the store where there is one.
  ///
  /// - Throws: what the store throws, such as a diagnostic of a damaged file.
  package func reading() throws -> CatalogReading {
    try store?.beginReading(self) ?? CatalogReading(snapshot())
  }
}
