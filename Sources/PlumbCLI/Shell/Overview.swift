import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation
import PlumbTelemetry

extension Catalog {
  /// Adds the view `overview`: the state of all pipelines, a section after the other.
  func addOverview() {
    add(
      TableFunction(
        "overview",
        "The state of all pipelines: status, sources, records, and the `most` worst breaches, risks and failures.",
        "[most]"
      ) { [weak self] call in
        var arguments = TableArguments(call)
        let most = try arguments.count("most") ?? 2
        try arguments.finish()
        func columns(_ name: String) -> Schema { self?.schema(ofTable: name) ?? [] }
        for (table, needed) in [("pipelines", ["name"]), ("runs", ["pipeline", "started", "status"])] {
          for column in needed where !columns(table).contains(where: { $0.name == column }) {
            throw Diagnostic("missing-column", "the overview needs a table `\(table)` with a column `\(column)`", at: call.span)
          }
        }
        return Overview.query(
          most: most, hasRisks: self?.function(named: "predict_risk") != nil,
          runs: PredictionQuestion.runsText(columns("runs"), seen: columns("runs_seen")))
      })
  }
}

/// The state of all pipelines, as a query and on one screen.
enum Overview {
  /// Plain KQL over `pipelines` and `runs`; risks are there where they can be predicted.
  ///
  /// With `most` = 2 the answer is at most 20 rows, which a terminal of 24 rows shows whole: sources that have no room
  /// beside the statuses are one row.
  ///
  /// - Parameters:
  ///   - most: how many breaches, risks and failures there are at most.
  ///   - runs: the table `runs`, or the query that stands for it.
  static func query(most: Int64, hasRisks: Bool, runs: String) -> String {
    let risks = """
      ,
        (predict_risk(optional = true) | top \(most) by risk
          | project place = 22, section = "top risks", item = pipeline, value = round(risk, 3), detail = "")
      """
    return """
      let p = pipelines
        | project name, source = tostring(column_ifexists("source", "")), status = tostring(column_ifexists("status", "unknown")),
            success_rate = toreal(column_ifexists("success_rate", real(null))),
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
        (p | where freshness > sla | top \(most) by freshness
          | project place = 21, section = "freshness breaches", item = name, value = round(freshness / 1h, 2),
              detail = strcat("of ", round(sla / 1h, 2), " h"))\(hasRisks ? risks : ""),
        (past | where status == "failed" | top \(most) by started
          | project place = 23, section = "recent failures", item = pipeline, value = real(null),
              detail = strcat(format_datetime(started, iff(started > ago(1d), "HH:mm", "yyyy-MM-dd")), " ", error_code))
      | sort by place asc, value desc
      | project-away place
      """
  }

  /// Draws the sections in two columns of a screen of 80 x 24.
  static func show(in shell: Shell) throws {
    guard let answer = try shell.answers(to: "overview(5)").last else { return }
    let rows = answer.texts(limit: 200)
    var sections: [(name: String, lines: [String])] = []
    let width = 38
    for row in rows where row.count == 4 {
      if sections.last?.name != row[0] { sections.append((row[0], [])) }
      sections[sections.count - 1].lines.append(line(row[1], row[2], row[3], section: row[0], width: width))
    }
    let left = column(sections.filter { ["status", "source"].contains($0.name) })
    let right = column(sections.filter { !["status", "source"].contains($0.name) })
    var out = ""
    for i in 0..<max(left.count, right.count) {
      let first = i < left.count ? left[i] : ""
      let second = i < right.count ? right[i] : ""
      let gap = String(repeating: " ", count: max(0, width + 3 - DisplayWidth.columns(of: first)))
      var text = first + (second.isEmpty ? "" : gap + second)
      while text.last == " " { text.removeLast() }
      out += text + "\n"
    }
    Console.writeOut(out)
  }

  /// As many lines of each section as there is room for.
  private static func column(_ sections: [(name: String, lines: [String])]) -> [String] {
    var lines: [String] = []
    let room = 20 - sections.count * 2
    let most = max(2, room / max(1, sections.count) + 2)
    for section in sections {
      if lines.count > 18 { break }
      if !lines.isEmpty { lines.append("") }
      lines.append(section.name.uppercased())
      lines += section.lines.prefix(min(most, 21 - lines.count))
    }
    return lines
  }

  private static func line(_ item: String, _ value: String, _ detail: String, section: String, width: Int) -> String {
    let number = Double(value).map { section == "top risks" ? percent($0) : grouped($0) } ?? ""
    let end = [number, VisibleText.string(detail)].filter { !$0.isEmpty }.joined(separator: " ")
    let room = max(6, width - DisplayWidth.columns(of: end) - 1)
    var name = VisibleText.string(item)
    if DisplayWidth.columns(of: name) > room {
      while DisplayWidth.columns(of: name) > room - 1 { name.removeLast() }
      name += Console.isASCII ? "~" : "…"
    }
    let gap = max(1, width - DisplayWidth.columns(of: name) - DisplayWidth.columns(of: end))
    return name + String(repeating: " ", count: gap) + end
  }

  private static func percent(_ value: Double) -> String { "\(Int((min(max(value, 0), 1) * 100).rounded())) %" }

  private static func grouped(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "" }
    if value != value.rounded() { return String(Double(Int(value * 10)) / 10) }
    return NumberText.grouped(Int(value))
  }
}
