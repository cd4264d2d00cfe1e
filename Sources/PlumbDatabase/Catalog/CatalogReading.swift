import Synchronization

/// A catalog as it was at one moment: its tables and functions do not change until `end`, whatever others change.
package final class CatalogReading: Sendable {
  /// For reading only; changes go to the original catalog.
  package let catalog: Catalog
  private let onEnd: @Sendable () -> Void
  private let isEnded = Atomic<Bool>(false)

  package init(_ catalog: Catalog, onEnd: @escaping @Sendable () -> Void = {}) {
    self.catalog = catalog
    self.onEnd = onEnd
  }

  deinit { end() }

  /// Says that nothing more will be read from it; calls after the first do nothing.
  package func end() { if !isEnded.exchange(true, ordering: .relaxed) { onEnd() } }
}

extension Catalog {
  /// The catalog as it is now, in the store if there is one.
  ///
  /// - Throws: what the store throws, such as a diagnostic about a damaged file.
  ///
  /// - Parameter asStored: whether tables that are made of others are left out.
  package func reading(asStored: Bool = false) throws -> CatalogReading {
    let reading = try store?.beginReading(self) ?? CatalogReading(snapshot())
    if !asStored { onReading?(reading.catalog) }
    return reading
  }
}
