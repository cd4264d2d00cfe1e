import PlumbDatabase
import PlumbEngine
import PlumbModel

/// The table `alerts` as queries see it: what the telemetry has, and what rules fired, told apart by `origin`.
package enum AlertsView {
  package static let schema: Schema = TelemetryModel.alerts + [ColumnInfo("origin", .string)]

  /// Shows `alerts` in a snapshot of a catalog. A table `alerts` with other columns than those of telemetry stays as it is.
  ///
  /// - Parameter origin: that of the rows of the table.
  package static func show(in catalog: Catalog, origin: String) {
    let known = catalog.schema(ofTable: "alerts")
    let hasStates = catalog.schema(ofTable: AlertTables.states) == AlertTables.statesSchema
    guard known == TelemetryModel.alerts || (known == nil && hasStates) else { return }
    let base = catalog.withTables(["alerts", AlertTables.states])
    catalog.addLazy("alerts", schema: schema) {
      let told = try base.table(named: "alerts")?.groups.map { group in
        RowGroup(
          count: group.count, zones: group.zones + [ZoneRange(words: nil, floats: nil, hasNulls: false)],
          source: WidenedGroup(group, origin))
      }
      let fired = hasStates ? try rows(try AlertTables.rows(AlertTables.states, AlertTables.statesSchema, in: base)) : []
      let own = Table(name: "alerts", schema: schema, rows: fired)
      return Table(name: "alerts", schema: schema, groups: (told ?? []) + own.groups)
    }
  }

  /// An alert for each time that an instance began to fire.
  private static func rows(_ states: [[Value]]) throws -> [[Value]] {
    states.map { StateRow($0) }.filter { $0.state == .firing && $0.fired == $0.since }.map { row in
      [
        .datetime(row.since), .string(row.rule), .string(row.pipeline.isEmpty ? row.key : row.pipeline), .string(row.severity),
        .string(row.says), .string("rule"),
      ]
    }
  }
}

/// A group with one more column, whose text is the same in all rows.
private final class WidenedGroup: ColumnSource {
  private let group: RowGroup
  private let text: String

  init(_ group: RowGroup, _ text: String) {
    self.group = group
    self.text = text
  }

  func column(_ index: Int) throws -> Vector {
    index < group.zones.count ? try group.column(index) : .constant(.string(text), count: group.count)
  }

  func dictionary(_ index: Int) throws -> StringDictionary? {
    index < group.zones.count ? try group.column(index).dictionary : nil
  }
}
