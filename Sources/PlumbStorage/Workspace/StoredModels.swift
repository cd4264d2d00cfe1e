import class GRDB.Database
import PlumbDiagnostics
import PlumbEngine

/// A model stored in a workspace, without its bytes: those are read when it is used.
package struct StoredModel: Hashable, Sendable {
  package let name: String
  package let version: Int64
  /// When it was saved, in ticks.
  package let madeAt: Int64
  /// For people who open the file with other programs.
  package let summary: String
  package let checksum: Int64

  /// The number of versions of a name that are stored.
  static let versionLimit: Int64 = 8

  static func checksum(_ name: String, _ version: Int64, _ madeAt: Int64, _ summary: String, _ data: Bytes) -> Int64 {
    RecordChecksum().adding(name).adding(version).adding(madeAt).adding(summary).adding(data).value(8)
  }

  static func all(in file: Database) throws -> [StoredModel] {
    var models: [StoredModel] = []
    try file.rows("SELECT name, version, made_at, summary, seal FROM plumb_models ORDER BY name, version") { row in
      models.append(
        StoredModel(
          name: row.text(0), version: row.integer(1), madeAt: row.integer(2), summary: row.text(3), checksum: row.integer(4)))
    }
    return models
  }

  /// The model's bytes.
  ///
  /// - Throws: a diagnostic if they, or the model's description, are damaged.
  func data(in file: Database) throws -> [UInt8] {
    var found: [UInt8]?
    try file.rows(
      "SELECT data FROM plumb_models WHERE name = ? AND version = ?", .text(name), .integer(version)
    ) { row in
      let bytes = row.bytes(0)
      if StoredModel.checksum(name, version, madeAt, summary, bytes) == checksum { found = Array(bytes) }
    }
    guard let found else {
      throw Diagnostic(
        "damaged-model", "`\(file.name)` is damaged: the model `\(name)`, version \(version), cannot be read",
        help: "delete it with `.drop model \(name)`, or train a new one with `.train`")
    }
    return found
  }
}

extension WorkspaceFile {
  /// In order of name and version; for a salvaged file the undamaged ones.
  package func models() throws -> [StoredModel] {
    try reader.with { file in
      guard !losses.isEmpty else { return try StoredModel.all(in: file) }
      return ((try? StoredModel.all(in: file)) ?? []).filter { (try? $0.data(in: file)) != nil }
    }
  }

  package func data(of model: StoredModel) throws -> [UInt8] { try reader.with { try model.data(in: $0) } }
}

extension WorkspaceWriter {
  /// Stores a model as the next version of its name; the last few older ones stay.
  @discardableResult
  package func save(modelNamed name: String, summary: String, data: [UInt8], madeAt: Int64) throws -> StoredModel {
    let version = try file.integer("SELECT max(version) FROM plumb_models WHERE name = ?", .text(name)) + 1
    let model = data.withBytes { bytes in
      StoredModel(
        name: name, version: version, madeAt: madeAt, summary: summary,
        checksum: StoredModel.checksum(name, version, madeAt, summary, bytes))
    }
    var blob = ByteBuffer(capacity: data.count)
    blob.append(data)
    try changing(.models, named: name) {
      try file.run(
        "INSERT INTO plumb_models (name, version, made_at, summary, data, seal) VALUES (?, ?, ?, ?, ?, ?)", .text(name),
        .integer(version), .integer(madeAt), .text(summary), .blob(blob), .integer(model.checksum))
      try file.run(
        "DELETE FROM plumb_models WHERE name = ? AND version <= ?", .text(name),
        .integer(version - StoredModel.versionLimit))
    }
    return model
  }

  /// Deletes all versions of a model.
  ///
  /// - Returns: how many there were.
  @discardableResult
  package func drop(modelNamed name: String) throws -> Int {
    let count = try file.integer("SELECT count(*) FROM plumb_models WHERE name = ?", .text(name))
    try changing(.models, named: name) {
      try file.run("DELETE FROM plumb_models WHERE name = ?", .text(name))
    }
    return Int(count)
  }
}
