import PlumbDiagnostics
import PlumbPresentation

/// Draws the state of all pipelines on one screen, in as many columns as the terminal has room for, and says what to ask next.
struct OverviewCard {
  private struct Section {
    let name: String
    var rows: [CardRow]
    /// Lines of rows that have room.
    var shown = 0
  }

  private let sections: [Section]
  private let width: Int
  private let height: Int

  /// The sections of each column, for one, two and three columns; others follow in the last one.
  private static let layouts: [[[String]]] = [
    [["failing now", "status", "last 24 hours", "freshness breaches", "top risks", "recent failures", "source"]],
    [["status", "last 24 hours", "source"], ["failing now", "freshness breaches", "top risks", "recent failures"]],
    [["status", "source"], ["failing now", "freshness breaches", "last 24 hours"], ["top risks", "recent failures"]],
  ]
  private static let gap = 3

  /// - Parameters:
  ///   - width: columns of the terminal.
  ///   - height: lines of the terminal.
  init(rows: [CardRow], width: Int, height: Int) {
    var sections: [Section] = []
    for row in rows {
      let name = row.text("section")
      if let place = sections.firstIndex(where: { $0.name == name }) {
        sections[place].rows.append(row)
      } else {
        sections.append(Section(name: name, rows: [row]))
      }
    }
    self.sections = sections
    self.width = width
    self.height = max(12, height)
  }

  /// - Returns: An empty set: the card leaves out no column.
  func draw(on page: inout CardPage) -> Set<String> {
    let layout = Self.layouts[width >= 150 ? 2 : width >= 72 ? 1 : 0]
    let columnWidth = min(64, (width - Self.gap * (layout.count - 1)) / layout.count)
    let known = Set(layout.flatMap { $0 })
    var columns: [[String]] = []
    for (place, names) in layout.enumerated() {
      var here = names.compactMap { name in sections.first { $0.name == name } }
      if place == layout.count - 1 { here += sections.filter { !known.contains($0.name) } }
      // The next question and the line about rows and time need room as well.
      columns.append(lines(fitting(here, into: layout.count == 1 ? .max : height - 7), columnWidth, &page))
    }
    for line in 0..<(columns.map(\.count).max() ?? 0) {
      var text = ""
      for (place, column) in columns.enumerated() {
        let cell = column.indices.contains(line) ? column[line] : ""
        let isLast = place == columns.count - 1
        let shown = DisplayWidth.columns(of: Self.withoutStyle(cell))
        text += cell + (isLast ? "" : String(repeating: " ", count: max(0, columnWidth + Self.gap - shown)))
      }
      page.line(CardPage.trimmed(text))
    }
    if let question {
      page.line()
      page.line(page.styled("ask:", .quiet) + " " + page.styled(question, .bold))
    }
    return []
  }

  /// The pipeline that fails and matters most, or the one that most probably will.
  private var question: String? {
    if let failing = sections.first(where: { $0.name == "failing now" })?.rows.first { return "why \(failing.text("item"))" }
    if sections.contains(where: { $0.name == "top risks" }) { return "predict risk | top 2" }
    return nil
  }

  /// How many rows of each section fit: two of each, and the rest in turn.
  private func fitting(_ sections: [Section], into lines: Int) -> [Section] {
    var sections = sections
    var left = lines == .max ? Int.max : lines - sections.count * 2 + 1
    func give(upTo most: Int) -> Bool {
      var hasGiven = false
      for place in sections.indices where left > 0 && sections[place].shown < min(most, sections[place].rows.count) {
        sections[place].shown += 1
        left -= 1
        hasGiven = true
      }
      return hasGiven
    }
    var most = 1
    while give(upTo: most) || most < 2 { most += 1 }
    return sections
  }

