import PlumbDatabase
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// `/query`: an editor, and the answer of the query in the URL.
enum QueryPage {
  private static let rowLimit = 500

  static func html(_ run: PageRun) -> String {
    let text = run.parameter("csl")
    // Variables of a dashboard have their values here too.
    let boards = run.service.dashboards.all, number = Int(run.parameter("n")) ?? 0
    let whole = boards.indices.contains(number) ? DashboardText.whole(text, of: boards[number], [:]) : text
    var marks: String?
    let below = text.trimmingCharacters.isEmpty ? examples() : answer(whole, run, &marks, skipping: whole.utf8.count - text.utf8.count)
    let pin = marks == nil && !text.trimmingCharacters.isEmpty ? pinning(text, boards.map(\.title), run) : ""
    return Frame.page(
      "Query", run, hasRange: false,
      "<div class=\"columns query\"><div>\(form(text, marks: marks ?? "[]", run))\(below)\(pin)</div>\(schema(run))</div>")
  }

  /// - Parameter marks: where the text is wrong, for the script.
  private static func form(_ text: String, marks: String, _ run: PageRun) -> String {
    """
    <form class="editor" action="/query" method="get">
    <label for="csl">KQL</label>
    <div class="edit"><pre class="ink" aria-hidden="true" data-pieces="\(Editor.colours(text))" data-marks="\(marks)"></pre>
    <textarea id="csl" name="csl" rows="8" spellcheck="false" autocapitalize="off" autocomplete="off" aria-describedby="keys">\(Markup.escaped(text))</textarea></div>
    \(kept(run))<p><button>Run</button> <span class="quiet" id="keys">Ctrl-Enter runs the block at the caret, Ctrl-Space completes; the address of this page contains the query.</span></p>
    </form>

    """
  }

  /// What names the tile that is being edited.
  private static func kept(_ run: PageRun) -> String {
    ["tile", "n", "title"].map { name in
      let value = run.parameter(name)
      return value.isEmpty ? "" : "<input type=\"hidden\" name=\"\(name)\" value=\"\(Markup.escaped(value))\">"
    }.joined()
  }

