/// A column of a table whose rows are those of other row groups: one of theirs, perhaps of another type, or one value.
package enum ArrangedColumn: Sendable {
  /// A column of the rows, converted to `type` as `tolong` and its kin do.
  case column(Int, from: ScalarType, to: ScalarType)
  /// The same value in every row.
  case constant(Value)
}

extension RowGroup {
  /// The same rows with other columns, each made when it is asked for.
  package func arranged(_ columns: [ArrangedColumn], _ context: ExecutionContext) -> RowGroup {
    let zones = columns.map { column -> ZoneRange in
      switch column {
      case .column(let index, let source, let target):
        if source == target { return self.zones[index] }
        // An int is in a long what it was.
        if source == .int && target == .long { return self.zones[index] }
        return .unknown(target)
      case .constant(let value): return Vector.constant(value).zoneRange()
      }
    }
    return RowGroup(count: count, zones: zones, source: ArrangedColumns(self, columns, context))
  }
}

extension ZoneRange {
  /// Bounds that say nothing of a column.
  package static func unknown(_ type: ScalarType) -> ZoneRange {
    let words: ClosedRange<Int64>? =
      switch type {
      case .int: Int64(Int32.min)...Int64(Int32.max)
      case .datetime: DateTime.min...DateTime.max
      case .long, .timespan: Int64.min...Int64.max
      default: nil
      }
    return ZoneRange(words: words, floats: nil, hasNulls: true)
  }
}

private final class ArrangedColumns: ColumnSource {
  private let group: RowGroup
  private let columns: [ArrangedColumn]
  private let context: ExecutionContext

  init(_ group: RowGroup, _ columns: [ArrangedColumn], _ context: ExecutionContext) {
    self.group = group
    self.columns = columns
    self.context = context
  }

  func column(_ index: Int) throws -> Vector {
    switch columns[index] {
    case .column(let place, let source, let target):
      let vector = try group.column(place)
      return source == target ? vector : try vector.converted(from: source, to: target, context)
    case .constant(let value): return Vector.constant(value, count: group.count).expanded()
    }
  }

  func dictionary(_ index: Int) throws -> StringDictionary? {
    guard case .column(let place, let source, let target) = columns[index], source == target else { return nil }
    return try group.dictionary(place)
  }
}

extension Vector {
  /// The values as another type, null where they have none there.
  fileprivate func converted(from source: ScalarType, to target: ScalarType, _ context: ExecutionContext) throws -> Vector {
    let call = BoundCall(
      name: "to\(target.name)", overload: .conversion(from: source, to: target), arguments: [], type: target, span: .none,
      traits: .conversion)
    return try call.apply([self], count: count, context).expanded()
  }
}
