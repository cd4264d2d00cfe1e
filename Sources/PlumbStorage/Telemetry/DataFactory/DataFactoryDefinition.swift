import PlumbEngine

/// The definition of an Azure Data Factory pipeline, as its REST API lists it and a repository stores it: which
/// activities follow which, which pipelines they start, and which datasets they read and write.
extension FileReading {
  /// Nested activities are searched to this depth; Azure allows fewer levels.
  private static let depthLimit = 16

  func readDataFactoryDefinition(_ value: DynamicCursor) throws(TelemetryFault) {
    let pipeline = try value.requiredText("name", "")
    let properties = try value.requiredObject("properties", "")
    report.read += 1
    report.foldsInto = "pipelines"
    let before = fold.pipelines.count
    let factory = value.factory
    fold.dataFactoryPipeline(pipeline, factory: factory, moment: TelemetryMerge.unknownMoment)
    if fold.pipelines.count == before { report.folded += 1 }
    var lists = [(try properties.list("activities", "properties."), container: Bytes?.none, depth: 0)]
    while let (activities, container, depth) = lists.popLast() {
      for activity in activities {
        guard activity.isObject else { throw activity.fault("activities", wanted: "objects") }
        let name = try activity.requiredText("name", "activities.")
        try add(activity, name, of: pipeline, in: container, factory)
        guard let inner = activity["typeProperties"] else { continue }
        guard depth < Self.depthLimit else {
          report.note("activities nested deeper than \(Self.depthLimit) are left out")
          continue
        }
        for list in try Self.innerActivities(inner) { lists.append((list, name, depth + 1)) }
      }
    }
  }

  /// The activities of loops, of both sides of a condition, and of the cases of a switch.
  private static func innerActivities(_ properties: DynamicCursor) throws(TelemetryFault) -> [[DynamicCursor]] {
    var lists: [[DynamicCursor]] = []
    for name in ["activities", "ifTrueActivities", "ifFalseActivities", "defaultActivities"] as [StaticString] {
      let list = try properties.list(name, "typeProperties.")
      if !list.isEmpty { lists.append(list) }
    }
    guard let cases = properties["cases"], cases.isArray else { return lists }
    for one in try properties.list("cases", "typeProperties.") where one.isObject {
      lists.append(try one.list("activities", "cases."))
    }
    return lists
  }

  private func add(
    _ activity: DynamicCursor, _ name: Bytes, of pipeline: Bytes, in container: Bytes?, _ factory: String?
  ) throws(TelemetryFault) {
    var earlier: [Bytes] = []
    for dependency in try activity.list("dependsOn", "activities.") {
      guard dependency.isObject else { throw dependency.fault("dependsOn", wanted: "objects") }
      earlier.append(try dependency.requiredText("activity", "dependsOn."))
    }
    let started = activity["typeProperties"]?["pipeline"]?.anyText("referenceName")
    let inputs = try Self.datasets(activity, "inputs"), outputs = try Self.datasets(activity, "outputs")
    let moment = TelemetryMerge.unknownMoment
    fold.withDataFactoryActivity(name, of: pipeline, factory: factory, moment: moment) { own, row, isNewer in
      fold.pipelines.put(row, PipelineColumn.kind, text: activity.anyText("type"), over: isNewer)
      for other in earlier {
        fold.withDataFactoryActivity(other, of: pipeline, factory: factory, moment: moment) { other, _, _ in
          _ = fold.edge(from: other, to: own, kind: "activity")
        }
      }
      if let container {
        fold.withDataFactoryActivity(container, of: pipeline, factory: factory, moment: moment) { outer, _, _ in
          _ = fold.edge(from: outer, to: own, kind: "parent")
        }
      }
      if let started {
        fold.dataFactoryPipeline(started, factory: factory, moment: moment)
        fold.edge(from: own, to: started, kind: "parent")
      }
      for dataset in inputs { fold.note(own, dataset: dataset, isOutput: false) }
      for dataset in outputs { fold.note(own, dataset: dataset, isOutput: true) }
    }
  }

  private static func datasets(_ activity: DynamicCursor, _ name: StaticString) throws(TelemetryFault) -> [Bytes] {
    var names: [Bytes] = []
    for reference in try activity.list(name, "activities.") {
      if let dataset = reference.anyText("referenceName") { names.append(dataset) }
    }
    return names
  }
}
