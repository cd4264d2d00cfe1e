/// The axes of a chart in SVG: where the plot area is, and everything around it.
struct SVGFrame {
  let left, top, width, height: Double
  let x: ChartAxis
  let y: ChartAxis

  init(x: ChartAxis, y: ChartAxis, in size: SVGSize, top: Double, right: Double) {
    let labels = y.ticks(atMost: 7).map { SVGCanvas.width($0.label) }.max() ?? 20
    self.x = x
    self.y = y
    left = min(max(labels + 18, 34), 140) + (y.title.isEmpty ? 0 : 18)
    self.top = top + 8
    width = max(60, size.width - left - right)
    height = max(60, size.height - self.top - 52)
  }

  var bottom: Double { top + height }

  func across(_ value: Double) -> Double { left + min(max(x.fraction(value), -0.01), 1.01) * width }
  func up(_ value: Double) -> Double { bottom - min(max(y.fraction(value), 0), 1) * height }

  func point(_ at: ClippedLine.Place) -> (Double, Double) {
    (left + min(max(at.x, -0.01), 1.01) * width, bottom - at.y * height)
  }

  func paint(on canvas: inout SVGCanvas) {
    for tick in y.ticks(atMost: 7) where y.fraction(tick.value) > -0.01 && y.fraction(tick.value) < 1.01 {
      let at = up(tick.value)
      canvas.line(left, at, left + width, at, tick.value == 0 ? "axis" : "grid")
      canvas.text(tick.label, left - 8, at + 4, "end faint")
    }
    canvas.line(left, bottom, left + width, bottom, "axis")
    var free = -Double.infinity
    for tick in x.ticks(atMost: Int(bounded: width / 70)) {
      let at = across(tick.value)
      let label = SVGCanvas.shortened(tick.label, to: 130)
      let half = SVGCanvas.width(label) / 2
      if at - half < free { continue }
      canvas.line(at, bottom, at, bottom + 5, "axis")
      canvas.text(label, at, bottom + 19, "mid faint")
      free = at + half + 6
    }
    let context = [x.title, x.context].filter { !$0.isEmpty }.joined(separator: ", ")
    canvas.text(SVGCanvas.shortened(context, to: width), left + width / 2, bottom + 39, "mid faint small")
    if !y.title.isEmpty {
      canvas.text(SVGCanvas.shortened(y.title, to: height), 14, top + height / 2, "mid faint small", rotated: true)
    }
  }
}

struct SVGSize {
  var width: Double
  var height: Double
}
