import PlumbEngine
import PlumbKit

/// `/pipeline?name=`: one pipeline with its runs, errors, neighbours and causes.
enum PipelinePage {
  static func html(_ run: PageRun) -> String {
    guard run.has("pipelines", "runs", "errors", "edges") else { return Frame.withoutTelemetry("Pipeline", run) }
    let name = run.parameter("name")
    let literal = KQLText.string(name)
    guard let found = try? run.table("pipelines | where name == \(literal)"), let row = found.rows.first(where: { _ in true }) else {
      return Frame.page(
        "Pipeline", run,
        "<section class=\"panel\"><p>The pipeline <code>\(Markup.escaped(name))</code> does not exist. \(Markup.link("/pipelines", "All pipelines"))</p></section>")
    }
    return Frame.page(
      name, run,
      facts(row, run) + gantt(literal, run)
        + "<div class=\"columns\">" + durations(literal, run) + why(literal, run) + "</div><div class=\"columns\">"
        + neighbours(name, run) + errors(literal, run) + "</div>" + (run.has("schema_changes") ? schemaChanges(literal, run) : ""))
  }

  private static func facts(_ row: Row, _ run: PageRun) -> String {
    let shown = ["source", "kind", "owner", "tier", "region", "vendor", "backup", "schedule", "sla", "last_run", "last_success", "success_rate"]
    let items = shown.filter { name in row.columns.contains { $0.name == name } && !row[name].isNull && row[name].description != "" }.map { name in
      let value = name == "success_rate" ? Shown.percent(row[name].number) : Frame.text(row[name])
      return "<div><dt>\(name.map { $0 == "_" ? " " : String($0) }.joined())</dt><dd>\(value)</dd></div>"
    }
    let error = row["last_error"].string ?? ""
    return "<section class=\"panel wide\" id=\"facts\"><p>\(Status.html(row["status"]))</p><dl class=\"facts\">\(items.joined())</dl>"
      + (error.isEmpty ? "" : "<p>Last error: <code>\(Markup.escaped(error))</code></p>")
      + "<p>\(Markup.link(run.link("/lineage", [("focus", run.parameter("name"))]), "Lineage")) · "
      + "\(Markup.link(run.link("/lineage", [("focus", run.parameter("name")), ("mode", "impact")]), "Who is affected if it stops"))</p></section>\n"
  }

  // MARK: Runs

