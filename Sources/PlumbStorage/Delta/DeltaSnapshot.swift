import PlumbDiagnostics
import PlumbEngine

/// A Delta table as one version of its log has it: its columns, and the files that have its rows.
struct DeltaSnapshot {
  /// Actions that say what the table is.
  static let actions: Set<String> = ["add", "remove", "metaData", "protocol", "sidecar"]

  /// A file of the table.
  struct File {
    /// As the log has it: relative to the table, with escapes as in a URL.
    let path: String
    /// The values that all of its rows have in the columns that the table is partitioned by; null is missing or nil.
    let partitionValues: [String: String]
    let hasDeletionVector: Bool
  }

  struct Field {
    let name: String
    /// What files call it.
    let physicalName: String
    let type: ScalarType
  }

  var version: Int64 = 0
  private(set) var fields: [Field] = []
  private(set) var partitionColumns: [String] = []
  private var files: [String: File] = [:]
  private var order: [String: Int] = [:]
  private var configuration: [String: String] = [:]
  private var readerVersion: Int64 = 0
  private var readerFeatures: [String] = []
  private var hasMetadata = false

  /// The files in the order in which they were added.
  var orderedFiles: [File] { files.sorted { order[$0.key] ?? 0 < order[$1.key] ?? 0 }.map(\.value) }

  /// Takes an action; what is wrong with it, nil when it is right.
  mutating func take(_ action: Dynamic) -> String? {
    if let add = action["add"], !add.isNull {
      guard let path = add["path"]?.text else { return "a file of its log has no path" }
      let values = (add["partitionValues"]?.members ?? []).compactMap { member in member.value.text.map { (member.key, $0) } }
      let vector = add["deletionVector"].map { !$0.isNull } ?? false
      order[path] = order.count
      files[path] = File(
        path: path, partitionValues: Dictionary(values, uniquingKeysWith: { $1 }), hasDeletionVector: vector)
    }
    if let remove = action["remove"], let path = remove["path"]?.text { files[path] = nil }
    if let rule = action["protocol"], !rule.isNull {
      readerVersion = rule["minReaderVersion"]?.number ?? 1
      readerFeatures = rule["readerFeatures"]?.elements.compactMap(\.text) ?? []
    }
    if let metadata = action["metaData"], !metadata.isNull { return take(metadata: metadata) }
    return nil
  }

  private mutating func take(metadata: Dynamic) -> String? {
    configuration = [:]
    for (key, value) in metadata["configuration"]?.members ?? [] { configuration[key] = value.text }
    partitionColumns = metadata["partitionColumns"]?.elements.compactMap(\.text) ?? []
    guard let text = metadata["schemaString"]?.text, let schema = JSONText.parseTree(text) else { return "it has no schema" }
    let format = metadata["format"]?["provider"]?.text ?? "parquet"
    guard format == "parquet" else { return "its files are \(format), not Parquet" }
    fields = []
    for field in schema["fields"]?.elements ?? [] {
      guard let name = field["name"]?.text, let type = field["type"] else { return "its schema has a column without a name" }
      let physical = field["metadata"]?["delta.columnMapping.physicalName"]?.text
      fields.append(Field(name: name, physicalName: mapping == nil ? name : physical ?? name, type: Self.type(type)))
    }
    hasMetadata = true
    return fields.isEmpty ? "its schema has no columns" : nil
  }

  /// How columns have other names in files; nil when they have not.
  private var mapping: String? {
    configuration["delta.columnMapping.mode"].flatMap { $0 == "none" ? nil : $0 }
  }

  private static func type(_ type: Dynamic) -> ScalarType {
    guard let name = type.text else { return .dynamic }
    switch name {
    case "string", "binary": return .string
    case "long": return .long
    case "integer", "short", "byte": return .int
    case "float", "double": return .real
    case "boolean": return .bool
    case "date", "timestamp", "timestamp_ntz": return .datetime
    default: return name.hasPrefix("decimal") ? .decimal : .dynamic
    }
  }

  /// What a reader can leave aside, or has.
  private static let knownFeatures: Set<String> = [
    "columnMapping", "deletionVectors", "timestampNtz", "v2Checkpoint", "vacuumProtocolCheck", "typeWidening",
    "typeWidening-preview",
  ]

  /// Refuses a table that needs what Plumb does not have, by the name of it.
  func check(_ name: String) throws {
    guard hasMetadata else {
      throw Diagnostic("bad-delta", "`\(name)` is not a whole Delta table: its log does not state its columns")
    }
    func unsupported(_ what: String, help: String? = nil) -> Diagnostic {
      Diagnostic("unsupported-delta", "the Delta table `\(name)` \(what), which Plumb does not read", help: help)
    }
    guard readerVersion <= 3 else { throw unsupported("is of reader version \(readerVersion)") }
    if let feature = readerFeatures.first(where: { !Self.knownFeatures.contains($0) }) {
      throw unsupported("uses the feature `\(feature)`")
    }
    if let mapping, mapping != "name" { throw unsupported("finds its columns by `\(mapping)`") }
    let deleted = files.values.filter(\.hasDeletionVector).count
    if deleted > 0 {
      throw unsupported(
        "has deletion vectors for \(deleted == 1 ? "a file" : "\(deleted) files")",
        help: "rewrite those files first: `REORG TABLE … APPLY (PURGE)`")
    }
  }
}
