/// A line cut at the ends of the y axis, its points in fractions of both axes.
struct ClippedLine {
  typealias Place = (x: Double, y: Double)

  /// The parts of the line that are inside.
  private(set) var parts: [[Place]] = []
  /// The whole line, with points outside moved to the nearer end of the axis: the edge of an area.
  private(set) var edge: [Place] = []

  init(_ points: [Place]) {
    let points = points.map { Place($0.x, Self.settled($0.y)) }
    guard var last = points.first else { return }
    var part = Self.isInside(last.y) ? [last] : []
    edge.append(Self.clamped(last))
    for point in points.dropFirst() {
      for stop in Self.crossings(last, point) + [point] {
        if Self.isInside((last.y + stop.y) / 2) {
          if part.isEmpty { part.append(last) }
          part.append(stop)
        } else if !part.isEmpty {
          parts.append(part)
          part = []
        }
        edge.append(Self.clamped(stop))
        last = stop
      }
    }
    if !part.isEmpty { parts.append(part) }
  }

  /// The points where the segment between two points meets the ends of the axis, in order.
  private static func crossings(_ from: Place, _ to: Place) -> [Place] {
    let rise = to.y - from.y
    let ends = rise > 0 ? [0.0, 1] : [1.0, 0]
    return ends.compactMap { end in
      let share = (end - from.y) / rise
      return share > 0 && share < 1 ? (from.x + share * (to.x - from.x), end) : nil
    }
  }

  /// The height, without rounding errors near an end.
  private static func settled(_ y: Double) -> Double {
    if abs(y) < ChartAxis.hair { return 0 }
    if abs(y - 1) < ChartAxis.hair { return 1 }
    return min(max(y, -1e6), 1e6)
  }

  private static func isInside(_ y: Double) -> Bool { y >= 0 && y <= 1 }

  private static func clamped(_ place: Place) -> Place { (place.x, min(max(place.y, 0), 1)) }
}

extension Plot {
  /// The position of a point, in fractions of both axes.
  func place(_ point: PlotPoint) -> ClippedLine.Place { (x.fraction(point.x), y.fraction(point.y)) }

  /// The line of a segment as far as the y axis goes.
  func clipped(_ segment: [PlotPoint]) -> ClippedLine { ClippedLine(segment.map(place)) }

  /// Whether a point is between the ends of the y axis.
  func shows(_ point: PlotPoint) -> Bool { y.contains(point.y) }
}
