import PlumbDiagnostics
import PlumbEngine

/// A session as one page: queries, results, charts and notes, as HTML or Markdown.
package struct Report: Sendable {
  fileprivate enum Entry: Sendable {
    case note(String)
    case query(String, [Part], summary: String)
    case failure(String, message: String)
  }

  fileprivate struct Part: Sendable {
    let answer: Answer
    let chart: Chart?
    /// The rows as the terminal draws them, such as a tree or cards; nil for a table.
    let drawing: String?
    let rowCount: Int
  }

  /// Which entries a report has.
  package struct Choice: Sendable {
    /// The last queries; nil for all.
    package var last: Int?
    /// Whether queries that failed are in it.
    package var hasFailures = false

    package init(last: Int? = nil, hasFailures: Bool = false) {
      self.last = last
      self.hasFailures = hasFailures
    }
  }

  private var entries: [Entry] = []

  /// The limits on what is kept of a session, which may be long.
  private static let entryLimit = 300
  private static let rowLimit = 200
  private static let columnLimit = 100

  package init() {}

  package var isEmpty: Bool { entries.isEmpty }

  package mutating func add(note: String) { add(.note(note)) }

  /// - Parameter presenters: those that draw rows of a known kind.
  package mutating func add(query: String, answers: [Answer], summary: String, presenters: [Presenter] = []) throws {
    let parts = try answers.prefix(20).map { answer in
      Part(
        answer: try answer.copied(rows: Self.rowLimit, columns: Self.columnLimit),
        chart: answer.chart().flatMap { try? $0.get() }, drawing: answer.drawing(by: presenters, rows: Self.rowLimit),
        rowCount: answer.rowCount)
    }
    add(.query(query, Array(parts), summary: summary))
  }

  package mutating func add(query: String, error: String) { add(.failure(query, message: error)) }

  private mutating func add(_ entry: Entry) {
    entries.append(entry)
    if entries.count > Self.entryLimit { entries.removeFirst() }
  }

  // MARK: HTML

  /// The entries of a choice; notes stay with the queries that follow them.
  private func chosen(_ choice: Choice) -> [Entry] {
    var kept = entries.filter { if case .failure = $0 { choice.hasFailures } else { true } }
    guard let last = choice.last else { return kept }
    var queries = 0
    var start = kept.count
    while start > 0, queries < last {
      start -= 1
      if case .note = kept[start] { continue }
      queries += 1
    }
    while start > 0, case .note = kept[start - 1] { start -= 1 }
    kept.removeFirst(start)
    return kept
  }

  /// The first line of each query, for the contents.
  private func contents(_ entries: [Entry]) -> [(number: Int, text: String)] {
    entries.enumerated().compactMap { place, entry in
      switch entry {
      case .note: return nil
      case .query(let query, _, _), .failure(let query, _):
        let line = VisibleText.string(query.split(whereSeparator: \.isNewline).joined(separator: " "))
        return (place, line.count > 100 ? String(line.prefix(99)) + "…" : line)
      }
    }
  }

  /// - Parameters:
  ///   - about: when and about what it was written, below the title.
  ///   - choice: which entries it has.
  package func html(title: String, about: String = "", choice: Choice = Choice(hasFailures: true)) -> String {
    let entries = chosen(choice)
    var out = PageText.head(title: title) + "<h1>\(MarkupText.escaped(title))</h1>\n"
    if !about.isEmpty { out += "<p>\(MarkupText.escaped(about))</p>\n" }
    let contents = self.contents(entries)
    if contents.count > 2 {
      out += "<nav>\n<ol>\n"
      for (number, text) in contents { out += "<li><a href=\"#q\(number)\">\(MarkupText.escaped(text))</a></li>\n" }
      out += "</ol>\n</nav>\n"
    }
    for (number, entry) in entries.enumerated() {
      switch entry {
      case .note(let text): out += "<p>\(MarkupText.escaped(VisibleText.lines(text)))</p>\n"
      case .failure(let query, let message):
        out += code(query, number) + "<p><strong>error:</strong> \(MarkupText.escaped(VisibleText.string(message)))</p>\n"
      case .query(let query, let parts, let summary):
        out += code(query, number)
        for part in parts {
          if let drawing = part.drawing {
            out += "<pre>\(MarkupText.escaped(drawing))</pre>\n"
            out += "<details>\n<summary>Data</summary>\n" + part.answer.text(as: .html) + "</details>\n"
          } else if let chart = part.chart {
            out += "<figure>\n" + chart.svg(data: "The table below contains the data.", isEmbedded: true) + "</figure>\n"
            out += "<details>\n<summary>Data</summary>\n" + part.answer.text(as: .html) + "</details>\n"
          } else {
            out += part.answer.text(as: .html)
          }
          out += "<p><small>\(MarkupText.escaped(part.shown))</small></p>\n"
        }
        out += "<p><small>\(MarkupText.escaped(summary))</small></p>\n"
      }
    }
    return out + "</main>\n</body>\n</html>\n"
  }

  private func code(_ query: String, _ number: Int) -> String {
    "<pre id=\"q\(number)\"><code>\(MarkupText.escaped(VisibleText.lines(query)))</code></pre>\n"
  }

  // MARK: Markdown

  /// The same as `html`, in Markdown.
  package func markdown(title: String, about: String = "", choice: Choice = Choice(hasFailures: true)) -> String {
    let entries = chosen(choice)
    var out = "# \(title)\n" + (about.isEmpty ? "" : "\n\(about)\n")
    let contents = self.contents(entries)
    if contents.count > 2 {
      out += "\n" + contents.enumerated().map { "\($0 + 1). \(fencedInline($1.text))\n" }.joined()
    }
    for entry in entries {
      switch entry {
      case .note(let text): out += "\n\(VisibleText.lines(text))\n"
      case .failure(let query, let message):
        out += "\n" + fenced(VisibleText.lines(query), "kql") + "\n**error:** \(VisibleText.string(message))\n"
      case .query(let query, let parts, let summary):
        out += "\n" + fenced(VisibleText.lines(query), "kql")
        for part in parts {
          if let drawing = part.drawing {
            out += "\n" + fenced(drawing, "text")
          } else if let chart = part.chart {
            var buffer = ByteBuffer()
            chart.printText(width: 80, height: 18, isASCII: false, palette: nil, to: &buffer)
            out += "\n" + fenced(buffer.string, "text")
          } else {
            out += "\n" + part.answer.text(as: .markdown)
          }
          if !part.shown.isEmpty { out += "\n\(part.shown)\n" }
        }
        out += "\n\(summary)\n"
      }
    }
    return out
  }

  /// The text between single backticks, or as it is with backticks in it.
  private func fencedInline(_ text: String) -> String { text.contains("`") ? text : "`\(text)`" }

  /// The text between fences longer than any in it.
  private func fenced(_ text: String, _ language: String) -> String {
    var longest = 2
    var run = 0
    for character in text {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    return "\(fence)\(language)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(fence)\n"
  }
}

extension Report.Part {
  /// How many of the rows are in the report.
  fileprivate var shown: String {
    answer.rowCount < rowCount
      ? "\(NumberText.grouped(answer.rowCount)) of \(NumberText.grouped(rowCount)) rows" : ""
  }
}

extension Answer {
  /// A small copy of the first rows and columns, which does not keep the large answer alive.
  fileprivate func copied(rows limit: Int, columns: Int) throws -> Answer {
    let schema = Array(schema.prefix(columns))
    var rows: [[Value]] = []
    for chunk in chunks where rows.count < limit {
      let vectors = schema.indices.map { chunk.column($0) }
      for row in 0..<min(chunk.count, limit - rows.count) {
        rows.append(
          vectors.map { vector in
            guard vector.type == .string else { return vector.value(at: row) }
            return .string(String(decoding: vector.cellBytes(at: row).part(from: 0, to: 4000), as: UTF8.self))
          })
      }
    }
    let table = Table(name: "", schema: schema, rows: rows)
    return Answer(schema: schema, chunks: try table.groups.map { Chunk(try $0.columns, count: $0.count) })
  }

  /// The rows as a presenter draws them on a wide terminal; nil if none does.
  fileprivate func drawing(by presenters: [Presenter], rows limit: Int) -> String? {
    let options = FormatOptions(width: 110, rowLimit: limit, height: 34)
    guard let presenter = presenters.first(where: { $0.presentation == presentation && $0.draws(self, options, { true }) }) else { return nil }
    var bytes: [UInt8] = []
    let writer = presenter.makeWriter(ByteSink { bytes += $0 }, options)
    guard (try? writer.write(self)) != nil else { return nil }
    try? writer.finish()
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// The whole answer in a format.
  fileprivate func text(as format: ResultFormat) -> String {
    var bytes: [UInt8] = []
    let writer = format.writer(to: ByteSink { bytes += $0 })
    // A sink into memory does not fail.
    _ = try? writer.write(self)
    try? writer.finish()
    return String(decoding: bytes, as: UTF8.self)
  }
}
