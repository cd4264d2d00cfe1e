/// A treemap's rectangle with its position.
struct PlacedTile {
  let group: String
  let name: String
  let style: Int
  let value: Double
  let x, y, width, height: Double

  func percent(of total: Double) -> String { "\(ChartNumber.fixed(value / total * 100, 1)) %" }
}

/// Places rectangles whose areas are their values, each as close to a square as possible.
// Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000).
enum TileLayout {
  struct Box {
    var x, y, width, height: Double
  }

  static func place(_ content: TileContent, width: Double, height: Double) -> [PlacedTile] {
    let boxes = squarify(content.groups.map(\.total), in: Box(x: 0, y: 0, width: width, height: height))
    var result: [PlacedTile] = []
    for (group, box) in zip(content.groups, boxes) {
      let places = squarify(group.tiles.map(\.value), in: box)
      for (i, (tile, place)) in zip(group.tiles, places).enumerated() {
        result.append(
          PlacedTile(
            group: i == 0 ? group.name : "", name: tile.name, style: group.style, value: tile.value, x: place.x,
            y: place.y, width: place.width, height: place.height))
      }
    }
    return result
  }

  /// The boxes of values in descending order.
  static func squarify(_ values: [Double], in box: Box) -> [Box] {
    let total = values.reduce(0, +)
    guard total > 0, box.width > 0, box.height > 0 else { return values.map { _ in Box(x: box.x, y: box.y, width: 0, height: 0) } }
    let scale = box.width * box.height / total
    let areas = values.map { $0 * scale }
    var rest = box
    var result: [Box] = []
    var start = 0
    while start < areas.count {
      let side = min(rest.width, rest.height)
      var end = start + 1
      var sum = areas[start]
      var worst = ratio(areas[start], areas[start], sum, side)
      while end < areas.count {
        let next = ratio(areas[start], areas[end], sum + areas[end], side)
        if next > worst { break }
        worst = next
        sum += areas[end]
        end += 1
      }
      let thickness = side > 0 ? sum / side : 0
      var offset = 0.0
      for area in areas[start..<end] {
        let length = thickness > 0 ? area / thickness : 0
        if rest.width >= rest.height {
          result.append(Box(x: rest.x, y: rest.y + offset, width: thickness, height: length))
        } else {
          result.append(Box(x: rest.x + offset, y: rest.y, width: length, height: thickness))
        }
        offset += length
      }
      if rest.width >= rest.height {
        rest.x += thickness
        rest.width = max(0, rest.width - thickness)
      } else {
        rest.y += thickness
        rest.height = max(0, rest.height - thickness)
      }
      start = end
    }
    return result
  }

  /// The worst ratio of sides in a row of areas along `side`.
  private static func ratio(_ largest: Double, _ smallest: Double, _ sum: Double, _ side: Double) -> Double {
    guard sum > 0, side > 0, smallest > 0 else { return .infinity }
    return max(side * side * largest / (sum * sum), sum * sum / (side * side * smallest))
  }
}
