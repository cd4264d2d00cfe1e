/// Which addresses a lookup reads: only IPv4, or both kinds.
package enum AddressFamily: Sendable {
  case ipv4, ipv6

  /// The address in the top bits of the number, and the number of significant bits.
  fileprivate func parse(_ text: Bytes) -> (address: UInt128, prefix: Int)? {
    switch self {
    case .ipv4: IPv4.parse(text).map { (UInt128($0.address) &<< 96, $0.prefix) }
    case .ipv6: IPv6.parse(text).map { ($0.address, $0.prefix) }
    }
  }
}

extension LogicalPlan {
  /// Each row joined with the rows of `table` whose network contains the row's address.
  ///
  /// - Parameters:
  ///   - key: the column of the input with the address; `networkKey` is the table's with the network.
  ///   - equal: further columns, of the input and of the table, that must be equal.
  ///   - kept: the table's columns in the output.
  ///   - tableFirst: whether these precede the input's columns.
  package static func addressLookup(
    _ input: LogicalPlan, in table: Table, family: AddressFamily, key: Int, networkKey: Int,
    equal: [(input: Int, table: Int)], kept: [Int], keepsUnmatched: Bool, tableFirst: Bool, names: [String]
  ) -> LogicalPlan {
    let own = input.schema.map(\.type), other = kept.map { table.schema[$0].type }
    let types = tableFirst ? other + own : own + other
    let schema = zip(names, types).map { ColumnInfo($0, $1) }
    return .materialising(
      MaterialisingPlan(name: "address lookup", input: input, schema: schema) { chunk, context in
        let columns = try table.schema.indices.map { column in
          Vector.concatenating(try table.groups.map { try $0.column(column) }, type: table.schema[column].type)
        }
        let networks = Networks(
          columns[networkKey], extra: equal.map { columns[$0.table] }, count: table.rowCount, family: family)
        let vectors = chunk.vectors()
        let keys = vectors[key].decoded()
        var left: [UInt32] = [], right: [UInt32] = []
        for row in 0..<chunk.count {
          if row & 1023 == 0 { try context.checkpoint() }
          let extra = equal.map { vectors[$0.input].value(at: row) }
          let found = keys.isNull(row) ? [] : networks.rows(for: keys.bytes(at: keys.isConstant ? 0 : row), extra)
          for match in found {
            left.append(UInt32(truncatingIfNeeded: row))
            right.append(UInt32(truncatingIfNeeded: match))
          }
          if found.isEmpty, keepsUnmatched {
            left.append(UInt32(truncatingIfNeeded: row))
            right.append(missingRow)
          }
        }
        let mine = vectors.map { $0.gathering(Selection(left)) }
        let theirs = kept.map { columns[$0].gathering(Selection(right), canMiss: true) }
        return Chunk(tableFirst ? theirs + mine : mine + theirs, count: left.count)
      })
  }
}

extension Selection {
  fileprivate convenience init(_ rows: [UInt32]) {
    let buffer = Buffer(of: UInt32.self, count: rows.count)
    for (place, row) in rows.enumerated() { buffer.view(UInt32.self)[place] = row }
    self.init(buffer: buffer, count: rows.count)
  }
}

/// Networks by prefix length and address, each with its row.
private struct Networks {
  private struct Key: Hashable {
    let address: UInt128
    let extra: [Value]
  }

  private let family: AddressFamily
  /// For each prefix length in use, the rows by their significant bits.
  private var tables: [Int: [Key: [Int]]] = [:]

  init(_ networks: Vector, extra: [Vector], count: Int, family: AddressFamily) {
    self.family = family
    let networks = networks.decoded()
    for row in 0..<count where !networks.isNull(row) {
      guard let network = family.parse(networks.bytes(at: networks.isConstant ? 0 : row)) else { continue }
      let key = Key(address: network.address & mask(network.prefix), extra: extra.map { $0.value(at: row) })
      tables[network.prefix, default: [:]][key, default: []].append(row)
    }
  }

  /// The rows whose network contains the address, in their order; a network must be contained as a whole.
  func rows(for text: Bytes, _ extra: [Value]) -> [Int] {
    guard let wanted = family.parse(text) else { return [] }
    var found: [Int] = []
    for (prefix, rows) in tables where prefix <= wanted.prefix {
      found += rows[Key(address: wanted.address & mask(prefix), extra: extra)] ?? []
    }
    return found.sorted()
  }

  private func mask(_ prefix: Int) -> UInt128 { prefix <= 0 ? 0 : .max << UInt128(128 - Swift.min(prefix, 128)) }
}
