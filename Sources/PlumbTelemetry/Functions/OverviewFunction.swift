import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

extension TableFunction {
  /// The view `overview`: the state of all pipelines in sections.
  package static let overview = TableFunction(
    "overview",
    "Summarizes all pipelines: status, sources, records, and the `most` worst breaches, risks and failures.",
    "[most]", examples: ["overview()", "overview(most = 3)"], tells: .judgement, presentation: .overview,
    kql: { call in
      var arguments = TableArguments(call)
      let most = try arguments.count("most") ?? 5
      try arguments.finish()
      func columns(_ name: String) -> Schema { call.schema(ofTable: name) ?? [] }
      for (table, needed) in [("pipelines", ["name"]), ("runs", ["pipeline", "started", "status"])] {
        for column in needed where !columns(table).contains(where: { $0.name == column }) {
          throw Diagnostic("missing-column", "the overview needs a table `\(table)` with a column `\(column)`", at: call.span)
        }
      }
      return overviewQuery(
        most: most, hasRisks: call.hasFunction(named: "predict_risk"),
        runs: PredictionQuestion.runsText(columns("runs"), seen: columns("runs_seen")))
    })
}

/// Returns plain KQL over `pipelines` and `runs`, with risks if they can be predicted.
///
/// Those that fail come with the most important tier first. Sources for which there is no room next to the statuses are
/// combined in one row.
///
/// - Parameters:
///   - most: the maximum number of breaches, risks and failures.
///   - runs: the table `runs`, or a query that replaces it.
private func overviewQuery(most: Int64, hasRisks: Bool, runs: String) -> String {
  let risks = """
    ,
      (predict_risk(optional = true) | top \(most) by risk
        | project place = 22, section = "top risks", item = pipeline, value = round(risk, 3), detail = "")
    """
  return """
    let p = pipelines
      | project name, source = tostring(column_ifexists("source", "")), status = tostring(column_ifexists("status", "unknown")),
          success_rate = toreal(column_ifexists("success_rate", real(null))),
          tier = tolong(column_ifexists("tier", long(null))),
          freshness = totimespan(column_ifexists("freshness", timespan(null))), sla = totimespan(column_ifexists("sla", timespan(null)));
    let past = \(runs)
      | where started <= now()
      | project pipeline, started, status, records_out = tolong(column_ifexists("records_out", long(null))),
          error_code = tostring(column_ifexists("error_code", ""));
    let r = past | where started > ago(1d);
    let statuses = p | summarize value = toreal(count()) by item = iff(isempty(status), "no runs", status);
    let sources = p
      | summarize value = toreal(count()), failed = countif(status == "failed"), rates = sum(success_rate),
          rated = countif(isfinite(success_rate)) by item = iff(isempty(source), "no source", source)
      | sort by value desc, item asc | extend rank = row_number();
    let room = 11 - toscalar(statuses | count);
    let few = toscalar(sources | count) <= room;
    union
      (statuses | project place = 1, section = "status", item, value, detail = ""),
      (sources
        | summarize value = sum(value), failed = sum(failed), rate = 100 * sum(rates) / sum(rated), first = min(rank)
            by item = iff(few or rank < room, item, "other sources")
        | project place = 1 + first, section = "source", item, value,
            detail = strcat(failed, " failed", iff(isfinite(rate), strcat(", ", round(rate, 1), " %"), ""))),
      (r | summarize value = toreal(sum(records_out))
        | project place = 20, section = "last 24 hours", item = "records out", value, detail = ""),
      (r | summarize value = toreal(count()), failed = countif(status == "failed"), ok = countif(status == "succeeded")
        | project place = 20, section = "last 24 hours", item = "runs", value,
            detail = iff(ok + failed == 0, "", strcat(round(100.0 * ok / (ok + failed), 1), " % succeeded"))),
      (p | where freshness > sla | summarize value = toreal(count())
        | project place = 20, section = "last 24 hours", item = "freshness breaches", value, detail = ""),
      (p | where status == "failed" | top \(most) by coalesce(tier, 99) asc, freshness desc
        | project place = 18, section = "failing now", item = name, value = toreal(tier),
            detail = iff(isnull(tier), "", strcat("tier ", tier))),
      (p | where freshness > sla | top \(most) by freshness
        | project place = 21, section = "freshness breaches", item = name, value = round(freshness / 1h, 2),
            detail = strcat("of ", round(sla / 1h, 2), " h"))\(hasRisks ? risks : ""),
      (past | where status == "failed" | top \(most) by started
        | project place = 23, section = "recent failures", item = pipeline, value = real(null),
            detail = strcat(format_datetime(started, iff(started > ago(1d), "HH:mm", "yyyy-MM-dd")), " ", error_code))
    | sort by place asc, iff(section == "failing now", -value, value) desc
    | project-away place
    """
}
