import PlumbEngine

/// The kept models as tables.
extension Predictor {
  static let modelsSchema: Schema = [
    ColumnInfo("version", .long), ColumnInfo("using", .string), ColumnInfo("within", .timespan),
    ColumnInfo("trained_until", .datetime), ColumnInfo("moments", .long), ColumnInfo("rows", .long),
    ColumnInfo("failed", .long), ColumnInfo("leaves", .long), ColumnInfo("threshold", .real),
    ColumnInfo("validation_auc", .real), ColumnInfo("bytes", .long),
  ]

  /// A row a model, the newest last.
  public func modelsTable() -> Table {
    let builders = Predictor.modelsSchema.map { VectorBuilder($0.type) }
    let models = models
    for kept in models {
      builders[0].append(word: Int64(kept.version))
      builders[1].append(string: kept.model.method.rawValue)
      builders[2].append(word: kept.question.within)
      builders[3].append(word: kept.question.asOf)
      builders[4].append(word: Int64(kept.question.moments))
      builders[5].append(word: Int64(kept.model.rows))
      builders[6].append(word: Int64(kept.model.positives))
      builders[7].append(word: Int64(kept.model.tree.leafCount))
      builders[8].append(real: kept.model.risk(of: kept.model.threshold))
      builders[9].append(real: kept.model.validationAUC.value)
      builders[10].append(word: Int64(kept.model.encoded().count))
    }
    let groups = models.isEmpty ? [] : [RowGroup(builders.map { $0.finish() }, count: models.count)]
    return Table(name: "models", schema: Predictor.modelsSchema, groups: groups)
  }

  /// The tree of the model for a question, learned now if need be.
  public func treeTable(_ options: PredictionOptions, from source: PredictionSource) throws -> Table {
    try model(for: options, retrains: false, from: source).model.tree.table("predict_tree")
  }

  /// The newest model's tree in indented lines; nil when nothing was learned yet.
  public var treeText: String? { models.last?.model.tree.text(verb: "failed") }
}
