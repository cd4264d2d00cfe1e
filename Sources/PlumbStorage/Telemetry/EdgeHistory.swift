import PlumbEngine

/// When the dependencies of a dbt project appeared and disappeared, as far as its manifests tell.
///
/// An edge has a start if an older manifest of the project lacks it: that of the first manifest that has it. It has
/// an end if a newer one lacks it. What was before the oldest manifest is unknown, and null.
struct EdgeHistory {
  /// By project, the moments of its manifests in order.
  private var moments: [Int64: [Int64]] = [:]

  init(_ fold: TelemetryMerge) {
    for row in 0..<fold.manifests.count {
      guard let project = fold.manifests[row, ManifestColumn.project],
        let written = fold.manifests[row, ManifestColumn.written]
      else { continue }
      moments[project, default: []].append(written)
    }
    for project in moments.keys { moments[project]?.sort() }
  }

  /// Fills `since` and `until`.
  func describe(_ fold: TelemetryMerge) {
    guard !moments.isEmpty else { return }
    let edges = fold.edges
    for row in 0..<edges.count {
      guard let known = manifests(ofEdge: row, fold), let oldest = known.first,
        let first = edges[row, EdgeColumn.first], let last = edges[row, EdgeColumn.last]
      else { continue }
      edges[row, EdgeColumn.since] = first > oldest ? first : nil
      edges[row, EdgeColumn.until] = known.first { $0 > last }
    }
  }

  /// The reverse: which manifests contained the edges of an earlier import.
  func remember(_ fold: TelemetryMerge) {
    let edges = fold.edges
    for row in 0..<edges.count {
      guard let known = manifests(ofEdge: row, fold), let oldest = known.first, let newest = known.last else { continue }
      let until = edges[row, EdgeColumn.until]
      edges[row, EdgeColumn.first] = edges[row, EdgeColumn.since] ?? oldest
      edges[row, EdgeColumn.last] = until.map { until in known.last { $0 < until } ?? oldest } ?? newest
    }
  }

  /// The manifests of the project to which the edge's lower end belongs; nil for edges that are not in a manifest.
  private func manifests(ofEdge row: Int, _ fold: TelemetryMerge) -> [Int64]? {
    guard fold.edges[row, EdgeColumn.kind] == fold.texts.number(of: "depends_on"),
      let downstream = fold.edges[row, EdgeColumn.downstream]
    else { return nil }
    let project = fold.texts.withText(downstream) { name in DbtName(name).package.map { String($0) } }
    return project.flatMap { moments[fold.texts.number(of: $0)] }
  }
}

/// The project of a manifest, among the packages in it.
///
/// New manifests name it; older ones contain the MD5 of the name.
struct DbtProject {
  private let name: String?
  private let hash: String?
  private var known: [String: Bool] = [:]

  init(_ manifest: DynamicCursor) {
    let metadata = manifest["metadata"]
    name = metadata?.anyText("project_name").map { String($0) }
    hash = metadata?.anyText("project_id").map { String($0) }
  }

  mutating func isOwn(_ package: Bytes?) -> Bool {
    guard let package else { return false }
    let text = String(package)
    if let answer = known[text] { return answer }
    let answer = name.map { $0 == text } ?? hash.map { $0 == Digest.md5.text(package) } ?? false
    known[text] = answer
    return answer
  }
}
