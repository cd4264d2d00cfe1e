import PlumbDiagnostics
import PlumbEngine

extension ResultFormat {
  package static let svg = ResultFormat("svg", "the chart that `render` asked for, as an SVG picture", endings: ["svg"]) {
    SVGWriter(to: $0, options: $1)
  }

  package static let page = ResultFormat("page", "a web page of its own with charts and tables", endings: ["html", "htm"]) {
    PageWriter(to: $0, options: $1)
  }
}

/// Charts as SVG documents; rejects anything but charts.
final class SVGWriter: ResultWriter {
  private let sink: ByteSink
  private var hasWritten = false

  init(to sink: ByteSink, options: FormatOptions) { self.sink = sink }

  func write(_ answer: Answer) throws -> WriteSummary {
    if hasWritten { throw Self.refusal("an SVG file can contain only one chart", help: "write an .html file, which can contain any number") }
    hasWritten = true
    switch answer.chart() {
    case .success(let chart): sink.buffer.append(chart.svg(data: answer.description(limit: 500)))
    case .failure(let refusal): throw Self.refusal(refusal.sentence)
    case nil: throw Self.refusal("the result is not a chart", help: "end the query with `| render columnchart` or another chart")
    }
    return answer.summary(written: answer.rowCount)
  }

  func finish() throws { try sink.flush() }

  private static func refusal(_ sentence: String, help: String? = nil) -> Diagnostic {
    Diagnostic("no-chart", sentence, help: help)
  }
}

/// One self-contained page: each answer's picture, if it has one, and its rows as a table.
final class PageWriter: ResultWriter {
  private let sink: ByteSink
  private let options: FormatOptions
  private let table: HTMLWriter
  private var hasBegun = false

  init(to sink: ByteSink, options: FormatOptions) {
    self.sink = sink
    self.options = options
    table = HTMLWriter(to: sink, options: options)
  }

  func write(_ answer: Answer) throws -> WriteSummary {
    let chart = answer.chart().flatMap { try? $0.get() }
    begin(title: chart?.spokenTitle ?? "Plumb")
    guard let chart else { return try table.write(answer) }
    sink.buffer.append("<figure>\n" as StaticString)
    sink.buffer.append(chart.svg(data: "The table below contains the data.", isEmbedded: true))
    sink.buffer.append("</figure>\n<details open>\n<summary>Data</summary>\n" as StaticString)
    let summary = try table.write(answer)
    sink.buffer.append("</details>\n" as StaticString)
    return summary
  }

  func finish() throws {
    begin(title: "Plumb")
    sink.buffer.append("</main>\n</body>\n</html>\n" as StaticString)
    try sink.flush()
  }

  private func begin(title: String) {
    if hasBegun { return }
    hasBegun = true
    sink.buffer.append(PageText.head(title: title))
  }
}

/// The frame of a self-contained page.
enum PageText {
  static func head(title: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(MarkupText.escaped(title))</title>
    <style>
    :root{color-scheme:light dark}
    body{font:14px/1.45 system-ui,'Segoe UI',sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}
    figure{margin:0 0 1rem}svg{max-width:100%;height:auto}
    table{border-collapse:collapse;margin:.5rem 0 1.5rem;display:block;overflow-x:auto}
    th,td{padding:.2rem .7rem;border-bottom:1px solid #8884;text-align:left;vertical-align:top}
    th{position:sticky;top:0}summary{cursor:pointer}pre{overflow-x:auto;padding:.6rem;background:#8881}
    </style>
    </head>
    <body>
    <main>

    """
  }
}
