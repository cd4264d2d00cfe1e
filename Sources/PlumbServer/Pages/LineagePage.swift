import PlumbEngine
import PlumbKit

/// `/lineage`: what one pipeline depends on and what depends on it, as a graph and as a table.
enum LineagePage {
  /// Above this number nodes are drawn as groups.
  private static let mostNodes = 300

  private struct Node {
    var name: String
    var layer: Int
    var status = ""
    var tier: Int?
    var source = ""
    /// Neighbours that are not drawn.
    var hidden = 0
    /// Whether the mode marks it, as hurt or as on the way to the cause.
    var isMarked = false
  }

  static func html(_ run: PageRun) -> String {
    guard run.has("pipelines", "edges") else { return Frame.withoutTelemetry("Lineage", run) }
    var focus = run.parameter("focus")
    if focus.isEmpty { focus = worst(run) }
    return Frame.page("Lineage", run, hasRange: false, form(focus, run) + graph(focus, run))
  }

  /// A pipeline worth looking at first.
  private static func worst(_ run: PageRun) -> String {
    let query = #"pipelines | sort by iff(status == "failed", 0, 1) asc, tier asc, name asc | take 1"#
    return (try? run.table(query))?["name"]?.first?.string ?? ""
  }

  private static func hops(_ run: PageRun, _ name: String) -> Int { min(max(Int(run.parameter(name)) ?? 1, 0), 20) }

  private static func mode(_ run: PageRun) -> String {
    ["impact", "cause"].contains(run.parameter("mode")) ? run.parameter("mode") : "dependencies"
  }

  // MARK: Form

  private static func form(_ focus: String, _ run: PageRun) -> String {
    let names = ((try? run.table("pipelines | project name | sort by name asc | take 2000"))?["name"] ?? []).compactMap(\.string)
    func options(_ values: [String], _ current: String) -> String {
      values.map { "<option\($0 == current ? " selected" : "")>\($0)</option>" }.joined()
    }
    return """
      <form class="filters" action="/lineage" method="get">
      <label>pipeline <input name="focus" list="names" value="\(Markup.escaped(focus))" required></label>
      <datalist id="names">\(names.map { "<option value=\"\(Markup.escaped($0))\">" }.joined())</datalist>
      <label>upstream <input type="number" name="up" min="0" max="20" value="\(hops(run, "up"))"></label>
      <label>downstream <input type="number" name="down" min="0" max="20" value="\(hops(run, "down"))"></label>
      <label>show <select name="mode">\(options(["dependencies", "impact", "cause"], mode(run)))</select></label>
      <label>collapse by <select name="by"><option value="">nothing</option>\(options(["source", "region"], run.parameter("by")))</select></label>
      <button>Show</button>
      </form>

      """
  }

  // MARK: Graph

  private static func graph(_ focus: String, _ run: PageRun) -> String {
    let literal = KQLText.string(focus)
    let mode = mode(run)
    // Impact and cause show the whole way in their direction.
    let up = mode == "impact" ? 0 : mode == "cause" ? max(3, hops(run, "up")) : hops(run, "up")
    let down = mode == "cause" ? 0 : mode == "impact" ? max(3, hops(run, "down")) : hops(run, "down")
    var parts = ["(print pipeline = \(literal), depth = 0)"]
    if up > 0 { parts.append("(lineage_upstream(\(literal), \(up)) | project pipeline, depth = -tolong(depth))") }
    if down > 0 { parts.append("(lineage_downstream(\(literal), \(down)) | project pipeline, depth = tolong(depth))") }
    let query = """
      union \(parts.joined(separator: ",\n      "))
      | summarize depth = take_any(depth) by pipeline
      | lookup kind = leftouter (pipelines | project pipeline = name, source, region, tier, status, owner) on pipeline
      | sort by depth asc, pipeline asc
      """
    return Frame.panel("lineage", "\(focus): \(mode)", run, query, wide: true) { table in
      if table.rowCount == 0 { return "<p class=\"quiet\">This pipeline does not exist.</p>" }
      let group = !run.parameter("by").isEmpty ? run.parameter("by") : table.rowCount > mostNodes ? "source" : ""
      let note = run.parameter("by").isEmpty && !group.isEmpty ? "<p class=\"quiet\">\(table.rowCount) pipelines, collapsed by source.</p>" : ""
      let marked = try self.marked(focus, mode, run)
      let drawing = try self.drawing(table, focus, group: group, marked, run)
      return note + drawing + "<h3>The same as a table</h3>"
        + Frame.table(table, most: 500) { row, column in
          switch column {
          case "pipeline": Markup.link(run.link("/pipeline", [("name", row["pipeline"].description)]), row["pipeline"].description)
          case "status": Status.html(row["status"])
          default: nil
          }
        }
    }
  }

  /// The pipelines that the mode marks.
  private static func marked(_ focus: String, _ mode: String, _ run: PageRun) throws -> Set<String> {
    let literal = KQLText.string(focus)
    switch mode {
    case "impact": return Set((try run.table("blast(\(literal)) | where failing or sla_at_risk | project pipeline")["pipeline"] ?? []).compactMap(\.string))
    case "cause": return Set((try run.table("why(\(literal)) | project origin")["origin"] ?? []).compactMap(\.string))
    default: return []
    }
  }

