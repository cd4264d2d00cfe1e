import PlumbEngine
import PlumbModel

extension Simulator {
  /// Returns the indices of the incidents that history shows, in the order of their beginnings.
  func shownIncidents(clock: Int64) -> [Int] {
    let incidents = plan.incidents
    let shown = incidents.indices.filter { ticks(incidents[$0].began) <= clock && incidents[$0].ended > 0 }
    return shown.sorted { (incidents[$0].began, $0) < (incidents[$1].began, $1) }
  }

  /// Returns the truth: what went wrong where, and how many pipelines had an attempt fail for it by `clock`.
  func incidentsTable(clock: Int64) throws -> Table {
    let affected = store.affectedCounts(incidents: plan.incidents.count, clock: clock)
    let writer = RowsWriter(TelemetryModel.incidents)
    for (number, place) in shownIncidents(clock: clock).enumerated() {
      let incident = plan.incidents[place]
      writer.append(0, string: incidentName(number))
      writer.append(1, string: topology.pipelines[incident.pipeline].name)
      writer.append(2, string: incident.cause.name)
      writer.append(3, word: ticks(incident.began))
      writer.append(4, wordOrNull: ticks(incident.ended) <= clock ? ticks(incident.ended) : nil)
      writer.append(5, word: Int64(affected[place]))
      writer.endRow()
    }
    return Table(name: "incidents", schema: TelemetryModel.incidents, groups: try writer.finish())
  }
}

/// Returns the id of the incident that is the `number`th to begin, from 0.
func incidentName(_ number: Int) -> String {
  let digits = String(number + 1)
  return "INC-" + String(repeating: "0", count: Swift.max(0, 5 - digits.count)) + digits
}

extension RunStore {
  /// Returns for each incident how many pipelines had attempts fail for it that ended by `clock`.
  func affectedCounts(incidents: Int, clock: Int64) -> [Int] {
    var pairs: [UInt64] = []
    let areWide = dictionaries.areWide
    forEachSegment { segment, n in
      let blamed = segment.incident.view(Int32.self)
      let ended = segment.ended.view(Int64.self)
      for row in 0..<n where blamed[row] >= 0 && ended[row] <= clock {
        let pair = UInt64(blamed[row]) &<< 32 | UInt64(segment.pipeline(row, areWide: areWide))
        if pairs.last != pair { pairs.append(pair) }
      }
    }
    pairs.sort()
    var counts = Array(repeating: 0, count: incidents)
    for (i, pair) in pairs.enumerated() where i == 0 || pairs[i - 1] != pair { counts[Int(pair &>> 32)] += 1 }
    return counts
  }
}
