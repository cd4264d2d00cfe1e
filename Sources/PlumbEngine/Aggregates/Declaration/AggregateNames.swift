extension AggregateFunction {
  /// The name of a column that is computed from a call, as in `round(sum(x))`.
  ///
  /// - Parameter columns: for each argument its name, when it is a column.
  package func columnName(_ columns: [String?]) -> String? {
    let first = columns.first.flatMap { $0 }
    switch overloads.first?.naming ?? .plain {
    case .plain, .percentiles: return "\(name)_\(first ?? "")"
    case .prefixed(let prefix), .prefixedColumns(let prefix): return "\(prefix)_\(first ?? "")"
    case .bothColumns: return "\(name)_\(first ?? "")_\(columns.dropFirst().first.flatMap { $0 } ?? "")"
    case .ownColumns: return first
    }
  }
}

extension BoundAggregate {
  /// The names of the result columns if the query gives none, before duplicates are numbered.
  ///
  /// `columns` has the name of each argument that is a column.
  package func automaticNames(_ columns: [String?]) -> [String] {
    let first = columns.first.flatMap { $0 } ?? ""
    switch naming {
    case .plain: return ["\(name)_\(first)"]
    case .prefixed(let prefix): return ["\(prefix)_\(first)"]
    case .bothColumns:
      let second = columns.count > 1 ? columns[1] ?? "" : ""
      return ["\(name)_\(first)_\(second)"]
    case .ownColumns:
      return results.indices.map { index in
        let column = index < columns.count ? columns[index] : nil
        return column ?? "\(name)_"
      }
    case .prefixedColumns(let prefix):
      return results.indices.map { "\(prefix)_\(($0 < columns.count ? columns[$0] : nil) ?? "")" }
    case .percentiles:
      return arguments.suffix(results.count).map { argument in
        "percentile_\(first)_\(argument.constant.map(AggregateNaming.label) ?? "")"
      }
    }
  }
}

extension AggregateNaming {
  /// A percentile as a part of a name: `99_9` for 99.9.
  fileprivate static func label(_ value: Value) -> String {
    guard let number = value.percentage else { return "" }
    return String(NumberText.text(number, style: .text).map { $0 == "." ? "_" : $0 })
  }
}

extension Value {
  /// The number of an int, long, real or decimal.
  var percentage: Double? {
    switch self {
    case .int(let number): Double(number)
    case .long(let number): Double(number)
    case .real(let number): number
    case .decimal(let number): number.double
    case .dynamic(.long(let number)): Double(number)
    case .dynamic(.real(let number)): number
    case .null, .bool, .datetime, .timespan, .string, .guid, .dynamic: nil
    }
  }
}
