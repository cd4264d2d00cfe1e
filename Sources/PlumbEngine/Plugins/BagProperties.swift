/// The properties of all bags in a dynamic column, by name, each with the type that can represent all its values.
///
/// Whole and real numbers become real; any other mixture becomes dynamic.
package func bagProperties(of result: QueryResult, column: Int) -> [(name: String, type: ScalarType)] {
  var types: [String: ScalarType?] = [:]
  for chunk in result.chunks {
    let vector = chunk.column(column).decoded()
    for row in 0..<(vector.isConstant ? Swift.min(chunk.count, 1) : chunk.count) where !vector.isNull(row) {
      DynamicCursor(vector.bytes(at: row)).forEachMember { key, value in
        let name = String(key)
        let type = value.scalarType
        guard let known = types[name] else {
          types[name] = .some(type)
          return
        }
        guard let type else { return }
        switch known {
        case nil, type: types[name] = .some(type)
        case .long? where type == .real, .real? where type == .long: types[name] = .some(.real)
        default: types[name] = .some(.dynamic)
        }
      }
    }
  }
  return types.sorted { $0.key < $1.key }.map { ($0.key, $0.value ?? .dynamic) }
}

extension DynamicCursor {
  /// The scalar type of the value; nil for null, and dynamic for arrays and bags.
  fileprivate var scalarType: ScalarType? {
    switch tag {
    case .null: nil
    case .false, .true: .bool
    case .long: .long
    case .real: .real
    case .string: .string
    case .datetime: .datetime
    case .timespan: .timespan
    case .guid: .guid
    case .decimal: .decimal
    case .array, .object: .dynamic
    }
  }
}