  /// A form that makes the query a tile of a dashboard, or changes the tile that is being edited.
  private static func pinning(_ text: String, _ boards: [String], _ run: PageRun) -> String {
    let isSaved = run.service.settings.isWritable && !boards.isEmpty
    let isEdited = !run.parameter("tile").isEmpty
    let tile = isEdited ? "<input type=\"hidden\" name=\"tile\" value=\"\(Markup.escaped(run.parameter("tile")))\">" : ""
    let number = run.parameter("n")
    let board = boards.count > 1 && !isEdited
      ? "<label>Dashboard <select name=\"n\">\(boards.enumerated().map { "<option value=\"\($0)\"\("\($0)" == number ? " selected" : "")>\(Markup.escaped($1))</option>" }.joined())</select></label>"
      : number.isEmpty ? "" : "<input type=\"hidden\" name=\"n\" value=\"\(Markup.escaped(number))\">"
    let action = isSaved ? (isEdited ? "Save the tile" : "Pin to the dashboard") : "Download as a dashboard"
    return """
      <form class="filters" id="pin" action="/dashboard/pin" method="post"><input type="hidden" name="csl" value="\(Markup.escaped(text))">\(tile)\(board)
      <label>Title <input name="title" value="\(Markup.escaped(run.parameter("title")))" required maxlength="200"></label><button>\(action)</button></form>

      """
  }

  // MARK: Answers

  /// - Parameters:
  ///   - marks: receives where the text is wrong, if it is.
  ///   - skipping: the bytes of the text before what the editor shows.
  private static func answer(_ text: String, _ run: PageRun, _ marks: inout String?, skipping: Int) -> String {
    if CommandText(text) != nil {
      marks = "[]"
      return "<p class=\"error\">Commands are sent to <code>/v1/rest/mgmt</code>; this page runs queries.</p>"
    }
    let started = Machine.milliseconds
    do {
      let answers = try run.answers(text)
      let milliseconds = Int((Machine.milliseconds - started).rounded())
      return answers.enumerated().map { number, answer in
        result(ResultTable(answer), number: answers.count > 1 ? number + 1 : nil, milliseconds, text, run)
      }.joined() + "<p>\(Markup.link(Markup.path("/query", [("csl", text), ("as", "datatable")]), "As datatable"))"
        + " · \(Markup.link(Markup.path("/query", [("csl", text), ("as", "json")]), "As JSON"))"
        + " · \(Markup.link(Markup.path("/query", [("csl", text), ("as", "explain")]), "Explain"))"
        + " · \(Markup.link(Markup.path("/query", [("csl", text), ("as", "expand")]), "Expand"))"
        + " · \(Markup.link(Markup.path("/result.csv", [("csl", text)]), "CSV"))</p>" + other(text, answers.last, run)
    } catch {
      marks = Editor.marks((error as? Problems)?.list ?? [], in: text, skipping: skipping)
      return "<pre class=\"error\" role=\"alert\">\(Markup.escaped("\(error)"))</pre>"
    }
  }

  private static func result(_ table: ResultTable, number: Int?, _ milliseconds: Int, _ text: String, _ run: PageRun) -> String {
    let title = number.map { "Result \($0)" } ?? "Result"
    let id = number.map { "result-\($0)" } ?? "result"
    let chart = table.chart == nil ? "" : ChartFigure.html(table)
    let rows = Frame.table(table, most: rowLimit, empty: "No rows.") { row, column in
      column == "pipeline" || column == "name" && table.columns.contains { $0.name == "schedule" }
        ? row[column].string.map { Markup.link(Markup.pipeline($0), $0) } : nil
    }
    let remarks = table.remarks.map { "<p class=\"quiet\">\(Markup.escaped($0))</p>" }.joined()
    return "<section class=\"panel wide\" id=\"\(id)\"><h2>\(title)</h2>\(chart)\(rows)\(remarks)<footer><span>\(table.rowCount) rows · \(milliseconds) ms</span></footer></section>\n"
  }

  /// The answer or the query in another form.
  private static func other(_ text: String, _ answer: Answer?, _ run: PageRun) -> String {
    let form = run.parameter("as")
    do {
      switch form {
      case "datatable", "json":
        guard let answer else { return "" }
        return code(form, try ResultTable(answer).text(as: form))
      case "explain": return code(form, try run.table("explain \(text)").text(as: "raw"))
      case "expand": return code(form, try run.expanded(text))
      default: return ""
      }
    } catch {
      return "<pre class=\"error\">\(Markup.escaped("\(error)"))</pre>"
    }
  }

  private static func code(_ title: String, _ text: String) -> String {
    "<section class=\"panel wide\"><h2>\(title)</h2><pre tabindex=\"0\">\(Markup.escaped(text.count > 200_000 ? String(text.prefix(200_000)) + "…" : text))</pre></section>"
  }

  // MARK: Beside the editor

  private static func schema(_ run: PageRun) -> String {
    let tables = (try? run.service.workspace.tables) ?? []
    let items = tables.map { table in
      let columns = table.columns.map { "<li><code>\(Markup.escaped($0.name))</code> <span class=\"quiet\">\($0.type.rawValue)</span></li>" }
      let rows = table.rowCount.map { " <span class=\"quiet\">\(Shown.count(Double($0))) rows</span>" } ?? ""
      return "<li><details><summary>\(Markup.escaped(table.name))\(rows)</summary><ul>\(columns.joined())</ul>"
        + "<p>\(Markup.link(Markup.query("\(table.name) | take 10"), "10 rows"))</p></details></li>"
    }
    return "<aside class=\"panel\" aria-label=\"Tables\"><h2>Tables</h2><ul class=\"schema\">\(items.joined())</ul>"
      + "<section hidden data-history><h2>History</h2><ol></ol></section></aside>"
  }

  private static func examples() -> String {
    let queries = [
      #"pipelines | where status == "failed" | summarize count() by source"#,
      "runs | where started > ago(1d) | summarize count() by bin(started, 1h), status | render columnchart with (kind = stacked)",
      "errors | where at > ago(1d) | summarize count(), last = max(at) by code | top 10 by count_",
    ]
    return "<section class=\"panel wide\"><h2>Some to begin with</h2><ul>"
      + queries.map { "<li>\(Markup.link(Markup.query($0), $0))</li>" }.joined() + "</ul></section>"
  }
}
