import PlumbKit
import PlumbPresentation

/// The chart that a query's `render` asks for, in a page.
enum ChartFigure {
  static func html(_ table: ResultTable) -> String {
    guard table.rowCount > 0 else { return "<p class=\"quiet\">Nothing.</p>" }
    switch table.answer.chart() {
    case .success(let chart): return "<figure>\(chart.svg(data: "The table contains the data.", isEmbedded: true))</figure>"
    case .failure(let refusal): return "<p class=\"quiet\">\(Markup.escaped(refusal.sentence))</p>" + Frame.table(table)
    case nil: return Frame.table(table)
    }
  }
}
