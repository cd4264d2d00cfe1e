import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation

/// The state of all pipelines on one screen.
enum Overview {
  /// Draws the sections in two columns of a screen of 80 x 24.
  static func show(in conversation: Conversation) throws {
    guard let answer = try conversation.answers(to: "overview(5)").last else { return }
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

  /// As many lines of each section as fit.
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
