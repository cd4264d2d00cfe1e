import PlumbEngine
import PlumbPresentation

/// The predictions of a model for pipelines at one point in time, as the rows of `predict_risk`.
struct RiskTable {
  static let schema: Schema = [
    ColumnInfo("pipeline", .string), ColumnInfo("risk", .real), ColumnInfo("low", .real), ColumnInfo("high", .real),
    ColumnInfo("lift", .real), ColumnInfo("state", .string), ColumnInfo("reasons", .string), ColumnInfo("path", .string), ColumnInfo("flip", .string),
  ]

  let model: RiskModel
  let rows: PredictionRows
  /// How far ahead a failure counts, in ticks.
  let within: Int64
  /// The moment from which it counts.
  let asOf: Int64
  let context: ExecutionContext

  /// Whether a row's pipeline had no failure within the horizon before, so that a risk is news.
  private func isNew(_ row: Int) -> Bool { rows.isNew(row, within: within) }

  /// How the remark begins that states the horizon.
  static let horizonRemark = "the risk of a failure within "

  static let newState = "newly at risk", oldState = "still failing"

  /// Returns the riskiest first; among equal risks those whose attempts failed and usually fail more often, then by name.
  ///
  /// - Parameter wanted: the pipelines in question; nil for all.
  func table(wanted: Set<String>?) throws -> Table {
    let scores = try model.scores(for: rows.features, context: context)
    let recent = Feature.names.firstIndex(of: "failed_of_5") ?? 0, usual = Feature.names.firstIndex(of: "usual_failures") ?? 0
    func ties(_ row: Int) -> (Double, Double) {
      let values = (rows.features.value(recent, row: row), rows.features.value(usual, row: row))
      return (values.0.isNaN ? 0 : values.0, values.1.isNaN ? 0 : values.1)
    }
    let order = (0..<rows.count)
      .filter { wanted?.contains(rows.names[Int(rows.pipelines[$0])]) ?? true }
      .map { (row: $0, score: scores[$0], ties: ties($0)) }
      .sorted {
        if $0.score != $1.score { return $0.score > $1.score }
        if $0.ties != $1.ties { return $0.ties > $1.ties }
        return rows.names[Int(rows.pipelines[$0.row])] < rows.names[Int(rows.pipelines[$1.row])]
      }
    let reasons = RiskReasons(model)
    var groups: [RowGroup] = []
    var builders = RiskTable.schema.map { VectorBuilder($0.type) }
    var count = 0
    func seal() {
      if count > 0 { groups.append(RowGroup(builders.map { $0.finish() }, count: count)) }
      builders = RiskTable.schema.map { VectorBuilder($0.type) }
      count = 0
    }
    for (row, score, _) in order {
      if count % 256 == 0 { try context.checkpoint() }
      let risk = model.risk(of: score)
      let values = rows.row(row)
      let said = reasons.of(values, risk: risk)
      builders[0].append(string: rows.names[Int(rows.pipelines[row])])
      builders[1].append(real: risk)
      let interval = model.interval(of: score)
      builders[2].append(real: Swift.min(risk, interval.low))
      builders[3].append(real: Swift.max(risk, interval.high))
      if model.baseRate > 0 { builders[4].append(real: risk / model.baseRate) } else { builders[4].appendNull() }
      builders[5].append(string: isNew(row) ? RiskTable.newState : RiskTable.oldState)
      builders[6].append(string: said.reasons)
      builders[7].append(string: said.path)
      builders[8].append(string: said.flip)
      count += 1
      if count == RowGroup.capacity { seal() }
    }
    seal()
    let moment = ChartNumber.time(Double(asOf - asOf % TimeSpan.minute))
    context.remark("\(RiskTable.horizonRemark)\(ChartNumber.duration(Double(within))) from \(moment)")
    // Pipelines that keep failing fill the top: what is news is said besides.
    let news = order.filter { isNew($0.row) && $0.score >= Swift.min(model.threshold, 0.5) }.prefix(5).map { entry in
      "\(rows.names[Int(rows.pipelines[entry.row])]) (\(Feature.percent(model.risk(of: entry.score))))"
    }
    if wanted == nil, !news.isEmpty { context.remark("newly at risk: \(news.joined(separator: ", "))") }
    return Table(name: "predict_risk", schema: RiskTable.schema, groups: groups)
  }
}
