import PlumbDiagnostics
import PlumbEngine

/// The kind of a dbt artifact, its version and its invocation.
struct DbtMetadata {
  var version: Int?
  var generatedAt: Int64?
  var invocation: Bytes?
  var adapter: Bytes?

  init(_ artifact: DynamicCursor) throws(TelemetryFault) {
    guard let metadata = try artifact.object("metadata", "") else { return }
    generatedAt = try metadata.moment("generated_at", "metadata.")
    invocation = try metadata.text("invocation_id", "metadata.")
    adapter = metadata.anyText("adapter_type")
    guard let name = metadata.anyText("dbt_schema_version") else { return }
    // https://schemas.getdbt.com/dbt/run-results/v4.json
    guard let slash = name.lastIndex(of: .slash), name.part(from: slash + 1).first == UInt8(ascii: "v") else { return }
    let digits = name.part(from: slash + 2).prefix { $0 >= 0x30 && $0 <= 0x39 }
    version = NumberText.parseInt64(Bytes(rebasing: digits)).map { Int(clamping: $0) }
  }
}

extension FileReading {
  /// Reports the version of a file; an unknown version is read by its fields.
  func noteVersion(_ version: Int?, known: ClosedRange<Int>) {
    guard let version else {
      report.note("the file has no version, so it was read by its fields")
      return
    }
    report.kind = "\(report.kind ?? "dbt") v\(version)"
    if !known.contains(version) {
      report.note("Plumb knows versions \(known.lowerBound) to \(known.upperBound); this one was read by its fields")
    }
  }

  /// Pipelines and edges of a manifest: everything in it that depends on something or is depended on.
  func readDbtManifest(_ manifest: DynamicCursor) throws {
    let metadata = try DbtMetadata(manifest)
    guard let nodes = manifest["nodes"], nodes.isObject else {
      throw TelemetryFault("a manifest must have an object `nodes`")
    }
    noteVersion(metadata.version, known: 1...12)
    report.foldsInto = "pipelines"
    let groups = DbtGroups(manifest)
    var project = DbtProject(manifest)
    for section in ["nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests"] as [StaticString] {
      guard let members = manifest[section], members.isObject else { continue }
      try members.forEachMember { name, node in
        if report.read % 256 == 0 { try fold.checkpoint(context) }
        do {
          try readNode(name, node, metadata, groups, isOwn: project.isOwn(DbtName(name).package))
          report.read += 1
        } catch let fault as TelemetryFault {
          try reject(TelemetryFault("`\(shown(name))`: \(fault.reason)"), part: node)
        }
      }
    }
  }

  private func readNode(
    _ name: Bytes, _ node: DynamicCursor, _ metadata: DbtMetadata, _ groups: DbtGroups, isOwn: Bool
  ) throws(TelemetryFault) {
    guard node.isObject, !name.isEmpty else { throw TelemetryFault("not an object") }
    var parents: [Bytes] = []
    if let dependencies = try node.object("depends_on", "") {
      for parent in try dependencies.list("nodes", "depends_on.") {
        guard parent.tag == .string else { throw parent.fault("depends_on.nodes", wanted: "a text") }
        parents.append(parent.text)
      }
    }
    let before = fold.pipelines.count
    let (row, isNewer) = fold.dbtPipeline(name, moment: metadata.generatedAt ?? TelemetryMerge.unknownMoment)
    if fold.pipelines.count == before { report.folded += 1 }
    let facts = fold.pipelines
    facts.put(row, PipelineColumn.kind, text: node.anyText("resource_type"), over: isNewer)
    facts.put(row, PipelineColumn.source, text: node.anyText("package_name"), over: isNewer)
    facts.put(row, PipelineColumn.owner, text: groups.owner(of: node), over: isNewer)
    facts.put(row, PipelineColumn.vendor, text: node.anyText("loader") ?? metadata.adapter, over: isNewer)
    let meta = node["config"]?["meta"] ?? node["meta"]
    if let tier = meta?["tier"], tier.tag == .long { facts.put(row, PipelineColumn.tier, tier.int64, over: isNewer) }
    facts.put(row, PipelineColumn.sla, node["freshness"].flatMap(dbtFreshnessLimit), over: isNewer)
    let moment = isOwn ? metadata.generatedAt : nil
    if let moment, let package = DbtName(name).package { fold.noteManifest(of: package, at: moment) }
    for parent in parents { fold.edge(from: parent, to: name, kind: "depends_on", inManifestAt: moment) }
  }
}

/// The owners of a manifest's groups.
private struct DbtGroups {
  private var owners: [String: Bytes] = [:]

  init(_ manifest: DynamicCursor) {
    var owners: [String: Bytes] = [:]
    manifest["groups"]?.forEachMember { _, group in
      guard let name = group.anyText("name"), let owner = group["owner"] else { return }
      owners[String(name)] = owner.anyText("name") ?? owner.anyText("email")
    }
    self.owners = owners
  }

  /// An exposure names its owner; a node's `meta` may, and its group does.
  func owner(of node: DynamicCursor) -> Bytes? {
    if let owner = node["owner"], let name = owner.anyText("name") ?? owner.anyText("email") { return name }
    if let owner = node["config"]?["meta"]?.anyText("owner") ?? node["meta"]?.anyText("owner") { return owner }
    guard let group = node.anyText("group") ?? node["config"]?.anyText("group") else { return nil }
    return owners[String(group)]
  }
}

/// The maximum age of a source, from `error_after` or else `warn_after`, as ticks.
func dbtFreshnessLimit(_ criteria: DynamicCursor) -> Int64? {
  for limit in [criteria["error_after"], criteria["warn_after"]] {
    guard let limit, let count = limit["count"], count.tag == .long, count.int64 > 0, count.int64 < 1_000_000,
      let period = limit.anyText("period")
    else { continue }
    switch String(period) {
    case "minute": return count.int64 * TimeSpan.minute
    case "hour": return count.int64 * TimeSpan.hour
    case "day": return count.int64 * TimeSpan.day
    default: continue
    }
  }
  return nil
}

extension TelemetryMerge {
  /// The row of a node, whose kind and package are the first parts of its unique id: `model.shop.orders`.
  func dbtPipeline(_ name: Bytes, moment: Int64) -> (row: Int, isNewer: Bool) {
    let place = pipeline(name, moment: moment)
    let parts = DbtName(name)
    pipelines.put(place.row, PipelineColumn.kind, text: parts.kind, over: false)
    pipelines.put(place.row, PipelineColumn.source, text: parts.package, over: false)
    return place
  }
}

/// The parts of a unique id.
struct DbtName {
  let kind: Bytes?
  let package: Bytes?

  init(_ name: Bytes) {
    let parts = name.split(separator: .fullStop, maxSplits: 2).map { Bytes(rebasing: $0) }
    kind = parts.count > 1 ? parts[0] : nil
    package = parts.count > 2 ? parts[1] : nil
  }
}
