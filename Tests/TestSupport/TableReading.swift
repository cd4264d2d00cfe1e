import PlumbEngine

extension Table {
  /// The cells of a column, in the order of rows.
  package func cells(_ name: String) throws -> [Value] {
    let index = try index(ofColumn: name)
    return try groups.flatMap { group in
      let column = try group.column(index)
      return (0..<group.count).map { column.value(at: $0) }
    }
  }

  package func texts(_ name: String) throws -> [String] {
    try cells(name).map { if case .string(let text) = $0 { text } else { "" } }
  }

  /// Numbers of a long, datetime or timespan column; nil for null.
  package func words(_ name: String) throws -> [Int64?] {
    try cells(name).map {
      switch $0 {
      case .long(let word), .datetime(let word), .timespan(let word): word
      default: nil
      }
    }
  }

  private func index(ofColumn name: String) throws -> Int {
    guard let index = schema.firstIndex(where: { $0.name == name }) else { throw MissingColumn(name: name) }
    return index
  }
}

/// A test asked a table for a column that it does not have.
struct MissingColumn: Error {
  let name: String
}
