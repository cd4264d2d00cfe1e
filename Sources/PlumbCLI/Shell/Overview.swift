import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbTelemetry

extension Catalog {
  /// Adds the view `overview`: the state of all pipelines, a section after the other.
  func addOverview() {
    add(
      TableFunction("overview", "The state of all pipelines: status, sources, records, breaches, risks, failures.", "") {
        [weak self] _ in
        func columns(_ name: String) -> Schema { self?.schema(ofTable: name) ?? [] }
        return Overview.query(
          hasRisks: self?.function(named: "predict_risk") != nil,
          runs: PredictionQuestion.runsText(columns("runs"), seen: columns("runs_seen")))
      })
  }
}

/// The state of all pipelines, as a query and on one screen.
enum Overview {
  /// Plain KQL over `pipelines` and `runs`; risks are there where they can be predicted.
  ///
  /// - Parameter runs: the table `runs`, or the query that stands for it.
  static func query(hasRisks: Bool, runs: String) -> String {
    let risks = """
      ,
        (predict_risk(optional = true) | top 4 by risk
          | project place = 5, section = "top risks", item = pipeline, value = round(risk, 3), detail = "")
      """
    return """
      let p = pipelines;
      let dated = \(runs);
      let r = dated | where started > ago(1d);
      union
        (p | summarize value = toreal(count()) by item = iff(isempty(status), "no runs", status)
          | project place = 1, section = "status", item, value, detail = ""),
        (p | summarize value = toreal(count()), failed = countif(status == "failed"), rate = avg(success_rate) by item = iff(isempty(source), "no source", source)
          | project place = 2, section = "source", item, value,
              detail = strcat(failed, " failed", iff(isfinite(rate), strcat(", ", round(rate * 100, 1), " %"), ""))),
        (r | summarize value = toreal(sum(records_out))
          | project place = 3, section = "last 24 hours", item = "records out", value, detail = ""),
        (r | summarize value = toreal(count()), failed = countif(status == "failed"), ok = countif(status == "succeeded")
          | project place = 3, section = "last 24 hours", item = "runs", value,
              detail = iff(ok + failed == 0, "", strcat(round(100.0 * ok / (ok + failed), 1), " % succeeded"))),
        (p | where freshness > sla | summarize value = toreal(count())
          | project place = 3, section = "last 24 hours", item = "freshness breaches", value, detail = ""),
        (p | where freshness > sla | top 4 by freshness
          | project place = 4, section = "freshness breaches", item = name, value = round(freshness / 1h, 2),
              detail = strcat("of ", round(sla / 1h, 2), " h"))\(hasRisks ? risks : ""),
        (dated | where status == "failed" | top 5 by started
          | project place = 6, section = "recent failures", item = pipeline, value = real(null),
              detail = strcat(format_datetime(started, "HH:mm"), " ", error_code))
      | sort by place asc, value desc
      """
  }

  /// Draws the sections in two columns of a screen of 80 x 24.
  static func show(in shell: Shell) throws {
    for name in ["pipelines", "runs"] where !shell.workspace.catalog.hasTable(named: name) {
      throw Diagnostic("unknown-table", "the overview needs a table `\(name)`, and there is none")
    }
    guard let answer = try shell.answers(to: "overview").last else { return }
    let rows = answer.texts(limit: 200)
    var sections: [(name: String, lines: [String])] = []
    let width = 38
    for row in rows where row.count >= 5 {
      if sections.last?.name != row[1] { sections.append((row[1], [])) }
      sections[sections.count - 1].lines.append(line(row[2], row[3], row[4], section: row[1], width: width))
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
    var digits = String(Int(abs(value)))
    var out = ""
    while digits.count > 3 {
      out = "," + digits.suffix(3) + out
      digits.removeLast(3)
    }
    return (value < 0 ? "-" : "") + digits + out
  }
}
