/// Lines, areas and marks as SVG.
struct SVGPlot {
  let plot: Plot
  let size: SVGSize
  let top: Double
  let hasNames: Bool

  func paint(on canvas: inout SVGCanvas) {
    let names = hasNames && plot.series.count > 1 ? plot.series.map { SVGCanvas.width($0.name) } : []
    let right = names.max().map { min($0 + 26, 190) } ?? 24
    let frame = SVGFrame(x: plot.x, y: plot.y, in: size, top: top, right: right)
    frame.paint(on: &canvas)
    // The back ones first, so that the largest series stay on top of “other”.
    for series in plot.series.reversed() { paint(series, frame, on: &canvas) }
    for series in plot.series {
      for mark in series.marks where plot.shows(mark) {
        canvas.path(Self.ring(frame.across(mark.x), frame.up(mark.y), canvas), "anomaly",
          title: "\(plot.x.text(mark.x)): \(plot.y.text(mark.y))")
      }
    }
    if !names.isEmpty { paintNames(frame, right, on: &canvas) }
  }

  private static func ring(_ x: Double, _ y: Double, _ canvas: SVGCanvas) -> String {
    "M\(canvas.n(x - 7)) \(canvas.n(y))a7 7 0 1 0 14 0a7 7 0 1 0 -14 0"
  }

  private func paint(_ series: PlotSeries, _ frame: SVGFrame, on canvas: inout SVGCanvas) {
    let style = series.style
    for segment in series.segments {
      let line = plot.clipped(segment)
      let edge = line.edge.map(frame.point)
      switch plot.style {
      case .points:
        for point in segment where plot.shows(point) {
          canvas.marker(style, frame.across(point.x), frame.up(point.y))
        }
        continue
      case .stacked:
        let base = plot.clipped(segment.map { PlotPoint(x: $0.x, y: $0.base) }).edge
        let outline = edge + base.reversed().map(frame.point)
        canvas.polygon(outline, "f\(style) edge")
        if style > 0 { canvas.polygon(outline, "p\(style)") }
        continue
      case .areas:
        let zero = frame.up(min(max(0, plot.y.lower), plot.y.upper))
        if let first = edge.first, let last = edge.last {
          canvas.polygon(edge + [(last.0, zero), (first.0, zero)], "f\(style) a")
        }
      case .lines: break
      }
      for part in line.parts {
        let points = part.map(frame.point)
        if points.count == 1 {
          canvas.marker(style, points[0].0, points[0].1)
        } else {
          canvas.polyline(points, "l s\(style) d\(style)")
        }
      }
    }
    if plot.style == .lines || plot.style == .areas, plot.series.count > 1 || series.points.count <= 40 {
      paintMarkers(series, frame, on: &canvas)
    }
  }

  /// A shape at intervals, at different positions for different series.
  private func paintMarkers(_ series: PlotSeries, _ frame: SVGFrame, on canvas: inout SVGCanvas) {
    let spacing = max(16, frame.width / 9)
    var next = frame.left + spacing * Double(series.style) / 7
    for point in series.points where plot.shows(point) {
      let x = frame.across(point.x)
      if series.points.count > 12 && x < next { continue }
      canvas.marker(series.style, x, frame.up(point.y), size: 3.5)
      next = x + spacing
    }
  }

  private func paintNames(_ frame: SVGFrame, _ right: Double, on canvas: inout SVGCanvas) {
    var wanted = plot.series.compactMap { series -> (y: Double, series: PlotSeries)? in
      guard let last = series.points.last else { return nil }
      return (frame.up(plot.style == .stacked ? (last.base + last.y) / 2 : last.y), series)
    }
    wanted.sort { $0.y < $1.y }
    for i in wanted.indices.dropFirst() { wanted[i].y = max(wanted[i].y, wanted[i - 1].y + 16) }
    var lowest = frame.bottom + 12
    for i in wanted.indices.reversed() {
      lowest = min(wanted[i].y, lowest - 16)
      wanted[i].y = lowest
    }
    for (y, series) in wanted {
      let x = frame.left + frame.width
      canvas.marker(series.style, x + 12, y, size: 4)
      canvas.text(SVGCanvas.shortened(series.name, to: right - 24), x + 21, y + 4, "t\(series.style)")
    }
  }
}
