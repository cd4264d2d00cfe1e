/// A drawing of a directed graph in layers from left to right: nodes in columns by distance, and few crossings.
///
/// Sugiyama, Tagawa and Toda (1981): the order within a layer follows the barycentre of the neighbours in the layer before
/// and after it, in a few sweeps to either side.
struct LayeredGraph {
  struct Position {
    /// The column, from 0.
    var layer: Int
    /// The place within the column, from 0.
    var row: Int
  }

  /// In the order of the nodes that were given.
  private(set) var positions: [Position] = []
  private(set) var layerCount = 0
  /// The length of the longest column.
  private(set) var rowCount = 0

  /// - Parameters:
  ///   - layers: the layer of each node; any numbers.
  ///   - edges: pairs of nodes by their index.
  init(layers: [Int], edges: [(from: Int, to: Int)]) {
    let first = layers.min() ?? 0
    layerCount = (layers.max() ?? -1) - first + 1
    if layers.isEmpty { return }
    var columns = Array(repeating: [Int](), count: layerCount)
    for (node, layer) in layers.enumerated() { columns[layer - first].append(node) }
    var neighbours = Array(repeating: [Int](), count: layers.count)
    for edge in edges where layers[edge.from] != layers[edge.to] {
      neighbours[edge.from].append(edge.to)
      neighbours[edge.to].append(edge.from)
    }
    var place = Array(repeating: 0.0, count: layers.count)
    func number(_ column: [Int]) { for (row, node) in column.enumerated() { place[node] = Double(row) - Double(column.count - 1) / 2 } }
    columns.forEach(number)
    for sweep in 0..<8 {
      let isForward = sweep % 2 == 0
      for index in isForward ? Array(columns.indices) : columns.indices.reversed() {
        let layer = index + first
        let keys = columns[index].map { node -> Double in
          let near = neighbours[node].filter { isForward ? layers[$0] < layer : layers[$0] > layer }
          return near.isEmpty ? place[node] : near.reduce(0) { $0 + place[$1] } / Double(near.count)
        }
        columns[index] = zip(columns[index], keys).enumerated()
          .sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }.map(\.element.0)
        number(columns[index])
      }
    }
    positions = Array(repeating: Position(layer: 0, row: 0), count: layers.count)
    for (layer, column) in columns.enumerated() {
      for (row, node) in column.enumerated() { positions[node] = Position(layer: layer, row: row) }
    }
    rowCount = columns.map(\.count).max() ?? 0
  }
}
