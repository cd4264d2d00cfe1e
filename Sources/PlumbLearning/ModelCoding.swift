import PlumbDiagnostics

/// Encodes and decodes trees, forests and calibrations, for a workspace to save.
extension DecisionTree {
  package func encoded() -> [UInt8] {
    var writer = ModelWriter(.tree)
    writer.append(features)
    writer.append(classes)
    write(to: &writer)
    return writer.finish()
  }

  /// - Throws: `damaged-model` or `newer-model` for bytes that `encoded` of this version did not produce.
  package init(decoding bytes: [UInt8]) throws {
    var reader = try ModelReader(bytes, .tree)
    let features = try reader.texts()
    let classes = try reader.texts()
    self = try DecisionTree.read(from: &reader, features, classes)
    try reader.finish()
  }

  private static let leafFlag: UInt8 = 1
  private static let missingLeftFlag: UInt8 = 2
  /// The weights of a node's classes are integers of four bytes.
  private static let wholeFlag: UInt8 = 4
  private static let sawMissingFlag: UInt8 = 8

  package func write(to writer: inout ModelWriter) {
    writer.append(criterion == .gini ? 0 : 1 as UInt8)
    writer.append(nodes.count)
    for (index, node) in nodes.enumerated() {
      let counts = counts(of: index)
      let areWhole = counts.allSatisfy { $0 >= 0 && $0 < 0x1p32 && $0 == $0.rounded() && $0.sign == .plus }
      writer.append(
        (node.isLeaf ? DecisionTree.leafFlag : 0) | (node.missingGoesLeft ? DecisionTree.missingLeftFlag : 0)
          | (node.sawMissing ? DecisionTree.sawMissingFlag : 0) | (areWhole ? DecisionTree.wholeFlag : 0))
      writer.append(Int(node.samples))
      writer.append(node.impurity)
      if !node.isLeaf {
        writer.append(Int(node.feature))
        writer.append(Int(node.right))
        writer.append(node.threshold)
      }
      for count in counts { if areWhole { writer.append(Int(count)) } else { writer.append(count) } }
    }
  }

  package static func read(from reader: inout ModelReader, _ features: [String], _ classes: [String]) throws -> DecisionTree {
    guard (2..<TrainingData.classLimit).contains(classes.count) else { throw ModelReader.damaged("it has no classes") }
    let code = try reader.byte()
    guard code < 2 else { throw ModelReader.damaged("its criterion is unknown") }
    // A node takes at least a flag, its rows, its impurity and four bytes per class.
    let nodeCount = try reader.count(ofWidth: 13 + 4 * classes.count)
    guard nodeCount > 0 else { throw ModelReader.damaged("it has no nodes") }
    var nodes: [Node] = []
    var counts: [Double] = []
    nodes.reserveCapacity(nodeCount)
    counts.reserveCapacity(nodeCount * classes.count)
    // The nodes and depths at which pending right branches must begin.
    var rights: [(node: Int, depth: Int)] = []
    var depth = 0
    for index in 0..<nodeCount {
      let flags = try reader.byte()
      guard flags < 16 else { throw ModelReader.damaged("a node has an unknown kind") }
      let samples = try reader.number()
      let impurity = try reader.real()
      var node = Node(
        feature: -1, missingGoesLeft: flags & missingLeftFlag != 0, sawMissing: flags & sawMissingFlag != 0,
        right: -1, samples: Int32(truncatingIfNeeded: samples), threshold: 0, impurity: impurity)
      guard samples < TrainingData.rowLimit, impurity.isFinite else { throw ModelReader.damaged("a node has invalid numbers") }
      if flags & leafFlag == 0 {
        let feature = try reader.number(), right = try reader.number()
        node.threshold = try reader.real()
        guard feature < features.count, right > index + 1, right < nodeCount, !node.threshold.isNaN,
          depth < TreeOptions.depthLimit
        else { throw ModelReader.damaged("a node has an invalid condition") }
        node.feature = Int32(truncatingIfNeeded: feature)
        node.right = Int32(truncatingIfNeeded: right)
        depth += 1
        rights.append((right, depth))
      } else if index + 1 < nodeCount {
        guard let next = rights.popLast(), next.node == index + 1 else { throw ModelReader.damaged("its nodes do not form a tree") }
        depth = next.depth
      }
      nodes.append(node)
      for _ in classes {
        let count = flags & wholeFlag != 0 ? Double(try reader.number()) : try reader.real()
        guard count >= 0, count.isFinite else { throw ModelReader.damaged("a node has invalid numbers") }
        counts.append(count)
      }
    }
    guard rights.isEmpty, nodes.last?.isLeaf ?? false else { throw ModelReader.damaged("its nodes do not form a tree") }
    return DecisionTree(
      features: features, classes: classes, criterion: code == 0 ? .gini : .entropy, nodes: nodes, counts: counts)
  }
}

extension Forest {
  package func encoded() -> [UInt8] {
    var writer = ModelWriter(.forest)
    writer.append(features)
    writer.append(classes)
    writer.append(trees.count)
    for tree in trees { tree.write(to: &writer) }
    return writer.finish()
  }

