import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbLearning

extension TableFunction {
  private static let treeParameters =
    "[max_depth], [min_leaf], [min_split], [criterion], [ccp_alpha], [splits], [features_per_split], [seed]"

  /// The learner as table functions of the rows before the pipe: `T | invoke decision_tree(label = "y")`.
  package static let learning: [TableFunction] = [
    TableFunction(
      "decision_tree", "Trains a tree to predict `label` from the numeric `features` and returns its nodes.",
      "label, [features], \(treeParameters)", examples: [#"runs | take 500 | invoke decision_tree(label = "status")"#],
      tells: .facts, columns: DecisionTree.schema
    ) { call in
      var arguments = TableArguments(call)
      let question = try Question(&arguments, call)
      let options = try arguments.treeOptions(TreeOptions())
      try arguments.finish()
      return { run in
        try DecisionTree.train(try question.data(run), options, context: run.context).table("decision_tree")
      }
    },
    TableFunction(
      "decision_tree_predict",
      "Trains a tree on the rows where the bool column `train` is true and predicts `label` for the others.",
      "label, train, [features], \(treeParameters)",
      examples: [#"runs | take 500 | extend known = attempt == 1 | invoke decision_tree_predict(label = "status", train = "known")"#],
      tells: .facts, columns: answerSchema
    ) { call in
      var arguments = TableArguments(call)
      let question = try Question(&arguments, call, needsTrain: true)
      let options = try arguments.treeOptions(TreeOptions())
      try arguments.finish()
      return { run in
        let (data, rest) = try question.split(run)
        let tree = try DecisionTree.train(data, options, context: run.context)
        let leaves = tree.leaves(of: rest.features)
        return answers(rest) { row, label in tree.probability(of: label, in: Int(leaves[row])) }
      }
    },
    TableFunction(
      "random_forest_predict",
      "Trains `trees` trees on the rows where the bool column `train` is true and predicts `label` for the others.",
      "label, train, [features], [trees], \(treeParameters)",
      examples: [
        #"runs | take 500 | extend known = attempt == 1 | invoke random_forest_predict(label = "status", train = "known", trees = 5)"#
      ],
      tells: .facts, columns: answerSchema
    ) { call in
      var arguments = TableArguments(call)
      let question = try Question(&arguments, call, needsTrain: true)
      var options = ForestOptions()
      options.treeCount = Int(clamping: try arguments.count("trees") ?? Int64(options.treeCount))
      options.tree = try arguments.treeOptions(options.tree)
      options.seed = options.tree.seed
      try arguments.finish()
      return { [options] run in
        let (data, rest) = try question.split(run)
        let forest = try Forest.train(data, options, context: run.context).forest
        var shares = try rest.classes.indices.dropFirst().map {
          try forest.probabilities(of: $0, for: rest.features, context: run.context)
        }
        shares.insert(rest.labels.indices.map { row in 1 - shares.reduce(0) { $0 + $1[row] } }, at: 0)
        return answers(rest) { row, label in shares[label][row] }
      }
    },
  ]
}

/// What to learn, and from which rows.
private struct Question: Sendable {
  let label: String
  let train: String?
  let features: [String]?

  init(_ arguments: inout TableArguments, _ call: TableFunction.Call, needsTrain: Bool = false) throws {
    guard call.input != nil else {
      throw Diagnostic(
        "no-input", "there are no rows to train on", at: call.span,
        help: "write the function after a pipe: `T | invoke decision_tree(label = \"y\")`")
    }
    guard let label = try arguments.string("label") else {
      throw arguments.wrong("`label` is missing: expected the name of the column to predict")
    }
    train = needsTrain ? try arguments.string("train") : nil
    if needsTrain, train == nil {
      throw arguments.wrong("`train` is missing: expected the name of a bool column that marks the rows to train on")
    }
    features = try arguments.strings("features")
    self.label = label
  }

  /// Returns all rows, whether they are for training or not.
  func data(_ run: TableFunction.Run) throws -> TrainingData {
    let rows = run.input ?? Table(name: "input", schema: [], groups: [])
    var names = features
    if names == nil, let train {
      names = rows.schema.filter { $0.type.hasReals && $0.name != label && $0.name != train }.map(\.name)
    }
    return try TrainingData(rows, label: label, features: names, context: run.context)
  }

  /// Returns the rows where `train` is true, and the others, with the same classes.
  func split(_ run: TableFunction.Run) throws -> (training: TrainingData, rest: TrainingData) {
    guard let train, let rows = run.input, rows.schema.contains(ColumnInfo(train, .bool)) else {
      throw Diagnostic("unknown-column", "unknown bool column `\(train ?? "")`, which must mark the rows to train on")
    }
    let all = try data(run)
    let flags = try FeatureMatrix(rows, names: [train], context: run.context)
    let chosen = (0..<all.rowCount).filter { flags.value(0, row: $0) == 1 }
    let others = (0..<all.rowCount).filter { flags.value(0, row: $0) != 1 }
    return (try all.selecting(chosen), try all.selecting(others))
  }
}

private let answerSchema = [
  ColumnInfo("row", .long), ColumnInfo("label", .string), ColumnInfo("prediction", .string),
  ColumnInfo("probability", .real),
]

/// Returns a row for each row of `rest`: its number, its label, the most probable class and its probability.
private func answers(_ rest: TrainingData, _ probability: (_ row: Int, _ label: Int) -> Double) -> Table {
  let schema = answerSchema
  var groups: [RowGroup] = []
  var start = 0
  while start < rest.rowCount {
    let end = Swift.min(start + RowGroup.capacity, rest.rowCount)
    let columns = schema.map { VectorBuilder($0.type) }
    for row in start..<end {
      var best = 0
      for label in rest.classes.indices where probability(row, label) > probability(row, best) { best = label }
      columns[0].append(word: Int64(row))
      columns[1].append(string: rest.classes[Int(rest.labels[row])])
      columns[2].append(string: rest.classes[best])
      columns[3].append(real: probability(row, best))
    }
    groups.append(RowGroup(columns.map { $0.finish() }, count: end - start))
    start = end
  }
  return Table(name: "predictions", schema: schema, groups: groups)
}

extension TableArguments {
  fileprivate mutating func treeOptions(_ standard: TreeOptions) throws -> TreeOptions {
    var options = standard
    if let depth = try count("max_depth") { options.maxDepth = Int(clamping: depth) }
    if let rows = try count("min_leaf") { options.minLeaf = Int(clamping: rows) }
    if let rows = try count("min_split") { options.minSplit = Int(clamping: rows) }
    if let name = try string("criterion") {
      guard let criterion = TreeOptions.Criterion(rawValue: name) else {
        throw wrong("`criterion` must be \"gini\" or \"entropy\"")
      }
      options.criterion = criterion
    }
    switch next("ccp_alpha") {
    case nil: break
    case .real(let alpha)? where alpha >= 0: options.ccpAlpha = alpha
    case .long(let alpha)? where alpha >= 0: options.ccpAlpha = Double(alpha)
    default: throw wrong("`ccp_alpha` must be a number from 0")
    }
    if let name = try string("splits") {
      guard let splits = TreeOptions.Splits(rawValue: name) else { throw wrong("`splits` must be \"exact\" or \"binned\"") }
      options.splits = splits
    }
    if let features = try count("features_per_split") { options.featuresPerSplit = Int(clamping: features) }
    if let seed = try count("seed") { options.seed = UInt64(seed) }
    return options
  }
}
