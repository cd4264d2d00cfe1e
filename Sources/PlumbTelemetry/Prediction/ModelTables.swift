import PlumbDiagnostics
import PlumbEngine

/// The models as tables.
extension Predictor {
  static let modelsSchema: Schema = [
    ColumnInfo("name", .string), ColumnInfo("version", .long), ColumnInfo("saved", .bool), ColumnInfo("state", .string),
    ColumnInfo("age", .timespan), ColumnInfo("using", .string), ColumnInfo("within", .timespan),
    ColumnInfo("trained_until", .datetime), ColumnInfo("moments", .long), ColumnInfo("rows", .long),
    ColumnInfo("failed", .long), ColumnInfo("leaves", .long), ColumnInfo("threshold", .real),
    ColumnInfo("validation_auc", .real), ColumnInfo("bytes", .long),
  ]

  /// One row per model: saved models by name, newest version last, then those of this process.
  ///
  /// - `state` says whether `predict risk` would use it now, or why not: `in use`, `superseded`, `other columns`,
  ///   `after now`, `older data` for an unsaved model of this process, and `damaged` or `other version` if unreadable.
  /// - `age` is how long before now its training data ends.
  package func modelsTable(now: Int64, from source: PredictionSource) throws -> Table {
    let models = models
    // Without models the tables of a world need not be built.
    let hasNone = try models.isEmpty && store?.entries().isEmpty ?? true
    let tables = hasNone ? [] : try Predictor.currentTables(source)
    let builders = Predictor.modelsSchema.map { VectorBuilder($0.type) }
    var count = 0
    func add(_ name: String, _ version: Int, isSaved: Bool, _ state: String, _ kept: Kept?) {
      count += 1
      builders[0].append(string: name)
      builders[1].append(word: Int64(version))
      builders[2].append(bool: isSaved)
      builders[3].append(string: state)
      guard let kept else {
        builders[4].appendNull()
        builders[5].append(string: "")
        for builder in builders[6...] { builder.appendNull() }
        return
      }
      builders[4].append(word: now &- kept.question.asOf)
      builders[5].append(string: kept.model.method.rawValue)
      builders[6].append(word: kept.question.within)
      builders[7].append(word: kept.question.asOf)
      builders[8].append(word: Int64(kept.question.moments))
      builders[9].append(word: Int64(kept.model.rows))
      builders[10].append(word: Int64(kept.model.positives))
      builders[11].append(word: Int64(kept.model.tree.leafCount))
      builders[12].append(real: kept.model.risk(of: kept.model.threshold))
      builders[13].append(real: kept.model.validationAUC.value)
      builders[14].append(word: Int64(kept.model.encoded().count))
    }
    for (entry, state, kept) in try savedStates(now: now, tables) { add(entry.name, entry.version, isSaved: true, state, kept) }
    for kept in models {
      let isCurrent = kept.question.asOf == now - now % (6 * PredictionQuestion.hour) && Predictor.equal(kept.tables, tables)
      add(kept.name, kept.version, isSaved: false, isCurrent ? "in use" : "older data", kept)
    }
    let groups = count == 0 ? [] : [RowGroup(builders.map { $0.finish() }, count: count)]
    return Table(name: "models", schema: Predictor.modelsSchema, groups: groups)
  }

  private func savedStates(now: Int64, _ tables: [Table?]) throws -> [(ModelEntry, String, Kept?)] {
    guard let store else { return [] }
    let columns = RiskModelRecord.columnsMark(tables)
    var used: Set<String> = []
    var found: [(ModelEntry, String, Kept?)] = []
    for entry in try store.entries().sorted(by: { ($0.name, $0.version) < ($1.name, $1.version) }).reversed() {
      let read: Result<Saved, Diagnostic>
      do { read = try saved(entry, store) } catch let problem as Diagnostic { read = .failure(problem) }
      switch read {
      case .failure(let problem):
        let isOther = ["newer-model", "other-features"].contains(problem.code)
        found.append((entry, isOther ? "other version" : "damaged", nil))
      case .success(let saved):
        let state: String
        if saved.columns != columns {
          state = "other columns"
        } else if saved.kept.question.asOf > now {
          state = "after now"
        } else {
          state = used.insert(entry.name).inserted ? "in use" : "superseded"
        }
        found.append((entry, state, saved.kept))
      }
    }
    return found.reversed()
  }

  /// Returns the tree of the model for a question, training it if necessary.
  package func treeTable(_ options: PredictionOptions, from source: PredictionSource) throws -> Table {
    try model(for: options, retrains: false, from: source).model.tree.table("predict_tree")
  }

  /// The tree of the model that was used last, as indented lines; nil if there was none yet.
  package var treeText: String? { shelf.withLock { $0.latest }?.model.tree.text(verb: "failed") }
}
