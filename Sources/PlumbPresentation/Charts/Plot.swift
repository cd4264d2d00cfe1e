/// Lines, areas or marks over two axes.
struct Plot: Sendable {
  enum Style: Sendable { case lines, areas, stacked, points }

  let style: Style
  let x: ChartAxis
  let y: ChartAxis
  let series: [PlotSeries]
}

/// One line of a plot: its points in the order of x, cut into segments where bins are missing.
struct PlotSeries: Sendable {
  let name: String
  /// The colour and shape; `ChartLimits.series` is “other”.
  let style: Int
  var segments: [[PlotPoint]]
  /// Points to be marked, such as anomalies.
  var marks: [PlotPoint] = []

  var points: [PlotPoint] { segments.flatMap { $0 } }
}

/// A point, and the base of its area.
struct PlotPoint: Sendable, Hashable {
  let x: Double
  var y: Double
  var base = 0.0
}

/// Bars over categories, vertical or horizontal; `values[s][c]` is series `s` at category `c`.
struct BarContent: Sendable {
  enum Stacking: Sendable { case beside, stacked, shares }

  let isVertical: Bool
  let stacking: Stacking
  /// The axis of the categories; continuous axes place columns at their true positions.
  let x: ChartAxis
  let y: ChartAxis
  let categories: [String]
  /// The position of each category on `x`.
  let positions: [Double]
  /// The distance between two columns on `x`.
  let step: Double
  let series: [BarSeries]
}

struct BarSeries: Sendable {
  let name: String
  let style: Int
  let values: [Double?]
}

extension BarContent {
  /// The bottom and top of each series at a category, in values of `y`.
  func extents(at category: Int) -> [(style: Int, from: Double, to: Double)?] {
    switch stacking {
    case .beside:
      return series.map { one in one.values[category].map { (one.style, 0, $0) } }
    case .stacked, .shares:
      let total = series.reduce(0) { $0 + abs($1.values[category] ?? 0) }
      var above = 0.0
      var below = 0.0
      return series.map { one in
        guard let value = one.values[category] else { return nil }
        let height = stacking == .shares ? (total > 0 ? value / total * 100 : 0) : value
        defer { if height >= 0 { above += height } else { below += height } }
        return height >= 0 ? (one.style, above, above + height) : (one.style, below, below + height)
      }
    }
  }
}

/// Parts of a whole, the largest first unless the query sorted them.
struct ShareContent: Sendable {
  struct Share: Sendable {
    let name: String
    let style: Int
    let value: Double
    /// Whole tenths of a percent; they add up to 1000.
    let tenths: Int
  }

  let shares: [Share]
  let total: Double
  let valueName: String
}

/// Spans of time or numbers in named lanes.
struct SpanContent: Sendable {
  struct Span: Sendable {
    let from: Double
    let to: Double
    let style: Int
  }

  let x: ChartAxis
  let lanes: [(name: String, spans: [Span])]
  /// Names of the styles; empty if there is only one.
  let legend: [(name: String, style: Int)]
}

/// Rectangles for values, in groups.
struct TileContent: Sendable {
  struct Tile: Sendable {
    let name: String
    let value: Double
  }

  struct Group: Sendable {
    let name: String
    let style: Int
    let tiles: [Tile]
    var total: Double { tiles.reduce(0) { $0 + $1.value } }
  }

  let groups: [Group]
  let total: Double
  let valueName: String
}

/// A grid of values; `values[row][column]` is nil if missing.
struct HeatContent: Sendable {
  let x: ChartAxis
  /// The position of each column on `x`, evenly spaced.
  let positions: [Double]
  let columnNames: [String]
  let rowNames: [String]
  let rowsTitle: String
  let values: [[Double?]]
  let low: Double
  let high: Double
  let valueName: String
}