  private static func drawing(_ table: ResultTable, _ focus: String, group: String, _ marked: Set<String>, _ run: PageRun) throws -> String {
    var nodes: [Node] = []
    var index: [String: Int] = [:]
    // The key of each pipeline: itself, or its group on its side of the focus.
    var keys: [String: String] = [:]
    for row in table.rows {
      let name = row["pipeline"].string ?? "", layer = row["depth"].integer ?? 0
      let isGrouped = !group.isEmpty && name != focus
      let key = isGrouped ? "\(row[group].description) \(layer.signum())" : name
      keys[name] = key
      if let known = index[key] {
        nodes[known].hidden += 1
        if row["status"].string == "failed" { nodes[known].status = "failed" }
        nodes[known].isMarked = nodes[known].isMarked || marked.contains(name)
        continue
      }
      index[key] = nodes.count
      nodes.append(
        Node(
          name: isGrouped ? row[group].description : name, layer: isGrouped ? layer.signum() : layer, status: row["status"].string ?? "",
          tier: row["tier"].integer, source: row["source"].string ?? "", isMarked: marked.contains(name)))
    }
    let list = table.rows.map { KQLText.string($0["pipeline"].string ?? "") }.joined(separator: ", ")
    let edges = try run.table(
      "edges | where (isnull(until) or until > now()) and (upstream in (\(list)) or downstream in (\(list))) | distinct upstream, downstream, kind")
    var lines: [(from: Int, to: Int, kind: String)] = []
    var seen: Set<[Int]> = []
    for row in edges.rows {
      let from = keys[row["upstream"].string ?? ""].flatMap { index[$0] }, to = keys[row["downstream"].string ?? ""].flatMap { index[$0] }
      if let from, let to {
        if from != to, seen.insert([from, to]).inserted { lines.append((from, to, row["kind"].string ?? "")) }
      } else if group.isEmpty, let shown = from ?? to {
        nodes[shown].hidden += 1
      }
    }
    let layout = LayeredGraph(layers: nodes.map(\.layer), edges: lines.map { ($0.from, $0.to) })
    return svg(nodes, lines, layout, focus, isGrouped: !group.isEmpty, run)
  }

  private static func svg(
    _ nodes: [Node], _ lines: [(from: Int, to: Int, kind: String)], _ layout: LayeredGraph, _ focus: String, isGrouped: Bool, _ run: PageRun
  ) -> String {
    let width = 220.0, gap = 60.0, height = 28.0, space = 10.0
    let total = (Double(layout.layerCount) * (width + gap) - gap, Double(layout.rowCount) * (height + space))
    func text(_ value: Double) -> String { NumberText.text((value * 10).rounded() / 10) }
    let columnCounts = Dictionary(grouping: layout.positions, by: \.layer).mapValues(\.count)
    func corner(_ node: Int) -> (x: Double, y: Double) {
      let at = layout.positions[node]
      let offset = Double(layout.rowCount - (columnCounts[at.layer] ?? 0)) * (height + space) / 2
      return (Double(at.layer) * (width + gap), offset + Double(at.row) * (height + space) + space / 2)
    }
    var out = "<div class=\"scroll\" tabindex=\"0\"><svg class=\"graph\" viewBox=\"0 0 \(text(max(width, total.0))) \(text(max(height, total.1) + space))\" width=\"\(text(max(width, total.0)))\" height=\"\(text(max(height, total.1) + space))\" role=\"group\" aria-label=\"\(nodes.count) nodes and \(lines.count) edges; the table below contains the same\">"
    for line in lines {
      let a = corner(line.from), b = corner(line.to)
      let x1 = a.x + width, y1 = a.y + height / 2, x2 = b.x, y2 = b.y + height / 2
      let bend = max(24, abs(x2 - x1) / 2)
      let marked = nodes[line.from].isMarked && nodes[line.to].isMarked
      out += "<path class=\"edge \(marked ? "marked" : "") k-\(line.kind == "data" ? "data" : "other")\" d=\"M\(text(x1)) \(text(y1))C\(text(x1 + bend)) \(text(y1)) \(text(x2 - bend)) \(text(y2)) \(text(x2)) \(text(y2))\"/>"
    }
    for (i, node) in nodes.enumerated() {
      let at = corner(i)
      let mark = node.status == "failed" ? "✕" : node.status == "running" ? "▶" : node.status.isEmpty ? "·" : "✓"
      let isGroup = isGrouped && node.name != focus
      let label = shortened(node.name, to: 24) + (node.hidden > 0 ? isGroup ? " (\(node.hidden + 1))" : " +\(node.hidden)" : "")
      let target = isGroup ? run.link("/pipelines", [("source", node.name)])
        : Markup.path("/lineage", [("focus", node.name), ("mode", run.parameter("mode")), ("up", run.parameter("up")), ("down", run.parameter("down"))])
      let classes = ["node", node.status == "failed" ? "bad" : "", node.name == focus ? "focus" : "", node.isMarked ? "marked" : "", node.tier == 1 ? "tier1" : ""]
        .filter { !$0.isEmpty }.joined(separator: " ")
      out += "<a href=\"\(Markup.escaped(target))\" class=\"\(classes)\"><title>\(Markup.escaped(node.name)): \(node.status)\(node.tier.map { ", tier \($0)" } ?? "")</title>"
        + "<rect x=\"\(text(at.x))\" y=\"\(text(at.y))\" width=\"\(text(width))\" height=\"\(text(height))\" rx=\"4\"/>"
        + "<text x=\"\(text(at.x + 8))\" y=\"\(text(at.y + 18))\">\(mark) \(Markup.escaped(label))</text></a>"
    }
    return out + "</svg></div>"
  }

  /// A name with its middle left out.
  private static func shortened(_ name: String, to most: Int) -> String {
    name.count <= most ? name : name.prefix(most / 2) + "…" + name.suffix(most - most / 2 - 1)
  }
}
