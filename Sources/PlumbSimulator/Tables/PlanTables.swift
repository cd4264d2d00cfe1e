import PlumbEngine
import PlumbModel

/// The tables that follow from the plan of a world without runs: edges and schema changes.
extension Simulator {
  func ticks(_ moment: Int64) -> Int64 { origin &+ moment &* 10_000 }

  /// Returns the dependencies that have begun by `clock` (ticks); `until` is null while they last.
  func edgesTable(clock: Int64) throws -> Table {
    let writer = RowsWriter(TelemetryModel.edges)
    for edge in topology.edges where ticks(edge.since) <= clock {
      writer.append(0, string: topology.pipelines[edge.upstream].name)
      writer.append(1, string: topology.pipelines[edge.downstream].name)
      writer.append(2, string: edge.kind.name)
      writer.append(3, word: ticks(edge.since))
      let hasEnded = edge.until != .max && ticks(edge.until) <= clock
      writer.append(4, wordOrNull: hasEnded ? ticks(edge.until) : nil)
      if let share = edge.share { writer.append(5, real: share) } else { writer.appendNull(5) }
      writer.endRow()
    }
    return Table(name: "edges", schema: TelemetryModel.edges, groups: try writer.finish())
  }

  /// Returns the changed fields of history, in the order of time.
  func schemaChangesTable(clock: Int64) throws -> Table {
    var changes = plan.schemaChanges.flatMap { $0.filter { $0.at >= 0 && ticks($0.at) <= clock } }
    changes.sort { ($0.at, $0.pipeline) < ($1.at, $1.pipeline) }
    let writer = RowsWriter(TelemetryModel.schemaChanges)
    for change in changes {
      writer.append(0, word: ticks(change.at))
      writer.append(1, string: topology.pipelines[change.pipeline].name)
      writer.append(2, string: change.field)
      writer.append(3, string: change.change)
      writer.append(4, string: change.before)
      writer.append(5, string: change.after)
      writer.endRow()
    }
    return Table(name: "schema_changes", schema: TelemetryModel.schemaChanges, groups: try writer.finish())
  }
}
