import class GRDB.Database
import PlumbDiagnostics
import PlumbEngine

/// A model that a workspace keeps, without its bytes: those are read when it is used.
package struct StoredModel: Hashable, Sendable {
  package let name: String
  package let version: Int64
  /// When it was saved, in ticks.
  package let madeAt: Int64
  /// For people who look into the file with other programs.
  package let summary: String
  package let seal: Int64

  /// Versions of a name that are kept.
  static let versionLimit: Int64 = 8

  static func seal(_ name: String, _ version: Int64, _ madeAt: Int64, _ summary: String, _ data: Bytes) -> Int64 {
    Seal().adding(name).adding(version).adding(madeAt).adding(summary).adding(data).value(8)
  }

  static func all(in file: Database) throws -> [StoredModel] {
    var models: [StoredModel] = []
    try file.rows("SELECT name, version, made_at, summary, seal FROM plumb_models ORDER BY name, version") { row in
      models.append(
        StoredModel(
          name: row.text(0), version: row.integer(1), madeAt: row.integer(2), summary: row.text(3), seal: row.integer(4)))
    }
    return models
  }

  /// The model's bytes.
  ///
  /// - Throws: a diagnostic when they, or what else is said of the model, are not what was written.
  func data(in file: Database) throws -> [UInt8] {
    var found: [UInt8]?
    try file.rows(
      "SELECT data FROM plumb_models WHERE name = ? AND version = ?", .text(name), .integer(version)
    ) { row in
      let bytes = row.bytes(0)
      if StoredModel.seal(name, version, madeAt, summary, bytes) == seal { found = Array(bytes) }
    }
    guard let found else {
      throw Diagnostic(
        "damaged-model", "`\(file.name)` is damaged: the model `\(name)`, version \(version), is not what was written",
        help: "`.drop model \(name)` takes it away, `.train` learns anew")
    }
    return found
  }
}

extension WorkspaceFile {
  /// In the order of their names and versions; of a salvaged file those that are sound.
  package func models() throws -> [StoredModel] {
    try reader.with { file in
      guard !losses.isEmpty else { return try StoredModel.all(in: file) }
      return ((try? StoredModel.all(in: file)) ?? []).filter { (try? $0.data(in: file)) != nil }
    }
  }

  package func data(of model: StoredModel) throws -> [UInt8] { try reader.with { try model.data(in: $0) } }
}

extension WorkspaceWriter {
  /// Keeps a model as the next version of its name; of older ones the last few stay.
  @discardableResult
  package func save(modelNamed name: String, summary: String, data: [UInt8], madeAt: Int64) throws -> StoredModel {
    let version = try file.integer("SELECT max(version) FROM plumb_models WHERE name = ?", .text(name)) + 1
    let model = data.withBytes { bytes in
      StoredModel(
        name: name, version: version, madeAt: madeAt, summary: summary,
        seal: StoredModel.seal(name, version, madeAt, summary, bytes))
    }
    var blob = ByteBuffer(capacity: data.count)
    blob.append(data)
    try file.run(
      "INSERT INTO plumb_models (name, version, made_at, summary, data, seal) VALUES (?, ?, ?, ?, ?, ?)", .text(name),
      .integer(version), .integer(madeAt), .text(summary), .blob(blob), .integer(model.seal))
    try file.run(
      "DELETE FROM plumb_models WHERE name = ? AND version <= ?", .text(name),
      .integer(version - StoredModel.versionLimit))
    return model
  }

  /// Takes all versions of a model away.
  ///
  /// - Returns: how many there were.
  @discardableResult
  package func drop(modelNamed name: String) throws -> Int {
    let count = try file.integer("SELECT count(*) FROM plumb_models WHERE name = ?", .text(name))
    try file.run("DELETE FROM plumb_models WHERE name = ?", .text(name))
    return Int(count)
  }
}
