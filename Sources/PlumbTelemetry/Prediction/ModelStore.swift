import PlumbDiagnostics
import PlumbEngine

/// A place where models outlive the process, such as a workspace file.
package protocol ModelStore: Sendable {
  /// Returns the entries without the models themselves.
  func entries() throws -> [ModelEntry]
  /// - Throws: A diagnostic if the bytes are damaged.
  func bytes(of entry: ModelEntry) throws -> [UInt8]
  /// Saves a model as the next version of its name, atomically.
  func keep(_ bytes: [UInt8], name: String, summary: String) throws -> ModelEntry
}

/// A saved model: its name and version, and when it was trained.
package struct ModelEntry: Hashable, Sendable {
  package let name: String
  package let version: Int
  /// In ticks of real time.
  package let madeAt: Int64
  /// Differs between different models.
  package let mark: Int64

  package init(name: String, version: Int, madeAt: Int64, mark: Int64) {
    self.name = name
    self.version = version
    self.madeAt = madeAt
    self.mark = mark
  }
}

extension Predictor {
  /// Returns the name of a model: its method and how far it looks ahead.
  static func name(_ method: RiskMethod, _ within: Int64) -> String {
    let minutes = within / (PredictionQuestion.hour / 60)
    let ahead = minutes % 60 == 0 ? "\(minutes / 60)h" : "\(minutes)m"
    return "\(method.rawValue)_\(ahead)"
  }

  /// Saves the model that was used last to the store.
  ///
  /// - Returns: nil if there is no store, or if it has the model already.
  @discardableResult
  package func saveLatest() throws -> ModelEntry? {
    guard let store, let latest = shelf.withLock({ $0.latest }), latest.entry == nil else { return nil }
    let (entry, columns) = try keep(latest, in: store)
    shelf.withLock { shelf in
      let saved = Kept(
        name: latest.name, version: entry.version, model: latest.model, question: latest.question, tables: [],
        entry: entry, wasAskedFor: true)
      shelf.kept.removeAll { $0.name == latest.name && $0.version == latest.version }
      shelf.saved[entry] = .success(Saved(kept: saved, columns: columns))
      shelf.latest = saved
    }
    return entry
  }

  /// Returns the names of all models, each once and in alphabetical order.
  package func modelNames() throws -> [String] {
    Set(try (store?.entries() ?? []).map(\.name) + models.map(\.name)).sorted()
  }

  /// Forgets everything about a name in this process.
  package func forget(modelsNamed name: String) {
    shelf.withLock { shelf in
      shelf.kept.removeAll { $0.name == name }
      shelf.saved = shelf.saved.filter { $0.key.name != name }
      if shelf.latest?.name == name { shelf.latest = nil }
    }
  }

  /// Saves the newest model of each name that `.train` made to another store.
  package func save(into store: any ModelStore) throws {
    var latest: [String: Kept] = [:]
    for kept in models where kept.wasAskedFor { latest[kept.name] = kept }
    for kept in latest.values.sorted(by: { $0.name < $1.name }) { _ = try keep(kept, in: store) }
  }

  private func keep(_ kept: Kept, in store: any ModelStore) throws -> (ModelEntry, columns: UInt64) {
    let record = RiskModelRecord(
      model: kept.model, question: kept.question, columns: RiskModelRecord.columnsMark(kept.tables))
    let until = DateTime.text(kept.question.asOf)
    let entry = try store.keep(
      record.encoded(), name: kept.name,
      summary: "\(kept.model.method.rawValue), \(kept.model.rows) pipeline snapshots up to \(until)")
    return (entry, record.columns)
  }

  /// Returns the newest saved model for a question that was trained before its moment, on tables with the current columns.
  ///
  /// - Throws: A diagnostic if it is damaged; a model of another version of Plumb is skipped.
  func saved(for options: PredictionOptions, _ tables: [Table?]) throws -> Kept? {
    guard let store else { return nil }
    let name = Predictor.name(options.method, options.within)
    let columns = RiskModelRecord.columnsMark(tables)
    for entry in try store.entries().filter({ $0.name == name }).sorted(by: { $0.version > $1.version }) {
      switch try saved(entry, store) {
      case .success(let saved):
        let question = saved.kept.question
        if saved.columns == columns, question.asOf <= options.asOf, question.within == options.within,
          saved.kept.model.method == options.method
        { return saved.kept }
      case .failure(let problem): if problem.code == "damaged-model" { throw problem }
      }
    }
    return nil
  }

  /// Returns a saved model, which is read once.
  func saved(_ entry: ModelEntry, _ store: any ModelStore) throws -> Result<Saved, Diagnostic> {
    if let known = shelf.withLock({ $0.saved[entry] }) { return known }
    let bytes = try store.bytes(of: entry)
    let read: Result<Saved, Diagnostic>
    do {
      let record = try RiskModelRecord(decoding: bytes)
      let kept = Kept(
        name: entry.name, version: entry.version, model: record.model, question: record.question, tables: [],
        entry: entry, wasAskedFor: true)
      read = .success(Saved(kept: kept, columns: record.columns))
    } catch let problem as Diagnostic {
      let help = "`.drop model \(entry.name)` deletes it; `.train` trains a new one"
      read = .failure(
        Diagnostic(problem.code, "cannot load the saved model `\(entry.name)`, version \(entry.version): \(problem.message)", help: help))
    }
    shelf.withLock { shelf in
      if shelf.saved.count >= Predictor.limit { shelf.saved = [:] }
      shelf.saved[entry] = read
    }
    return read
  }
}
