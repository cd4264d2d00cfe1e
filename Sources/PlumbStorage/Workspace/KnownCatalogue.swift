import PlumbEngine

/// What one transaction found or left in the catalogue of a file, so that the next one reads only its own tables again.
///
/// It applies while the file's state row is the same: each transaction increases the generation, so the row differs as
/// soon as another process has written.
struct KnownCatalogue {
  var state: StateRow
  private(set) var tables: [StoredName: TableRow]
  /// The generation that readers of this process last saw, and what has changed since.
  private(set) var base: Int64
  var changes = CatalogueChanges()

  init(_ catalogue: StoredCatalogue) {
    state = catalogue.state
    base = state.generation
    tables = Dictionary(catalogue.tables.map { (StoredName($0.row.name), $0.row) }, uniquingKeysWith: { $1 })
  }

  func applies(to now: StateRow) -> Bool {
    state.generation == now.generation && state.nextID == now.nextID && state.checksums == now.checksums
  }

  /// Stores a row of `plumb_tables` with its columns in place of the one of its name, and updates the checksums.
  mutating func put(_ table: TableRow) {
    let name = StoredName(table.name)
    if let old = tables.updateValue(table, forKey: name) { state.checksums ^= Self.checksums(of: old) }
    state.checksums ^= Self.checksums(of: table)
    changes.tables.insert(name)
  }

  mutating func remove(_ table: TableRow) {
    let name = StoredName(table.name)
    guard let old = tables.removeValue(forKey: name) else { return }
    state.checksums ^= Self.checksums(of: old)
    changes.tables.insert(name)
  }

  private static func checksums(of table: TableRow) -> Int64 {
    table.columns.reduce(StateRow.Part.tables.covering(table.checksum)) {
      $0 ^ StateRow.Part.columns.covering($1.checksum(ofTable: table.id))
    }
  }

  /// Notes that readers of this process have seen everything.
  mutating func startChanges() {
    base = state.generation
    changes = CatalogueChanges()
  }
}

/// Names of what changed between two generations of a file.
struct CatalogueChanges {
  var tables: Set<StoredName> = []
  /// The new values; nil for what was deleted.
  var settings: [String: String?] = [:]
  var functions: [StoredName: StoredFunction?] = [:]
}

/// A name as SQLite compares it: by its bytes, unlike `String`.
struct StoredName: Hashable, Comparable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (a: StoredName, b: StoredName) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  static func < (a: StoredName, b: StoredName) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }

  func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }
}

/// Where the readers and the writer of a process keep what they know of a file.
final class CatalogueMemory: Sendable {
  private let known = LockedValue<KnownCatalogue?>(nil)

  /// Takes what is known, if it applies; a writer that succeeds puts it back.
  func take(for state: StateRow) -> KnownCatalogue? {
    known.withLock { kept in
      defer { kept = nil }
      return kept.flatMap { $0.applies(to: state) ? $0 : nil }
    }
  }

  /// Keeps what a transaction found or left, unless a later one is known.
  func put(_ catalogue: KnownCatalogue) {
    known.withLock { kept in
      if let kept, kept.state.generation > catalogue.state.generation { return }
      kept = catalogue
    }
  }

  /// What changed between a generation and the file's present state, and the present rows of changed tables; nil if unknown.
  func changes(since generation: Int64, upTo state: StateRow) -> (CatalogueChanges, [TableRow])? {
    known.withLock { kept in
      guard let now = kept, now.applies(to: state), now.base == generation else { return nil }
      kept?.startChanges()
      return (now.changes, now.changes.tables.compactMap { now.tables[$0] })
    }
  }
}