  /// - Throws: `damaged-model` or `newer-model` for bytes that `encoded` of this version did not produce.
  package init(decoding bytes: [UInt8]) throws {
    var reader = try ModelReader(bytes, .forest)
    let features = try reader.texts()
    let classes = try reader.texts()
    let count = try reader.count(ofWidth: 5)
    guard count > 0, count <= ForestOptions.treeLimit else { throw ModelReader.damaged("it has no trees") }
    self.init(trees: try (0..<count).map { _ in try DecisionTree.read(from: &reader, features, classes) })
    try reader.finish()
  }
}

extension Boosting {
  package func write(to writer: inout ModelWriter) {
    writer.append(base)
    writer.append(starts.count)
    for start in starts { writer.append(Int(start)) }
    writer.append(nodes.count)
    for node in nodes {
      // A leaf has no feature; features are counted from 1.
      writer.append(Int(node.feature) + 1)
      writer.append(node.missingGoesLeft ? 1 : 0 as UInt8)
      writer.append(node.feature < 0 ? 0 : Int(node.right))
      writer.append(node.number)
    }
  }

  package static func read(from reader: inout ModelReader, _ features: [String]) throws -> Boosting {
    let base = try reader.real()
    let treeCount = try reader.count(ofWidth: 4)
    let starts = try (0..<treeCount).map { _ in Int32(truncatingIfNeeded: try reader.number()) }
    let nodeCount = try reader.count(ofWidth: 17)
    var nodes: [Node] = []
    nodes.reserveCapacity(nodeCount)
    for _ in 0..<nodeCount {
      let feature = try reader.number() - 1
      let flag = try reader.byte(), right = try reader.number(), number = try reader.real()
      guard feature < features.count, flag < 2, feature >= 0 ? !number.isNaN : number.isFinite, right <= nodeCount else {
        throw ModelReader.damaged("a node asks what cannot be answered")
      }
      nodes.append(
        Node(
          feature: Int32(truncatingIfNeeded: feature), missingGoesLeft: flag == 1,
          right: feature < 0 ? -1 : Int32(truncatingIfNeeded: right), number: number))
    }
    // Each tree begins where the last one ends, and its questions lead on within it.
    guard base.isFinite, starts.first ?? 0 == 0, zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 }),
      starts.last.map({ Int($0) < nodeCount }) ?? (nodeCount == 0)
    else { throw ModelReader.damaged("its nodes do not form a tree") }
    for (tree, start) in starts.enumerated() {
      let end = tree + 1 < starts.count ? Int(starts[tree + 1]) : nodeCount
      for place in Int(start)..<end where nodes[place].feature >= 0 {
        let right = Int(start) + Int(nodes[place].right)
        guard right > place + 1, right < end, place + 1 < end else { throw ModelReader.damaged("its nodes do not form a tree") }
      }
    }
    return Boosting(features: features, base: base, nodes: nodes, starts: starts)
  }
}

extension ScoreBands {
  package func write(to writer: inout ModelWriter) {
    writer.append(bounds)
    writer.append(below)
    writer.append(above)
  }

  package static func read(from reader: inout ModelReader) throws -> ScoreBands {
    let bounds = try reader.reals(), below = try reader.reals(), above = try reader.reals()
    guard below.count == above.count, bounds.count + 1 == below.count || below.isEmpty && bounds.isEmpty,
      (below + above).allSatisfy({ $0 >= 0 && $0.isFinite }), bounds.allSatisfy({ !$0.isNaN })
    else { throw ModelReader.damaged("its intervals are invalid") }
    return ScoreBands(bounds: bounds, below: below, above: above)
  }
}

extension Calibration {
  package func encoded() -> [UInt8] {
    var writer = ModelWriter(.calibration)
    write(to: &writer)
    return writer.finish()
  }

  /// - Throws: `damaged-model` or `newer-model` for bytes that `encoded` of this version did not produce.
  package init(decoding bytes: [UInt8]) throws {
    var reader = try ModelReader(bytes, .calibration)
    self = try Calibration.read(from: &reader)
    try reader.finish()
  }

  package func write(to writer: inout ModelWriter) {
    switch self {
    case .none: writer.append(0 as UInt8)
    case .isotonic(let steps):
      writer.append(1 as UInt8)
      writer.append(steps.scores)
      writer.append(steps.probabilities)
    case .platt(let curve):
      writer.append(2 as UInt8)
      writer.append(curve.slope)
      writer.append(curve.offset)
    }
  }

  package static func read(from reader: inout ModelReader) throws -> Calibration {
    switch try reader.byte() {
    case 0: return .none
    case 1:
      let scores = try reader.reals(), probabilities = try reader.reals()
      guard !scores.isEmpty, scores.count == probabilities.count,
        zip(scores, scores.dropFirst()).allSatisfy({ $0 < $1 }), !(scores.last?.isNaN ?? true),
        zip(probabilities, probabilities.dropFirst()).allSatisfy({ $0 <= $1 }),
        probabilities.allSatisfy({ $0 >= 0 && $0 <= 1 })
      else { throw ModelReader.damaged("its calibration steps do not increase") }
      return .isotonic(IsotonicCalibration(scores: scores, probabilities: probabilities))
    case 2:
      let slope = try reader.real(), offset = try reader.real()
      guard slope >= 0, slope.isFinite, offset.isFinite else { throw ModelReader.damaged("its calibration curve is invalid") }
      return .platt(PlattCalibration(slope: slope, offset: offset))
    default: throw ModelReader.damaged("its calibration is unknown")
    }
  }
}
