import PlumbEngine
import PlumbSyntax

/// The texts of a dashboard: queries with the values of their variables, JSON in lines, and tiles of text.
enum DashboardText {
  /// Whether a text contains a word.
  static func uses(_ word: String, _ text: String) -> Bool {
    words(of: text).contains(word[...])
  }

  private static func words(of text: String) -> Set<Substring> {
    Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") })
  }

  /// A query that runs by itself: the values of the parameters it uses and the named queries it builds on come first, except
  /// those that it defines.
  ///
  /// - Parameter chosen: what a reader chose, by the names of controls.
  static func whole(_ query: String, of dashboard: Dashboard, _ chosen: [String: String]) -> String {
    var before: [String] = []
    var known: Set<String> = Set(query.matches(of: #/\blet\s+(\w+)/#).map { String($0.1) })
    func define(for text: String, depth: Int) {
      let words = words(of: text)
      for parameter in dashboard.parameters where parameter.variables.contains(where: { words.contains($0[...]) }) {
        for (name, value) in parameter.values(chosen) where words.contains(name[...]) && known.insert(name).inserted {
          before.append("let \(name) = \(value);")
        }
      }
      // A named query may use others; one that uses itself is left to the binder.
      for base in dashboard.baseQueries where depth < 16 && words.contains(base.name[...]) && known.insert(base.name).inserted {
        define(for: base.text, depth: depth + 1)
        before.append(named(base.text, base.name))
      }
    }
    define(for: query, depth: 0)
    return (before + [query]).joined(separator: "\n")
  }

  /// A query under a name; what its text defines before is defined before.
  private static func named(_ text: String, _ name: String) -> String {
    let bytes = Array(text.utf8)
    guard let last = parse(text).script.statements.last?.span, last.lower > 0, last.upper <= bytes.count else { return "let \(name) = \(text);" }
    return String(decoding: bytes[..<last.lower], as: UTF8.self) + "let \(name) = " + String(decoding: bytes[last.lower..<last.upper], as: UTF8.self) + ";"
  }

  /// JSON in lines, so that versions of a file can be compared.
  static func lines(_ tree: Dynamic, indent: Int = 0) -> String {
    let space = String(repeating: "  ", count: indent + 1), end = String(repeating: "  ", count: indent)
    switch tree {
    case .object(let members) where !members.isEmpty:
      let rows = members.map { "\(space)\(Dynamic.string($0.key).json): \(lines($0.value, indent: indent + 1))" }
      return "{\n" + rows.joined(separator: ",\n") + "\n\(end)}"
    case .array(let elements) where !elements.isEmpty:
      return "[\n" + elements.map { space + lines($0, indent: indent + 1) }.joined(separator: ",\n") + "\n\(end)]"
    default: return tree.json
    }
  }

  // MARK: Tiles of text

  /// Markdown as HTML: headings, lists, quotes, code, emphasis and links; the rest is text.
  static func html(markdown text: String) -> String {
    var out = "", list = false, code = false, paragraph: [String] = []
    func endParagraph() {
      if !paragraph.isEmpty { out += "<p>\(paragraph.map(inline).joined(separator: "<br>"))</p>\n" }
      paragraph = []
      if list { out += "</ul>\n" }
      list = false
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let trimmed = line.trimmingCharacters
      if trimmed.hasPrefix("```") {
        endParagraph()
        out += code ? "</pre>\n" : "<pre tabindex=\"0\">"
        code.toggle()
      } else if code {
        out += Markup.escaped(String(line)) + "\n"
      } else if trimmed.isEmpty {
        endParagraph()
      } else if trimmed.hasPrefix("#") {
        endParagraph()
        out += "<h3>\(inline(String(trimmed.drop { $0 == "#" || $0 == " " })))</h3>\n"
      } else if trimmed.hasPrefix("- ") || trimmed.hasPrefix("* ") {
        if !list {
          endParagraph()
          out += "<ul>"
          list = true
        }
        out += "<li>\(inline(String(trimmed.dropFirst(2))))</li>"
      } else {
        if list { endParagraph() }
        paragraph.append(String(trimmed))
      }
    }
    endParagraph()
    return code ? out + "</pre>\n" : out
  }

  /// `**bold**`, `*emphasis*`, `` `code` `` and `[text](https://...)` within a line.
  private static func inline(_ text: String) -> String {
    var out = Markup.escaped(text)
    out.replace(#/`([^`]+)`/#) { "<code>\($0.1)</code>" }
    out.replace(#/\*\*([^*]+)\*\*/#) { "<strong>\($0.1)</strong>" }
    out.replace(#/\*([^*]+)\*/#) { "<em>\($0.1)</em>" }
    out.replace(#/\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/#) { "<a href=\"\($0.2)\" rel=\"noreferrer\">\($0.1)</a>" }
    return out
  }
}
