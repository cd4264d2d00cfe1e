import PlumbEngine
import PlumbKit

/// `/alerts`: what fires, what may fire soon, what is silenced, and what was sent.
enum AlertsPage {
  static func html(_ run: PageRun) -> String {
    guard run.has("alert_states") else {
      return Frame.page(
        "Alerts", run, hasRange: false,
        """
        <section class="panel wide" id="none"><p>No rule has been evaluated here yet. <code>plumb alert run --once FILE.plumb</code> evaluates
        rules once, and <code>plumb serve --alerts FOLDER FILE.plumb</code> while the server runs.</p></section>
        """)
    }
    var body = ""
    let message = run.parameter("problem")
    if !message.isEmpty { body += "<pre class=\"error\" id=\"problem\">\(Markup.escaped(message))</pre>" }
    let silenced = run.has("alert_silences") ? silencedInstances(run) : []
    body += states("firing", "Firing", "Nothing fires.", ["firing", "recovering"], run, hasButton: true, silenced)
    body += states("pending", "Pending", "Nothing is pending.", ["pending"], run, hasButton: false, silenced)
    body += Frame.panel(
      "trouble", "Rules in trouble", run,
      "alert_states | where state == \"unknown\" and isnull(until) | project rule, since, problem = says | sort by since desc"
    ) { Frame.table($0, empty: "All rules can be evaluated.") }
    if run.has("alert_baselines") {
      body += Frame.panel(
        "baselines", "What rules compare with", run,
        "alert_baselines | summarize pipelines = count(), up_to = max(made), computed = max(computed) | extend age = now() - computed"
      ) { Frame.table($0, empty: "No baselines have been computed yet.") }
    }
    if run.has("alert_silences") {
      body += Frame.panel(
        "silences", "Silences", run,
        "alert_silences | where until > now() | project rule, condition, until, reason, id | sort by until asc", wide: true
      ) { Frame.table($0, empty: "Nothing is silenced.") }
    }
    body += Frame.panel(
      "sent", "Messages", run,
      "notifications | where status in (\"sent\", \"waiting\", \"failed\") | top 50 by at desc | project at, state, severity, rule, says, target, status, alerts, problem",
      wide: true
    ) { Frame.table($0, empty: "No messages yet.") { row, column in
      column == "rule" ? Markup.link(rule(row["rule"].string ?? ""), row["rule"].string ?? "") : nil
    } }
    return Frame.page("Alerts", run, hasRange: false, body)
  }

  private static func rule(_ name: String) -> String {
    Markup.query("alert_states | where rule == \(Value.string(name).literal) | sort by since desc | take 200")
  }

  /// Rule and key of the instances whose last message was silenced.
  private static func silencedInstances(_ run: PageRun) -> Set<[String]> {
    guard let table = try? run.table("notifications | summarize arg_max(at, status) by rule, key | where status == \"silenced\"") else { return [] }
    return Set(table.rows.map { [$0["rule"].string ?? "", $0["key"].string ?? ""] })
  }

  private static func states(
    _ id: String, _ title: String, _ empty: String, _ names: [String], _ run: PageRun, hasButton: Bool, _ silenced: Set<[String]>
  ) -> String {
    let list = names.map { Value.string($0).literal }.joined(separator: ", ")
    let query = "alert_states | where isnull(until) and state in (\(list))"
      + " | extend order = case(severity == \"critical\", 0, severity == \"high\", 1, severity == \"medium\", 2, severity == \"low\", 3, 4)"
      + " | sort by order asc, since asc | project severity, rule, key, pipeline, state, since = coalesce(fired, since), says, evidence"
    return Frame.panel(id, title, run, query, wide: true) { table in
      if table.rowCount == 0 { return "<p class=\"quiet\">\(Markup.escaped(empty))</p>" }
      var rows = ""
      for row in table.rows.prefix(200) {
        let (name, key, pipeline) = (row["rule"].string ?? "", row["key"].string ?? "", row["pipeline"].string ?? "")
        let isSilenced = silenced.contains([name, key])
        let subject = pipeline.isEmpty ? Markup.escaped(key) : Markup.link(Markup.pipeline(pipeline), pipeline)
        rows += "<tr><td>\(Markup.escaped(row["severity"].string ?? ""))</td><td>\(Markup.link(rule(name), name))</td><td>\(subject)</td>"
          + "<td>\(Markup.escaped(row["state"].string ?? ""))\(isSilenced ? ", silenced" : "")</td><td>\(Frame.text(row["since"]))</td>"
          + "<td>\(Markup.escaped(row["says"].string ?? ""))<details><summary>Evidence</summary><pre>\(Frame.text(row["evidence"]))</pre></details></td>"
          + "<td>\(hasButton && run.service.settings.isWritable && !isSilenced ? form(name, pipeline) : "")</td></tr>\n"
      }
      let more = table.rowCount > 200 ? "<p class=\"quiet\">and \(table.rowCount - 200) more</p>" : ""
      let heads = ["severity", "rule", "about", "state", "since", "says", ""].map { "<th scope=\"col\">\($0)</th>" }.joined()
      return "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>\(heads)</tr></thead><tbody>\n\(rows)</tbody></table></div>\(more)"
    }
  }

  private static func form(_ rule: String, _ pipeline: String) -> String {
    """
    <details><summary>Silence…</summary><form method="post" action="/alerts/silence">
    <input type="hidden" name="rule" value="\(Markup.escaped(rule))"><input type="hidden" name="pipeline" value="\(Markup.escaped(pipeline))">
    <label>for <select name="hours"><option value="1">1 h</option><option value="4" selected>4 h</option><option value="24">24 h</option><option value="168">7 d</option></select></label>
    <label>because <input name="reason" required maxlength="200"></label>
    <button type="submit">Silence</button></form></details>
    """
  }

  /// The command that a form asks for; nil if a field is missing.
  static func command(_ form: [String: String]) -> String? {
    guard let rule = form["rule"], !rule.isEmpty, let hours = form["hours"].flatMap({ Int($0) }), (1...720).contains(hours),
      let reason = form["reason"], !reason.isEmpty, reason.utf8.count <= 1_000, rule.utf8.count <= 200, !rule.contains("'"), !rule.contains("\\")
    else { return nil }
    let pipeline = form["pipeline"] ?? ""
    let condition = pipeline.isEmpty ? "" : " where pipeline == \(Value.string(pipeline).literal)"
    return ".silence ['\(rule)']\(condition) until now() + \(hours)h because \(Value.string(reason).literal)"
  }
}
