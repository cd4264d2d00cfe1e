import PlumbDiagnostics
import PlumbStorage
import PlumbTelemetry

/// The models of a workspace file, as predictions use them.
package struct FileModels: ModelStore {
  package let file: WorkspaceFile

  package func entries() throws -> [ModelEntry] {
    try file.models().map { ModelEntry(name: $0.name, version: Int($0.version), madeAt: $0.madeAt, mark: $0.checksum) }
  }

  package func bytes(of entry: ModelEntry) throws -> [UInt8] {
    guard let model = try file.models().first(where: { $0.name == entry.name && $0.checksum == entry.mark }) else {
      throw Diagnostic("unknown-model", "the model `\(entry.name)`, version \(entry.version), has been deleted meanwhile")
    }
    return try file.data(of: model)
  }

  package func keep(_ bytes: [UInt8], name: String, summary: String) throws -> ModelEntry {
    let model = try file.write {
      try $0.save(modelNamed: name, summary: summary, data: bytes, madeAt: Machine.now)
    }
    return ModelEntry(name: model.name, version: Int(model.version), madeAt: model.madeAt, mark: model.checksum)
  }
}
