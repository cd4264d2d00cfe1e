import PlumbDiagnostics
import PlumbEngine

/// One version of a Delta table: its columns, and the files that contain its rows.
struct DeltaSnapshot {
  /// Actions that define the table.
  static let actions: Set<String> = ["add", "remove", "metaData", "protocol", "sidecar"]

  /// A file of the table.
  struct File {
    /// As in the log: relative to the table, with escapes as in a URL.
    let path: String
    /// The values of all its rows in the columns that the table is partitioned by; null if missing or nil.
    let partitionValues: [String: String]
    let hasDeletionVector: Bool
  }

  struct Field {
    let name: String
    /// The name in the files.
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

  /// Applies an action; returns what is wrong with it, nil if it is valid.
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

  /// How columns are mapped to other names in files; nil if they are not.
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

  /// Features that a reader can ignore, or supports.
  private static let knownFeatures: Set<String> = [
    "columnMapping", "deletionVectors", "timestampNtz", "v2Checkpoint", "vacuumProtocolCheck", "typeWidening",
    "typeWidening-preview",
  ]

  /// Rejects a table that needs a feature that Plumb does not have; `name` is for the message.
  func check(_ name: String) throws {
    guard hasMetadata else {
      throw Diagnostic("bad-delta", "`\(name)` is not a complete Delta table: its log does not state its columns")
    }
    func unsupported(_ what: String, help: String? = nil) -> Diagnostic {
      Diagnostic("unsupported-delta", "the Delta table `\(name)` \(what), which Plumb does not support", help: help)
    }
    guard readerVersion <= 3 else { throw unsupported("is of reader version \(readerVersion)") }
    if let feature = readerFeatures.first(where: { !Self.knownFeatures.contains($0) }) {
      throw unsupported("uses the feature `\(feature)`")
    }
    if let mapping, mapping != "name" { throw unsupported("maps its columns by `\(mapping)`") }
    let deleted = files.values.filter(\.hasDeletionVector).count
    if deleted > 0 {
      throw unsupported(
        "has deletion vectors for \(deleted == 1 ? "a file" : "\(deleted) files")",
        help: "rewrite those files first: `REORG TABLE … APPLY (PURGE)`")
    }
  }
}
