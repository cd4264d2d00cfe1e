import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation

/// Lineage as trees: each pipeline is a child of the one that it was reached from.
///
/// The rows need a column `pipeline`, and `via` (the previous pipeline) or `path` (the whole way). Pipelines that only
/// a `via` or a `path` mentions are included without details. A pipeline that can be reached in several ways is a
/// child of each of them.
struct LineageForest {
  struct Node {
    var name: String
    /// Empty if no row gives it.
    var status = ""
    /// The other columns, as in `tier 1`.
    var details: [String] = []
    /// In the order of the rows.
    var children: [Int] = []
    var hasParent = false

    /// The lines of text in the node's box.
    var lines: [String] { [name] + (status.isEmpty ? [] : [status]) + details }
  }

  private(set) var nodes: [Node] = []
  /// The number of rows read so far.
  private(set) var rowCount = 0
  /// Remarks that say what a root is like, which its node shows.
  private(set) var shownRemarks: Set<String> = []
  private var numbers: [String: Int] = [:]
  private var links: Set<Link> = []

  private struct Link: Hashable {
    var from: Int
    var to: Int
  }

  /// - Throws: `not-lineage` if the columns are missing.
  init(_ answer: Answer, limit: Int?, format: String) throws {
    func index(_ name: String, _ type: ScalarType) -> Int? { answer.schema.firstIndex(of: ColumnInfo(name, type)) }
    let via = index("via", .string), path = index("path", .dynamic)
    guard let pipeline = index("pipeline", .string), via != nil || path != nil else {
      throw Diagnostic(
        "not-lineage", "the format `\(format)` draws lineage only",
        help: "the rows must have the columns `pipeline` and `via` or `path`, as `lineage downstream of X` does")
    }
    let status = index("status", .string)
    let others = answer.schema.indices.filter { ![pipeline, via, path, status, index("depth", .long)].contains($0) }
    var named: [Int: Bool] = [:]
    answer.forEachRow(limit: limit) { columns, row in
      let number = self.number(Self.text(columns[pipeline], row))
      named[number] = true
      if let status { nodes[number].status = Self.text(columns[status], row) }
      nodes[number].details = others.compactMap { Self.detail(answer.schema[$0], columns[$0], row) }
    }
    let described = Set(named.keys)
    rowCount = answer.forEachRow(limit: limit) { columns, row in
      let number = self.number(Self.text(columns[pipeline], row))
      if let via, !columns[via].cellBytes(at: row).isEmpty {
        let before = self.number(Self.text(columns[via], row))
        link(before, to: number)
        if named[before] == nil, let path { readWay(columns[path], row, &named) }
      } else if via == nil, let path {
        readWay(columns[path], row, &named)
      }
    }
    for remark in answer.remarks {
      guard let itself = remark.ranges(of: LineageRemark.itself).first, let number = numbers[VisibleText.string(String(remark[..<itself.lowerBound]))] else { continue }
      guard !described.contains(number) else { continue }
      var parts = remark[itself.upperBound...].split(separator: ",").map { VisibleText.string(String($0.drop { $0 == " " })) }
      if parts.first?.contains(" ") == false { nodes[number].status = parts.removeFirst() }
      nodes[number].details = parts
      shownRemarks.insert(remark)
    }
  }

  /// Reads the path to a row, backwards until it meets a part that is already known.
  private mutating func readWay(_ column: Vector, _ row: Int, _ named: inout [Int: Bool]) {
    if column.isEmptyCell(at: row) { return }
    var way: [DynamicCursor] = []
    DynamicCursor(column.cellBytes(at: row)).forEachElement { way.append($0) }
    var after: Int?
    for element in way.reversed() {
      guard element.tag == .string else { return }
      let number = self.number(VisibleText.string(String(element.text)))
      if let after {
        link(number, to: after)
        if named.updateValue(true, forKey: number) != nil { return }
      }
      after = number
    }
  }

  private mutating func number(_ name: String) -> Int {
    if let known = numbers[name] { return known }
    numbers[name] = nodes.count
    nodes.append(Node(name: name))
    return nodes.count - 1
  }

  private mutating func link(_ from: Int, to: Int) {
    guard from != to, links.insert(Link(from: from, to: to)).inserted else { return }
    nodes[from].children.append(to)
    nodes[to].hasParent = true
  }

  private static func text(_ column: Vector, _ row: Int) -> String {
    VisibleText.string(String(column.cellBytes(at: row)))
  }

  /// Returns `tier 1`, or only the name of a flag; nil if there is nothing to show.
  private static func detail(_ column: ColumnInfo, _ vector: Vector, _ row: Int) -> String? {
    if vector.isEmptyCell(at: row) { return nil }
    let name = String(column.name.map { $0 == "_" ? " " : $0 })
    if case .timespan(let ticks) = vector.value(at: row) { return VisibleText.string("\(name) \(ChartNumber.duration(Double(ticks)))") }
    var buffer = ByteBuffer()
    vector.printShortText(at: row, to: &buffer)
    if buffer.isEmpty { return nil }
    if column.type == .bool { return buffer.string == "true" ? VisibleText.string(name) : nil }
    return VisibleText.string("\(name) \(buffer.string)")
  }

  /// The roots of the trees: pipelines without a parent, and one of each ring that has no parent outside it.
  var roots: [Int] {
    var roots = nodes.indices.filter { !nodes[$0].hasParent }
    var seen = [Bool](repeating: false, count: nodes.count)
    func mark(_ root: Int) {
      var open = [root]
      while let node = open.popLast() {
        if seen[node] { continue }
        seen[node] = true
        open += nodes[node].children
      }
    }
    roots.forEach(mark)
    for node in nodes.indices where !seen[node] {
      roots.append(node)
      mark(node)
    }
    return roots
  }

  /// The symbol of a status and its ink.
  static func mark(_ status: String, isASCII: Bool) -> (sign: String, ink: Palette.Ink)? {
    switch status {
    case "succeeded": (isASCII ? "+" : "✓", .good)
    case "failed": (isASCII ? "x" : "✗", .bad)
    case "stale": ("!", .doubtful)
    case "running": (isASCII ? ">" : "▸", .going)
    case "skipped", "cancelled": (isASCII ? "o" : "○", .doubtful)
    default: nil
    }
  }
}
