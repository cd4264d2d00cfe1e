import PlumbEngine
import PlumbSyntax

/// How a kind of chart reads its rows; `ChartDeclaration` has the part that users see.
struct ChartForm: Sendable {
  typealias Read = @Sendable (ChartBuilder, inout [String]) throws(ChartProblem) -> any ChartContent

  let name: String
  let x: ChartRoles.DefaultX
  /// Whether values are lengths from 0, at even steps.
  let isBar: Bool
  /// The parts of the chart; what the reader should know is added to the remarks.
  let read: Read

  private init(_ name: String, x: ChartRoles.DefaultX, isBar: Bool = false, read: @escaping Read) {
    self.name = name
    self.x = x
    self.isBar = isBar
    self.read = read
  }

  /// One for each `ChartDeclaration`.
  static let all: [ChartForm] = [
    ChartForm("timechart", x: .time) { chart, remarks throws(ChartProblem) in
      try chart.plot(.lines, requiresTime: true, &remarks)
    },
    ChartForm("linechart", x: .timeOrFirst) { chart, remarks throws(ChartProblem) in
      try chart.plot(.lines, &remarks)
    },
    ChartForm("areachart", x: .timeOrFirst) { chart, remarks throws(ChartProblem) in
      let isStacked = chart.visualization.property("kind")?.hasPrefix("stacked") == true
      return try chart.plot(isStacked ? .stacked : .areas, &remarks)
    },
    ChartForm("stackedareachart", x: .timeOrFirst) { chart, remarks throws(ChartProblem) in
      try chart.plot(.stacked, &remarks)
    },
    ChartForm("barchart", x: .text, isBar: true) { chart, remarks throws(ChartProblem) in
      try chart.bars(isVertical: false, &remarks)
    },
    ChartForm("columnchart", x: .text, isBar: true) { chart, remarks throws(ChartProblem) in
      try chart.bars(isVertical: true, &remarks)
    },
    ChartForm("piechart", x: .text) { chart, remarks throws(ChartProblem) in try chart.shares(&remarks) },
    ChartForm("scatterchart", x: .number) { chart, remarks throws(ChartProblem) in
      try chart.plot(.points, &remarks)
    },
    ChartForm("anomalychart", x: .time) { chart, remarks throws(ChartProblem) in
      try chart.plot(.lines, marksAnomalies: true, &remarks)
    },
    ChartForm("card", x: .text) { chart, _ throws(ChartProblem) in CardContent(cards: chart.cards()) },
    ChartForm("ladderchart", x: .text) { chart, remarks throws(ChartProblem) in try chart.spans(&remarks) },
    ChartForm("treemap", x: .text) { chart, remarks throws(ChartProblem) in try chart.tiles(&remarks) },
    ChartForm("heatmap", x: .timeOrFirst) { chart, remarks throws(ChartProblem) in try chart.heat(&remarks) },
  ]

  static func named(_ name: String) -> ChartForm? { all.first { $0.name == name } }
}