  private static func gantt(_ literal: String, _ run: PageRun) -> String {
    let query = """
      runs
      | where pipeline == \(literal) and started > now() - \(run.window)
      | top 48 by started desc
      | project run_id, started, ended, status, attempt, duration, queue_delay, upstream_delay, records_out, error_code, error
      """
    return Frame.panel("runs", "Runs, the latest first", run, query, wide: true) { table in
      if table.rowCount == 0 { return "<p class=\"quiet\">No runs in these \(run.hours) hours.</p>" }
      let longest = table.rows.map { total($0) }.max() ?? 1
      let items = table.rows.map { row -> String in
        let queue = seconds(row["queue_delay"]), upstream = seconds(row["upstream_delay"]), work = seconds(row["duration"])
        func width(_ value: Double) -> String { NumberText.text((value / max(longest, 1) * 1000).rounded()) }
        let isFailed = row["status"].string == "failed"
        let spoken = "waited \(Shown.duration(seconds: upstream)) for upstream and \(Shown.duration(seconds: queue)) in the queue, worked \(Shown.duration(seconds: work))"
        let x1 = width(upstream), x2 = width(upstream + queue)
        let bars = "<svg class=\"gantt\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"\(spoken)\">"
          + "<rect class=\"g-upstream\" width=\"\(x1)\" height=\"10\"/><rect class=\"g-queue\" x=\"\(x1)\" width=\"\(width(queue))\" height=\"10\"/>"
          + "<rect class=\"\(isFailed ? "g-failed" : "g-work")\" x=\"\(x2)\" y=\"\(isFailed ? 0 : 2)\" width=\"\(width(max(work, longest / 200)))\" height=\"\(isFailed ? 10 : 6)\"/></svg>"
        let error = row["error"].string ?? ""
        let attempt = (row["attempt"].integer ?? 1) > 1 ? " · attempt \(row["attempt"].integer ?? 1)" : ""
        let code = row["error_code"].string ?? ""
        return "<li><details\(isFailed && error.isEmpty == false ? " class=\"failed\"" : "")><summary><span>\(Frame.text(row["started"]))</span> \(Status.html(row["status"])) \(bars) "
          + "<span>\(Shown.duration(seconds: work))\(attempt)</span></summary>"
          + "<dl class=\"facts\"><div><dt>run</dt><dd>\(Markup.escaped(row["run_id"].description))</dd></div>"
          + "<div><dt>waited for upstream</dt><dd>\(Shown.duration(seconds: upstream))</dd></div>"
          + "<div><dt>in the queue</dt><dd>\(Shown.duration(seconds: queue))</dd></div>"
          + "<div><dt>records out</dt><dd>\(Frame.text(row["records_out"]))</dd></div>"
          + (code.isEmpty ? "" : "<div><dt>error</dt><dd>\(Markup.link(Markup.query("errors | where code == \(KQLText.string(code)) | summarize count() by pipeline | top 20 by count_"), code))</dd></div>")
          + "</dl>\(error.isEmpty ? "" : "<pre>\(Markup.escaped(error))</pre>")</details></li>\n"
      }
      return "<ol class=\"runs\">\(items.joined())</ol><p class=\"key\"><span class=\"g-upstream\">waiting for upstream</span> "
        + "<span class=\"g-queue\">in the queue</span> <span class=\"g-work\">working</span> <span class=\"g-failed\">failed</span></p>"
    }
  }

  private static func total(_ row: Row) -> Double {
    seconds(row["queue_delay"]) + seconds(row["upstream_delay"]) + seconds(row["duration"])
  }

  private static func seconds(_ cell: Cell) -> Double {
    if case .timespan(let duration) = cell { Frame.seconds(duration) } else { 0 }
  }

  private static func durations(_ literal: String, _ run: PageRun) -> String {
    let query = """
      let usual = toscalar(runs | where pipeline == \(literal) and status == "succeeded" and started > now() - 30d
        | summarize percentiles_array(duration / 1s, 5, 95));
      runs
      | where pipeline == \(literal) and started > now() - \(run.window) and isnotnull(duration) and status != "skipped"
      | project started, seconds = duration / 1s, low = todouble(usual[0]), high = todouble(usual[1])
      | sort by started asc
      | render timechart with (title = "Duration in seconds, and the usual band (5 % to 95 %)")
      """
    return Frame.panel("durations", "Durations", run, query) { ChartFigure.html($0) }
  }

  private static func why(_ literal: String, _ run: PageRun) -> String {
    Frame.backgroundPanel("why", "Why", "why(\(literal)) | project rank, cause, origin, since, score, evidence | take 5", run, wide: false) { table in
      Frame.table(table, empty: "Nothing explains a failure now.") { row, column in
        guard column == "origin", let origin = row["origin"].string else { return nil }
        return Markup.link(run.link("/lineage", [("focus", origin), ("mode", "impact")]), origin)
      }
    }
  }

  // MARK: Neighbours and errors

  private static func neighbours(_ name: String, _ run: PageRun) -> String {
    let literal = KQLText.string(name)
    let query = """
      edges
      | where (isnull(until) or until > now()) and (upstream == \(literal) or downstream == \(literal))
      | project direction = iff(downstream == \(literal), "upstream", "downstream"),
          pipeline = iff(downstream == \(literal), upstream, downstream), kind
      | lookup kind = leftouter (pipelines | project pipeline = name, status, tier) on pipeline
      | sort by direction desc, pipeline asc
      """
    return Frame.panel("neighbours", "Neighbours", run, query) { table in
      Frame.table(table, empty: "It has no neighbours.") { row, column in
        switch column {
        case "pipeline": Markup.link(run.link("/pipeline", [("name", row["pipeline"].description)]), row["pipeline"].description)
        case "status": Status.html(row["status"])
        default: nil
        }
      }
    }
  }

  private static func errors(_ literal: String, _ run: PageRun) -> String {
    let query = """
      let codes = errors | where pipeline == \(literal) and at > now() - \(run.window) | summarize here = count(), message = take_any(message) by code, category;
      codes
      | lookup kind = leftouter (
          errors | where at > now() - \(run.window) and pipeline != \(literal)
          | summarize elsewhere = count(), pipelines = dcount(pipeline) by code, category) on code, category
      | top 10 by here
      """
    return Frame.panel("errors", "Its errors, and where else they occur", run, query) { table in
      Frame.table(table, empty: "No errors in these \(run.hours) hours.") { row, column in
        guard column == "pipelines", let count = row["pipelines"].integer, count > 0 else { return nil }
        let code = row["code"].string ?? ""
        let same = code.isEmpty ? "isempty(code) and category == \(KQLText.string(row["category"].string ?? ""))" : "code == \(KQLText.string(code))"
        return Markup.link(
          Markup.query("errors | where at > now() - \(run.window) and \(same) | summarize count(), last = max(at) by pipeline | sort by count_"), "\(count)")
      }
    }
  }

  private static func schemaChanges(_ literal: String, _ run: PageRun) -> String {
    Frame.panel("schema", "Schema changes", run, "schema_changes | where pipeline == \(literal) | top 10 by at desc", wide: true) {
      Frame.table($0, empty: "None recorded.")
    }
  }
}