  private func lines(_ sections: [Section], _ width: Int, _ page: inout CardPage) -> [String] {
    var lines: [String] = []
    for section in sections where section.shown > 0 {
      if !lines.isEmpty { lines.append("") }
      let total = self.total(of: section)
      let count = total > section.shown ? "  \(section.shown) of \(total)" : ""
      lines.append(page.styled(page.fitted(section.name.uppercased(), width - count.count), .bold) + page.styled(count, .quiet))
      let shown = Self.shown(of: section)
      // Numbers before details are aligned.
      let details = section.name == "source" ? shown.map { DisplayWidth.columns(of: Self.rounded($0.text("detail"))) }.max() ?? 0 : 0
      for row in shown { lines.append(line(row, in: section.name, width, detailsIn: details, &page)) }
    }
    return lines
  }

  /// The first rows, as many as there is room for; a row at the end that sums up others is always among them.
  private static func shown(of section: Section) -> [CardRow] {
    guard section.shown < section.rows.count, let last = section.rows.last, last.text("item").hasPrefix("other ") else {
      return Array(section.rows.prefix(section.shown))
    }
    return section.rows.prefix(section.shown - 1) + [last]
  }

  /// How many there are of what a section lists.
  private func total(of section: Section) -> Int {
    func value(_ name: String, _ item: String) -> Int? {
      sections.first { $0.name == name }?.rows.first { $0.text("item") == item }?.real("value").map { Int($0.rounded()) }
    }
    switch section.name {
    case "failing now": return value("status", "failed") ?? section.rows.count
    case "freshness breaches": return value("last 24 hours", "freshness breaches") ?? section.rows.count
    default: return section.rows.count
    }
  }

  private func line(_ row: CardRow, in section: String, _ width: Int, detailsIn details: Int, _ page: inout CardPage) -> String {
    let item = row.text("item")
    let detail = row.text("detail")
    let value = row.real("value")
    let number: String
    var ink = CardPage.Ink.plain
    switch section {
    case "top risks":
      number = value.map { CardPage.percent($0) + " %" } ?? ""
      ink = (value ?? 0) >= 0.5 ? .bad : (value ?? 0) >= 0.2 ? .doubtful : .plain
    case "freshness breaches":
      number = value.map { Self.hours($0) } ?? ""
    case "failing now":
      number = ""
      ink = detail.hasPrefix("tier 1") ? .bad : .plain
    default:
      number = value.map { ChartNumber.text($0.rounded()) } ?? ""
      if section == "status" { ink = item == "failed" ? .bad : item == "succeeded" ? .good : .plain }
    }
    let about = Self.rounded(detail)
    let padding = String(repeating: " ", count: max(0, details - DisplayWidth.columns(of: about)))
    // A name keeps half of the line.
    let end = page.fitted(
      [number, padding + about].filter { !$0.isEmpty }.joined(separator: " "), max(8, width - min(DisplayWidth.columns(of: item), width / 2) - 1))
    let room = max(8, width - DisplayWidth.columns(of: end) - 1)
    let name = page.fitted(item, room)
    let gap = max(1, width - DisplayWidth.columns(of: name) - DisplayWidth.columns(of: end))
    return page.styled(name, ink) + String(repeating: " ", count: gap) + end
  }

  private static func hours(_ value: Double) -> String {
    value >= 48 ? "\(ChartNumber.fixed(value / 24, 1)) d" : "\(ChartNumber.fixed(value, 1)) h"
  }

  /// `of 13.48 h` with one digit after the point.
  private static func rounded(_ detail: String) -> String {
    detail.split(separator: " ", omittingEmptySubsequences: false).map { word -> String in
      guard let point = word.firstIndex(of: "."), word.distance(from: point, to: word.endIndex) > 2, let value = Double(word) else {
        return String(word)
      }
      return ChartNumber.fixed(value, 1)
    }.joined(separator: " ")
  }

  private static func withoutStyle(_ text: String) -> String {
    var out = ""
    var isEscape = false
    for character in text {
      if character == "\u{1B}" { isEscape = true }
      if !isEscape { out.append(character) }
      if isEscape, character == "m" { isEscape = false }
    }
    return out
  }
}
