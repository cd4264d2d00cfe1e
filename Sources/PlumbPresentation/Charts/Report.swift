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
    let rowCount: Int
  }

  private var entries: [Entry] = []

  /// The limits on what is kept of a session, which may be long.
  private static let entryLimit = 300
  private static let rowLimit = 200
  private static let columnLimit = 100

  package init() {}

  package var isEmpty: Bool { entries.isEmpty }

  package mutating func add(note: String) { add(.note(note)) }

  package mutating func add(query: String, answers: [Answer], summary: String) throws {
    let parts = try answers.prefix(20).map { answer in
      Part(
        answer: try answer.copied(rows: Self.rowLimit, columns: Self.columnLimit),
        chart: answer.chart().flatMap { try? $0.get() }, rowCount: answer.rowCount)
    }
    add(.query(query, Array(parts), summary: summary))
  }

  package mutating func add(query: String, error: String) { add(.failure(query, message: error)) }

  private mutating func add(_ entry: Entry) {
    entries.append(entry)
    if entries.count > Self.entryLimit { entries.removeFirst() }
  }

  // MARK: HTML

  package func html(title: String) -> String {
    var out = PageText.head(title: title) + "<h1>\(MarkupText.escaped(title))</h1>\n"
    for entry in entries {
      switch entry {
      case .note(let text): out += "<p>\(MarkupText.escaped(VisibleText.lines(text)))</p>\n"
      case .failure(let query, let message):
        out += code(query) + "<p><strong>error:</strong> \(MarkupText.escaped(VisibleText.string(message)))</p>\n"
      case .query(let query, let parts, let summary):
        out += code(query)
        for part in parts {
          if let chart = part.chart {
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

  private func code(_ query: String) -> String {
    "<pre><code>\(MarkupText.escaped(VisibleText.lines(query)))</code></pre>\n"
  }

  // MARK: Markdown

  package func markdown(title: String) -> String {
    var out = "# \(title)\n"
    for entry in entries {
      switch entry {
      case .note(let text): out += "\n\(VisibleText.lines(text))\n"
      case .failure(let query, let message):
        out += "\n" + fenced(VisibleText.lines(query), "kql") + "\n**error:** \(VisibleText.string(message))\n"
      case .query(let query, let parts, let summary):
        out += "\n" + fenced(VisibleText.lines(query), "kql")
        for part in parts {
          if let chart = part.chart {
            var buffer = ByteBuffer()
            chart.printText(width: 80, height: 18, isASCII: false, styled: false, to: &buffer)
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
